import JouleUnits

/// The control groups of this process: what a container or a batch system grants it.
struct ControlGroup: Hashable {
    /// One line of `/proc/self/cgroup`.
    private struct Membership: Hashable {
        /// Empty in version 2.
        let controllers: [String]
        let path: String
    }

    private let memberships: [Membership]
    private let root: HostRoot

    init(root: HostRoot) {
        self.root = root
        let text = HostFile.textIfPresent(root.resolve("/proc/self/cgroup")) ?? ""
        memberships = text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            return Membership(controllers: fields[1].split(separator: ",").map(String.init), path: String(fields[2]))
        }
    }

    /// The least memory limit of the group and those around it, nil when none is set.
    ///
    /// A container may see the host's path and not the folder behind it, so the search begins at the deepest folder that is
    /// there and ends at the mount.
    var memoryLimit: ByteCount? {
        var limits: [Int64] = []
        for membership in memberships {
            if membership.controllers.isEmpty {
                for mount in ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"] {
                    limits += values(of: "memory.max", mount: mount, path: membership.path)
                }
            } else if membership.controllers.contains("memory") {
                limits += values(of: "memory.limit_in_bytes", mount: "/sys/fs/cgroup/memory", path: membership.path)
            }
        }
        return limits.min().map { ByteCount($0) }
    }

    /// The engine that made this container, nil on a plain host.
    var containerEngine: String? {
        let engines = [
            ("kubepods", "kubernetes"), ("docker", "docker"), ("libpod", "podman"), ("containerd", "containerd"), ("lxc", "lxc"),
        ]
        for membership in memberships {
            for (sign, engine) in engines where membership.path.contains(sign) { return engine }
        }
        return nil
    }

    private func values(of file: String, mount: String, path: String) -> [Int64] {
        var parts = path.split(separator: "/").filter { $0 != ".." }
        var values: [Int64] = []
        while true {
            let folder = ([mount] + parts.map(String.init)).joined(separator: "/")
            // "max" is version 2's word for no limit; version 1 says it with a number near 2^63, above any real memory.
            if let value = HostFile.integerIfPresent(root.resolve("\(folder)/\(file)")), value > 0, value < Int64.max / 2 {
                values.append(value)
            }
            if parts.isEmpty { return values }
            parts.removeLast()
        }
    }
}
