import JouleModel

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

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
    package func parent(of process: Int) -> Int? {
        let descriptor = open(root.resolve("/proc/\(process)/stat"), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let text = withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 1) { buffer -> String in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
        }
        return Self.parent(inStat: text)
    }

    /// The fourth field of a `stat` line. The second, the name, may hold spaces and brackets: it ends at the last `)`.
    package static func parent(inStat text: String) -> Int? {
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 1 ? Int(fields[1]) : nil
    }
}
