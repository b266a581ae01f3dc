import Synchronization

/// Which process tree is followed; set from anywhere while the sampling thread reads it.
package final class ProcessTreeTarget: Sendable {
    private let root: Atomic<Int32>

    package init(pid: Int32? = nil) { root = Atomic(pid ?? 0) }

    /// The tree's root; nil when no process is followed.
    package var pid: Int32? {
        get {
            let value = root.load(ordering: .acquiring)
            return value > 0 ? value : nil
        }
        set { root.store(newValue ?? 0, ordering: .releasing) }
    }
}
