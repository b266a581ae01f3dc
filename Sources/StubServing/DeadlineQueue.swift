/// What is due next, by time and then in the order of arrival: a binary heap. Adding and removing cost O(log n).
struct DeadlineQueue<Element> {
    private struct Entry {
        let deadline: Int64
        let order: UInt64
        let element: Element
        static func < (left: Entry, right: Entry) -> Bool { (left.deadline, left.order) < (right.deadline, right.order) }
    }

    private var entries: [Entry] = []
    private var order: UInt64 = 0

    /// The earliest deadline, in nanoseconds.
    var earliest: Int64? { entries.first?.deadline }

    mutating func add(_ element: Element, at deadline: Int64) {
        entries.append(Entry(deadline: deadline, order: order, element: element))
        order += 1
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child] < entries[parent] else { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes the earliest element that is due by `now`.
    mutating func removeFirst(dueBy now: Int64) -> (deadline: Int64, element: Element)? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            var parent = 0
            while true {
                var child = 2 * parent + 1
                guard child < entries.count else { break }
                if child + 1 < entries.count && entries[child + 1] < entries[child] { child += 1 }
                guard entries[child] < entries[parent] else { break }
                entries.swapAt(child, parent)
                parent = child
            }
        }
        return (first.deadline, first.element)
    }
}
