import JouleModel

/// Whose a process is that computes on a device of a run.
package enum ProcessOrigin: Hashable, Sendable {
    /// This program, or started by it.
    case own
    /// The server that is measured.
    case server
    case foreign
    /// It may be the run's own; the reason says why that cannot be told.
    case unclear(String)
}

/// Tells the processes of a run from others.
package struct ProcessOrigins: Sendable {
    private let tree: ProcessTree
    private let own: Int
    private let serverPort: Int?
    private let owners: @Sendable (Int) -> PortOwners

    /// - Parameters:
    ///   - own: this program.
    ///   - serverPort: where the measured server listens; nil where none of this machine is measured.
    package init(
        own: Int, serverPort: Int?, root: HostRoot = HostRoot(), owners: (@Sendable (Int) -> PortOwners)? = nil
    ) {
        tree = ProcessTree(root: root)
        self.own = own
        self.serverPort = serverPort
        self.owners = owners ?? { PortOwners(ofPort: $0, root: root) }
    }

    package func name(of process: Int) -> String? { tree.name(of: process) }

    /// The origin of each process of those that compute on the devices.
    package func origins(of processes: Set<Int>) -> [Int: ProcessOrigin] {
        var origins: [Int: ProcessOrigin] = [:]
        var others: [Int] = []
        for process in processes {
            if tree.descends(process, from: own) {
                origins[process] = .own
            } else if tree.parent(of: process) == nil {
                // The driver counts processes of the whole machine, and a container sees its own.
                origins[process] = .unclear("it may be the run's own, for /proc does not show it")
            } else {
                others.append(process)
            }
        }
        guard let serverPort, !others.isEmpty else {
            for process in others { origins[process] = .foreign }
            return origins
        }
        let owners = owners(serverPort)
        for process in others where belongs(process, to: owners.processes) { origins[process] = .server }
        // A listener that leads to no process on a device is a proxy, or one process of several: who works behind it is not known.
        let isServerKnown = owners.isComplete && origins.values.contains(.server)
        for process in others where origins[process] == nil {
            origins[process] =
                isServerKnown
                ? .foreign : .unclear("it may be the server itself, for what listens on port \(serverPort) is not seen to compute")
        }
        return origins
    }

    /// Whether it is one of them, was started by one of them, or is in the group that one of them leads.
    private func belongs(_ process: Int, to owners: Set<Int>) -> Bool {
        // The first process of a machine listens for services that it starts later.
        let owners = owners.contains(1) && process != 1 ? owners.subtracting([1]) : owners
        if owners.contains(where: { tree.descends(process, from: $0) }) { return true }
        return tree.group(of: process).map { owners.contains($0) } ?? false
    }
}
