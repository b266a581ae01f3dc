import JouleUnits

/// Makes one ever-growing count out of a counter that starts again from zero at its range.
///
/// A decrease is a wrap only when the energy it stands for could have been used in the time since the last read. Any other decrease is
/// passed on as it is, so that the analysis sees that the counter was reset.
struct WrapUnfolder {
    /// More than any one zone draws: the largest packages are rated 500 W and allowed about twice that for moments.
    static let greatestPower = Watts(2_000)

    /// The largest count in microjoules; nil where the zone does not tell, and then nothing is unfolded.
    let range: UInt64?
    private var previous: (count: UInt64, instant: Instant)?
    private var completed: UInt64 = 0

    init(range: UInt64?) { self.range = range }

    /// Takes the count as read at an instant; gives the energy since the counter's own zero, wraps included.
    mutating func unfold(_ count: UInt64, at instant: Instant) -> Joules {
        if let range, let previous, count < previous.count, previous.count <= range {
            let used = range - previous.count + count
            if Joules.microjoules(Double(used)) <= Self.greatestPower * (instant - previous.instant) { completed += range }
        }
        previous = (count, instant)
        return .microjoules(Double(completed + count))
    }
}
