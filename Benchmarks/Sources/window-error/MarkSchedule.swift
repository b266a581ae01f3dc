import Foundation
import JouleKit

/// Marks the edges of all windows of a plan, each when the clock has reached it.
enum MarkSchedule {
    /// Marks on a thread of its own: a task's sleep would come late when the cooperative pool is busy.
    ///
    /// - Returns: the two edges of each window, in the order of the plan.
    static func run(_ plan: Plan, monitor: EnergyMonitor) async -> [(start: EnergyMark, end: EnergyMark)] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: marks(of: plan, monitor: monitor)) }
        }
    }

    private static func marks(of plan: Plan, monitor: EnergyMonitor) -> [(start: EnergyMark, end: EnergyMark)] {
        let origin = plan.origin(after: monotonicNanoseconds)
        var edges: [(due: Int64, slot: Int)] = []
        for (index, window) in plan.windows.enumerated() {
            edges.append((origin + Int64(window.start * 1e9), 2 * index))
            edges.append((origin + Int64((window.start + window.length) * 1e9), 2 * index + 1))
        }
        edges.sort { $0.due < $1.due }
        var marks: [EnergyMark?] = Array(repeating: nil, count: edges.count)
        for (due, slot) in edges {
            let left = due - monotonicNanoseconds
            if left > 0 { Thread.sleep(forTimeInterval: Double(left) * 1e-9) }
            marks[slot] = monitor.mark()
        }
        return stride(from: 0, to: marks.count, by: 2).map { (marks[$0]!, marks[$0 + 1]!) }
    }

    private static var monotonicNanoseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}
