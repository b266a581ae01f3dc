import JouleUnits

/// Where the updates of a counter fall, learnt from those that were seen sharply: at equal distances.
///
/// A sampler that was held up sees an update late. Its first sighting is then a bad guess of when it was; the lattice of the updates
/// before it is a better one, wherever it falls into the time in which nothing was read.
struct UpdateLattice: Sendable {
    /// An update that was awaited with reads as close as this is seen sharply.
    private static let sharp = Duration.milliseconds(1)
    /// Distances that agree this well, as a share of the distance, make a lattice.
    private static let agreement = 0.05
    /// Over more periods than these the error of the period adds up.
    private static let reach = 20
    private static let needed = 4

    private var lastSharp: Instant?
    /// The latest distances between neighbouring sharp updates, oldest first.
    private var distances: [Duration] = []

    /// When an update was, given its first sighting and the last moment at which the old value still stood.
    mutating func place(sightedAt sighting: Instant, after earliest: Instant) -> Instant {
        guard sighting - earliest > Self.sharp else {
            if let lastSharp { learn(sighting - lastSharp) }
            lastSharp = sighting
            return sighting
        }
        guard let lastSharp, let period else { return sighting }
        let periods = Int(((sighting - lastSharp) / period).rounded(.down))
        guard periods >= 1, periods <= Self.reach else { return sighting }
        // The value that was sighted is that of the last update before the sighting.
        let point = lastSharp + period * periods
        return point > earliest && point <= sighting ? point : sighting
    }

    private mutating func learn(_ distance: Duration) {
        if distances.count == Self.needed { distances.removeFirst() }
        distances.append(distance)
    }

    /// The mean distance, nil while the latest ones do not agree.
    private var period: Duration? {
        guard distances.count == Self.needed, let least = distances.min(), let most = distances.max() else { return nil }
        let mean = distances.reduce(Duration.zero, +) / Self.needed
        return (most - least) <= mean * Self.agreement ? mean : nil
    }
}
