import JouleModel
import JouleUnits

/// The energy of one channel in one window, with all that is needed to judge it.
package struct WindowEnergy: Hashable, Sendable {
    /// The better of the two energies below: the counter's where there is one.
    package internal(set) var energy: Reading<Measured<Joules>>
    /// By the counter alone.
    package internal(set) var counterEnergy: Joules?
    /// By the power readings alone.
    package internal(set) var powerEnergy: Joules?
    /// Which of the two `energy` is; `unavailable` without any.
    package internal(set) var method = EnergyMethod.unavailable
    /// Energy over the length of the window.
    package internal(set) var meanPower: Watts?
    /// The largest power reading inside, or the largest mean of the counter over a sample period where power is not read.
    package internal(set) var peakPower: Watts?
    /// Good readings inside the window.
    package internal(set) var sampleCount = 0
    /// Good readings a second; nil for an empty window.
    package internal(set) var achievedRate: Double?
    /// The longest time between two neighbouring readings of which a part lies inside the window.
    package internal(set) var largestGap: Duration?
    /// Readings inside the window whose stamp was not after the one before; they are not used.
    package internal(set) var droppedTimestamps = 0
    /// What takes trust away, with the numbers behind it.
    package internal(set) var flags: [Flag: String] = [:]

    /// Why `method` is less than the readings would allow.
    package internal(set) var labelReason: String?

    /// Which readings an energy was cut from, whatever its label says.
    enum Basis: Int, Sendable { case counter, power }
    var basis = Basis.power
    /// The sensor gain's part of the interval: the same sign for every window of the same meter.
    var systematic = Joules.zero
    /// What differs from window to window: the edges, a disagreement of counter and power.
    var random = Joules.zero
    /// What the clock of another machine leaves open: it moves all channels of that machine together.
    var clock = Joules.zero
}

/// The energy of one channel's readings in a window.
///
/// - Parameter samplePeriod: the period that was asked for; readings may be missing for `max(3 s, 5 periods)`.
package func windowEnergy(of series: SampleSeries, in window: Range<Instant>, samplePeriod: Duration) -> WindowEnergy {
    MeterTrace(series, samplePeriod: samplePeriod).energy(in: window)
}
