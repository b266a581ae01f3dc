#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Which addresses belong to this machine.
package enum HostAddresses {
    /// Whether a host name or address means this machine; nil when the name has no address.
    ///
    /// A forwarded port looks local too: nothing at this end tells where a tunnel leads.
    package static func isLocal(_ host: String) -> Bool? {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let remote = addresses(of: bare)
        guard !remote.isEmpty else { return nil }
        let own = ownAddresses()
        return remote.allSatisfy { $0.isLoopback || own.contains($0) }
    }

    /// An IPv4 or IPv6 address as its bytes.
    private struct Address: Hashable {
        let bytes: [UInt8]

        init?(_ pointer: UnsafePointer<sockaddr>) {
            switch Int32(pointer.pointee.sa_family) {
            case AF_INET:
                bytes = pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                    withUnsafeBytes(of: address.pointee.sin_addr) { Array($0) }
                }
            case AF_INET6:
                let all = pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                    withUnsafeBytes(of: address.pointee.sin6_addr) { Array($0) }
                }
                // An IPv4 address in IPv6 clothes is the IPv4 address.
                let mapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
                bytes = mapped ? Array(all.suffix(4)) : all
            default: return nil
            }
        }

        var isLoopback: Bool {
            bytes.count == 4 ? bytes[0] == 127 || bytes == [0, 0, 0, 0] : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] <= 1
        }
    }

    private static func addresses(of host: String) -> [Address] {
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, nil, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [Address] = []
        var entry = list
        while let current = entry {
            if let address = current.pointee.ai_addr.flatMap({ Address($0) }) { found.append(address) }
            entry = current.pointee.ai_next
        }
        return found
    }

    private static func ownAddresses() -> Set<Address> {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: Set<Address> = []
        var entry = list
        while let current = entry {
            if let address = current.pointee.ifa_addr.flatMap({ Address($0) }) { found.insert(address) }
            entry = current.pointee.ifa_next
        }
        return found
    }
}
