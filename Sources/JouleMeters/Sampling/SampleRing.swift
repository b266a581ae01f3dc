import Synchronization

/// A preallocated queue from one sampling thread (producer) to one recorder (consumer).
///
/// Wait-free on both sides. When it is full the new sample is dropped and counted: nothing is lost silently.
///
/// `@unchecked Sendable`: slots between `tail` and `head` belong to the consumer, all others to the producer; each index is written by
/// one side only, with release, and read by the other with acquire.
package final class SampleRing: @unchecked Sendable {
    private let slots: UnsafeMutablePointer<RawSample>
    private let mask: Int
    private let head = Atomic<Int>(0)
    private let tail = Atomic<Int>(0)
    private let overflow = Atomic<Int>(0)

    /// - Parameter capacity: number of samples, rounded up to a power of two.
    package init(capacity: Int) {
        var size = 64
        while size < capacity { size *= 2 }
        mask = size - 1
        slots = .allocate(capacity: size)
        // Untouched pages cost no memory, but a page fault costs time in the measuring path, so they are touched now.
        slots.initialize(repeating: RawSample(), count: size)
    }

    deinit { slots.deallocate() }

    package var capacity: Int { mask + 1 }
    /// Samples that found the ring full.
    package var overflowCount: Int { overflow.load(ordering: .relaxed) }

    /// Producer only: how many samples it may push before the consumer has to come.
    package var free: Int { capacity - (head.load(ordering: .relaxed) - tail.load(ordering: .acquiring)) }

    /// Producer only.
    package func push(_ sample: RawSample) {
        let write = head.load(ordering: .relaxed)
        guard write - tail.load(ordering: .acquiring) <= mask else {
            overflow.add(1, ordering: .relaxed)
            return
        }
        slots[write & mask] = sample
        head.store(write + 1, ordering: .releasing)
    }

    /// Consumer only: hands every waiting sample to `body`, oldest first, and frees its slot.
    package func drain(_ body: (RawSample) -> Void) {
        let end = head.load(ordering: .acquiring)
        var read = tail.load(ordering: .relaxed)
        while read < end {
            body(slots[read & mask])
            read += 1
            tail.store(read, ordering: .releasing)
        }
    }
}
