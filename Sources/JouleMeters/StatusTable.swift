import JouleModel
import JouleUnits

/// Reasons of failed reads by number, so that samples in the ring carry two bytes instead of a string.
///
/// Append-only and shared by all sampling threads; the lock is taken on failed reads only, never on a good one.
enum StatusTable {
    private static let reasons = Guarded<[ReadStatus]>([.ok])

    static func code(of status: ReadStatus) -> UInt16 {
        if status.isOK { return 0 }
        return reasons.withLock { known in
            if let index = known.firstIndex(of: status) { return UInt16(index) }
            // Readers phrase their reasons from closed sets; should one not, the last slot says so rather than grow for ever.
            guard known.count < 4_096 else { return UInt16(known.count - 1) }
            known.append(status)
            return UInt16(known.count - 1)
        }
    }

    static func status(of code: UInt16) -> ReadStatus {
        code == 0 ? .ok : reasons.withLock { $0[Int(code)] }
    }
}
