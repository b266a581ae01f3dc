import JouleMeters
import JouleModel
import JouleUnits

/// Energy and power of one channel up to now, for scrapers: the counter's own sum, or what the power readings add up to.
package struct ChannelTally: Sendable {
    package let channel: MeterChannel
    /// Joules: of a counter since its own beginning, of a power meter since the agent's. Nil before there was a reading.
    package private(set) var energy: Joules?
    package private(set) var power: Watts?
    /// Stamp of the latest good reading.
    package private(set) var latest: Instant?
    package private(set) var failedReads = 0
    private let gapLimit: Duration
    private var lastPower: (instant: Instant, power: Watts)?
    private var anchor: (instant: Instant, energy: Joules)?

    /// A counter's mean power is taken over at least this.
    private static let shortestMean: Duration = .seconds(1)

    package init(_ channel: MeterChannel, samplePeriod: Duration) {
        self.channel = channel
        gapLimit = max(.seconds(3), max(samplePeriod, channel.updatePeriod ?? samplePeriod) * 5)
    }

    package var method: EnergyMethod {
        switch channel.kind {
        case .model: .modelled
        case .simulated: .simulated
        case .counter, .power, .imported: channel.hasEnergy ? .measuredCounter : .measuredPower
        }
    }

    package mutating func note(_ sample: RawSample) {
        guard sample.statusCode == 0 else {
            failedReads += 1
            return
        }
        if let latest, sample.instant <= latest { return }
        latest = sample.instant
        if let watts = sample.power {
            if !channel.hasEnergy { integrate(watts, at: sample.instant) }
            power = watts
        }
        guard let sum = sample.energy else { return }
        energy = sum
        guard !channel.hasPower else { return }
        if let last = anchor, sum >= last.energy {
            guard sample.instant - last.instant >= Self.shortestMean else { return }
            power = (sum - last.energy) / (sample.instant - last.instant)
        }
        anchor = (sample.instant, sum)
    }

    /// Trapezoids between readings; what lies in a gap is unknown and not added.
    private mutating func integrate(_ watts: Watts, at instant: Instant) {
        defer { lastPower = (instant, watts) }
        guard let last = lastPower, instant - last.instant <= gapLimit else {
            energy = energy ?? .zero
            return
        }
        let piece = (last.power + watts) * 0.5 * (instant - last.instant)
        energy = energy.map { $0 + piece } ?? piece
    }

    /// The latest power, unless it is too old to be said of this instant.
    package func power(at now: Instant) -> Watts? {
        guard let latest, now - latest <= gapLimit else { return nil }
        return power
    }
}
