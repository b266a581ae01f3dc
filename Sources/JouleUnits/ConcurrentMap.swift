import Dispatch

extension RandomAccessCollection where Self: Sendable, Index == Int {
    /// The results of `transform` in the order of the elements, worked out on all cores. For pure functions that take milliseconds
    /// or more; never while something is measured.
    package func concurrentMap<Result: Sendable>(_ transform: @Sendable (Element) -> Result) -> [Result] {
        guard count > 1 else { return map(transform) }
        let start = startIndex
        return withoutActuallyEscaping(transform) { transform in
            Array(unsafeUninitializedCapacity: count) { buffer, initialized in
                let slots = Slots(base: buffer.baseAddress)
                DispatchQueue.concurrentPerform(iterations: count) { index in
                    slots.base.map { ($0 + index).initialize(to: transform(self[start + index])) }
                }
                initialized = count
            }
        }
    }
}

/// `@unchecked Sendable`: each iteration writes a place of its own, and nobody reads before all have.
private struct Slots<Result>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Result>?
}
