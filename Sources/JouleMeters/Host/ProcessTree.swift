import JouleModel

/// Who started whom, as `/proc` tells it.
package struct ProcessTree: Sendable {
    private let root: HostRoot
    package init(root: HostRoot = HostRoot()) { self.root = root }

    /// Whether a process is the ancestor itself or was started by it, at any remove.
    package func descends(_ process: Int, from ancestor: Int) -> Bool {
        var current = process
        // A chain of parents ends at 1 or 0; the bound guards against one that changes while it is followed.
        for _ in 0..<1_024 {
            if current == ancestor { return true }
            guard current > 1, let next = parent(of: current) else { return false }
            current = next
        }
        return false
    }

    /// Nil where the process is gone, or where the system has no `/proc`.
    package func parent(of process: Int) -> Int? { stat(of: process).flatMap(Self.parent(inStat:)) }

    /// The group that a process is in: its leader's pid.
    package func group(of process: Int) -> Int? { stat(of: process).flatMap { Self.field(2, inStat: $0) } }

    /// What `ps` calls a process, fifteen bytes at most; nil where it is not to be seen.
    package func name(of process: Int) -> String? {
        HostFile.textIfPresent(root.resolve("/proc/\(process)/comm")).flatMap { $0.isEmpty ? nil : $0 }
    }

    private func stat(of process: Int) -> String? { HostFile.textIfPresent(root.resolve("/proc/\(process)/stat")) }

    /// The parent in a `stat` line.
    package static func parent(inStat text: String) -> Int? { field(1, inStat: text) }

    /// A field behind the name, counted from the state. The name may hold spaces and brackets: it ends at the last `)`.
    private static func field(_ number: Int, inStat text: String) -> Int? {
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > number ? Int(fields[number]) : nil
    }
}
