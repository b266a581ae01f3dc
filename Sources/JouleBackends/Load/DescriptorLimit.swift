import JouleModel

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The limit on open files, of which every connection is one.
struct DescriptorLimit: Sendable, Equatable {
    var soft: UInt64
    var hard: UInt64

    /// For the recording, the meters and a connection that is being closed while its successor opens.
    static let reserve: UInt64 = 64

    /// What the soft limit must be for that many connections; nil when it is enough as it is.
    ///
    /// - Parameter isCertain: the connections will be needed; otherwise as many as there can be are made possible.
    /// - Throws: `client.file-limit` when they will be needed and cannot be had.
    func raised(for connections: Int, besides open: Int, isCertain: Bool) throws(Failure) -> UInt64? {
        let needed = UInt64(max(0, connections)) + UInt64(max(0, open)) + Self.reserve
        if needed <= soft { return nil }
        guard needed > hard else { return needed }
        guard isCertain else { return hard > soft ? hard : nil }
        throw Failure(
            "client.file-limit", "\(connections) requests in flight need \(needed) open files, and the limit is \(hard)",
            remedy: "raise it with `ulimit -Hn \(needed)` as root or in /etc/security/limits.conf, or ask for fewer at once")
    }

    /// Sees to it that this process may open that many connections.
    static func ensure(_ connections: Int, isCertain: Bool) throws(Failure) {
        guard let limit = current, let target = try limit.raised(for: connections, besides: openFiles, isCertain: isCertain) else { return }
        var value = rlimit(rlim_cur: rlim_t(target), rlim_max: rlim_t(limit.hard))
        guard setrlimit(resource, &value) != 0, isCertain else { return }
        throw Failure(
            "client.file-limit", "the limit on open files cannot be raised from \(limit.soft) to \(target)",
            cause: String(cString: strerror(errno)), remedy: "raise it with `ulimit -n \(target)` before the start")
    }

    static var current: DescriptorLimit? {
        var value = rlimit()
        guard getrlimit(resource, &value) == 0 else { return nil }
        return DescriptorLimit(soft: UInt64(value.rlim_cur), hard: UInt64(value.rlim_max))
    }

    #if canImport(Darwin)
    private static let resource = RLIMIT_NOFILE
    private static let openFilesFolder = "/dev/fd"
    #else
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    private static let openFilesFolder = "/proc/self/fd"
    #endif

    /// Files open now; the standard three where that is not known.
    private static var openFiles: Int {
        guard let folder = opendir(openFilesFolder) else { return 3 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return max(3, count - 3)
    }
}
