import JouleModel

/// The processes that hold the listening sockets of a port of this machine, as `/proc` shows them.
package struct PortOwners: Hashable, Sendable {
    package var processes: Set<Int> = []
    /// Whether a process is known for every such socket, and there is one at all. A socket of another user, or of another
    /// container behind a forwarded port, has none that can be seen.
    package var isComplete = false

    package init(processes: Set<Int> = [], isComplete: Bool = false) {
        self.processes = processes
        self.isComplete = isComplete
    }

    /// Looks through the open files of every process: some ten milliseconds on a busy machine.
    package init(ofPort port: Int, root: HostRoot = HostRoot()) {
        var open: Set<String> = []
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            open.formUnion(Self.listeners(in: HostFile.textIfPresent(root.resolve(table)) ?? "", port: port))
        }
        guard !open.isEmpty, let folders = try? HostFile.names(in: root.resolve("/proc")) else { return }
        var found: Set<String> = []
        for pid in folders.compactMap({ Int($0) }) {
            let folder = root.resolve("/proc/\(pid)/fd")
            guard let descriptors = try? HostFile.names(in: folder) else { continue }
            for descriptor in descriptors {
                guard let target = HostFile.linkTarget("\(folder)/\(descriptor)"), open.contains(target) else { continue }
                found.insert(target)
                processes.insert(pid)
            }
        }
        isComplete = found == open
    }

    /// `socket:[inode]` of every socket that listens on the port, in a table of the kernel: the second field is the address with the
    /// port in hexadecimal, the fourth the state (0A: listening), the tenth the inode.
    static func listeners(in table: String, port: Int) -> Set<String> {
        var sockets: Set<String> = []
        for line in table.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count > 9, fields[3] == "0A", let own = fields[1].split(separator: ":").last, Int(own, radix: 16) == port
            else { continue }
            sockets.insert("socket:[\(fields[9])]")
        }
        return sockets
    }
}
