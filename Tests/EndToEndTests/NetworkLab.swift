import Foundation
import Testing

/// Three machines in a row, as network namespaces: a driver, a router in the middle, and a serving host. Needs root; gone with the object.
final class NetworkLab: Sendable {
    static let driverAddress = "10.213.2.2"
    static let hostAddress = "10.213.1.2"
    /// The router as the driver sees it.
    static let routerAddress = "10.213.2.1"

    let driver: String
    let router: String
    let host: String
    private let scene: Scene

    static var isThere: Bool { ProcessInfo.processInfo.environment["JOULEBENCH_TEST_SERVICES"]?.contains("namespaces") == true }

    init(_ scene: Scene) async throws {
        self.scene = scene
        let tag = String(UInt32.random(in: 0...0xFF_FFFF), radix: 16)
        driver = "joule-d-\(tag)"
        router = "joule-r-\(tag)"
        host = "joule-h-\(tag)"
        for name in [driver, router, host] { try await run("netns", "add", name) }
        try await link(host, Self.hostAddress, "10.213.1.1", "jh\(tag)")
        try await link(driver, Self.driverAddress, Self.routerAddress, "jd\(tag)")
        try await inside(router, "sysctl", "-qw", "net.ipv4.ip_forward=1")
    }

    deinit {
        for name in [driver, router, host] {
            let child = try? Child(["/usr/bin/env", "ip", "netns", "del", name], output: scene.file("del-\(name)"))
            while child?.status == nil, child != nil { usleep(2_000) }
        }
    }

    /// What runs a command on one of the machines.
    func prefix(_ name: String) -> [String] { ["/usr/bin/env", "ip", "netns", "exec", name] }

    /// The router drops this share of the packets to and from a port of its own.
    func lose(_ share: Double, port: String) async throws {
        for (chain, side) in [("INPUT", "--dport"), ("OUTPUT", "--sport")] {
            try await inside(
                router, "iptables", "-A", chain, "-p", "tcp", side, port, "-m", "statistic", "--mode", "random", "--probability",
                "\(share)",
                "-j", "DROP")
        }
    }

    private func link(_ name: String, _ address: String, _ gateway: String, _ device: String) async throws {
        try await run("link", "add", device, "netns", name, "type", "veth", "peer", "name", device + "r", "netns", router)
        try await run("-n", name, "addr", "add", address + "/24", "dev", device)
        try await run("-n", router, "addr", "add", gateway + "/24", "dev", device + "r")
        for (space, end) in [(name, device), (router, device + "r"), (name, "lo"), (router, "lo")] {
            try await run("-n", space, "link", "set", end, "up")
        }
        try await run("-n", name, "route", "add", "default", "via", gateway)
    }

    private func inside(_ name: String, _ command: String...) async throws { try await done(prefix(name) + command) }
    private func run(_ arguments: String...) async throws { try await done(["/usr/bin/env", "ip"] + arguments) }

    private func done(_ command: [String]) async throws {
        let ended = try await Child(command, output: scene.file("lab-\(UUID().uuidString)")).wait(limit: .seconds(20))
        try #require(ended.status == 0, "\(command.joined(separator: " ")): \(ended.error)")
    }
}
