import JouleModel
import JouleUnits

/// How many requests there were at each instant, from their beginnings and ends.
struct InFlight {
    private let begins: [Int64]
    private let ends: [Int64]
    /// Sums of the stamps above, in seconds since the first of them, up to each index: the integral of the count is made of them.
    private let beginSums: [Double]
    private let endSums: [Double]
    private let origin: Int64

    /// An end before its beginning counts as one at its beginning. O(n log n).
    init(_ spans: [(begin: Instant, end: Instant)]) {
        let begins = spans.map(\.begin.nanoseconds).sorted()
        let ends = spans.map { max($0.begin, $0.end).nanoseconds }.sorted()
        let origin = begins.first ?? 0
        func sums(_ stamps: [Int64]) -> [Double] {
            var sums = [0.0]
            sums.reserveCapacity(stamps.count + 1)
            var total = 0.0
            for stamp in stamps {
                total += Double(stamp - origin) * 1e-9
                sums.append(total)
            }
            return sums
        }
        self.begins = begins
        self.ends = ends
        self.origin = origin
        beginSums = sums(begins)
        endSums = sums(ends)
    }

    /// Requests that had begun and not ended. O(log n).
    func count(at instant: Instant) -> Int { begun(by: instant) - ended(by: instant) }

    /// Beginnings up to and with an instant.
    func begun(by instant: Instant) -> Int { begins.partitioningIndex { $0 > instant.nanoseconds } }

    /// Ends up to and with an instant.
    func ended(by instant: Instant) -> Int { ends.partitioningIndex { $0 > instant.nanoseconds } }

    /// The mean of the count over a window; nil for an empty one. O(log n).
    func mean(in window: Range<Instant>) -> Double? {
        window.isEmpty ? nil : (integral(upTo: window.upperBound) - integral(upTo: window.lowerBound)) / window.duration.seconds
    }

    private func integral(upTo instant: Instant) -> Double {
        let begun = begun(by: instant)
        let ended = ended(by: instant)
        let time = Double(instant.nanoseconds - origin) * 1e-9
        return (Double(begun) * time - beginSums[begun]) - (Double(ended) * time - endSums[ended])
    }

    /// The means of equal parts of a window.
    func means(in window: Range<Instant>, parts: Int) -> [Double] {
        window.parts(parts).compactMap { mean(in: $0) }
    }

    /// The last instant at which the count fell below a number that it had reached; nil where it never did.
    func lastFall(below number: Int) -> Instant? {
        var last: Int64?
        var begun = 0
        var count = 0
        for end in ends {
            // Of a beginning and an end at one instant the end comes first: the slot is free before it is used.
            while begun < begins.count, begins[begun] < end {
                begun += 1
                count += 1
            }
            if count == number { last = end }
            count -= 1
        }
        return last.map { Instant(nanoseconds: $0) }
    }
}

extension Range<Instant> {
    /// Equal parts, to the nanosecond.
    func parts(_ count: Int) -> [Range<Instant>] {
        let edges = (0...count).map { lowerBound + duration.scaled(by: Double($0) / Double(count)) }
        return zip(edges, edges.dropFirst()).map { $0..<$1 }
    }
}
