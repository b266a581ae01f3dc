import Foundation
import Testing

@testable import JouleMeters

/// Whose a process on a device is, by a tree of `/proc` that is written here.
@Suite struct `Whose a process is` {
    private let tree: HostTree

    init() throws {
        tree = try HostTree()
        try process(1, "init", parent: 0)
        try process(100, "joulebench", parent: 1)
        try process(110, "python3", parent: 100)
        try process(200, "vllm", parent: 1)
        try process(210, "VLLM::EngineCor", parent: 200)
        try process(220, "VLLM::Worker", parent: 1, group: 200)
        try process(300, "train (x) y", parent: 1)
    }

    private func process(_ pid: Int, _ name: String, parent: Int, group: Int? = nil, sockets: [Int] = []) throws {
        try tree.write("/proc/\(pid)/stat", "\(pid) (\(name)) S \(parent) \(group ?? pid) \(pid) 0 -1 4194304 0 0 0 0 7 3 0 0 20 0 1 0 5\n")
        try tree.write("/proc/\(pid)/comm", "\(name)\n")
        let folder = tree.root.resolve("/proc/\(pid)/fd")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (number, inode) in sockets.enumerated() {
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(number + 3)", withDestinationPath: "socket:[\(inode)]")
        }
    }

    /// Port 8000 is 1F40.
    private func listen(inode: Int, table: String = "tcp") throws {
        let address = table == "tcp" ? "00000000" : "00000000000000000000000000000000"
        try tree.write(
            "/proc/net/\(table)",
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: \(address):0016 \(address):0000 0A 00000000:00000000 00:00000000 00000000     0        0 900 1 0000000000000000 100 0 0 10 0
               1: \(address):1F40 \(address):0000 0A 00000000:00000000 00:00000000 00000000  1000        0 \(inode) 1 0000000000000000 100 0 0 10 0
               2: \(address):1F40 \(address):D431 01 00000000:00000000 00:00000000 00000000  1000        0 902 1 0000000000000000 20 4 30 10 -1

            """)
    }

    private func origins(_ pids: Set<Int>, port: Int? = 8_000) -> [Int: ProcessOrigin] {
        ProcessOrigins(own: 100, serverPort: port, root: tree.root).origins(of: pids)
    }

    @Test(arguments: ["tcp", "tcp6"]) func `the server is what listens on the port, what it started and the group that it leads`(
        table: String
    ) throws {
        try listen(inode: 901, table: table)
        try process(200, "vllm", parent: 1, sockets: [899, 901])
        #expect(PortOwners(ofPort: 8_000, root: tree.root) == PortOwners(processes: [200], isComplete: true))
        #expect(
            origins([100, 110, 200, 210, 220, 300])
                == [100: .own, 110: .own, 200: .server, 210: .server, 220: .server, 300: .foreign])
    }

    @Test func `behind a proxy, or a port that nobody is seen to hold, others may be the server`() throws {
        let words = "it may be the server itself, for what listens on port 8000 is not seen to compute"
        #expect(origins([300]) == [300: .unclear(words)])
        try listen(inode: 901)
        #expect(PortOwners(ofPort: 8_000, root: tree.root) == PortOwners(processes: [], isComplete: false))
        #expect(origins([110, 300]) == [110: .own, 300: .unclear(words)])
        try process(200, "docker-proxy", parent: 1, sockets: [901])
        #expect(origins([300]) == [300: .unclear(words)])
    }

    @Test func `without a server of this machine whoever is not ours is foreign`() throws {
        #expect(origins([110, 210, 300], port: nil) == [110: .own, 210: .foreign, 300: .foreign])
    }

    @Test func `what listens for the whole machine is not the parent of a server`() throws {
        try listen(inode: 901)
        try process(1, "systemd", parent: 0, sockets: [901])
        #expect(origins([300])[300] != .server)
    }

    @Test func `a process that /proc does not show may be the run's own`() throws {
        #expect(origins([4_711], port: nil) == [4_711: .unclear("it may be the run's own, for /proc does not show it")])
    }

    @Test func `processes have the names that ps gives them`() {
        let known = ProcessOrigins(own: 100, serverPort: nil, root: tree.root)
        #expect(known.name(of: 300) == "train (x) y" && known.name(of: 4_711) == nil)
    }
}
