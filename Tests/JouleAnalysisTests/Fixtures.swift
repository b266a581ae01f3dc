import JouleModel
import JouleUnits

/// A moment so many seconds after the test's own beginning of time.
func at(_ seconds: Double) -> Instant { Instant(nanoseconds: 1_000_000_000_000 + Int64((seconds * 1e9).rounded())) }

func window(_ begin: Double, _ end: Double) -> Range<Instant> { at(begin)..<at(end) }

let tenHertz = Duration.milliseconds(100)

func channel(
    _ meter: String = "nvml", _ scope: Scope = .gpu, _ device: String = "GPU-0", kind: MeterKind = .power, gain: Double = 0.05,
    updatePeriod: Duration? = nil, counts: Bool = true
) -> MeterChannel {
    MeterChannel(
        meter: meter, scope: scope, device: device, name: "\(meter) \(device)", kind: kind, hasEnergy: kind == .counter,
        hasPower: kind != .counter, gain: gain, updatePeriod: updatePeriod, countsInTotals: counts)
}

func powerSeries(_ readings: [(Double, Double)], _ channel: MeterChannel = channel()) -> SampleSeries {
    SampleSeries(channel: channel, samples: readings.map { Sample(instant: at($0.0), power: Watts($0.1)) })
}

func counterSeries(
    _ readings: [(Double, Double)], _ channel: MeterChannel = channel(kind: .counter)
) -> SampleSeries {
    SampleSeries(channel: channel, samples: readings.map { Sample(instant: at($0.0), energy: Joules($0.1)) })
}

/// Readings of a constant power every 100 ms.
func constant(_ watts: Double, from begin: Double = -1, to end: Double, _ channel: MeterChannel = channel()) -> SampleSeries {
    powerSeries(stride(from: begin, through: end + 1e-9, by: 0.1).map { ($0, watts) }, channel)
}

func isClose(_ value: Double?, _ expected: Double, within tolerance: Double = 1e-9) -> Bool {
    guard let value else { return false }
    return abs(value - expected) <= tolerance * max(1, abs(expected))
}

/// Independent half-widths joined as variances.
func joined(_ parts: Double...) -> Double { parts.reduce(0) { $0 + $1 * $1 }.squareRoot() }
