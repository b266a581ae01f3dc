import JouleModel
import JouleUnits

/// A sample as it lies in the ring: 64 bytes without references. NaN, a negative count and all ones mean absent.
package struct RawSample: BitwiseCopyable, Sendable {
    private var nanoseconds: Int64 = 0
    private var energyJoules: Double = .nan
    private var memoryBytes: Int64 = -1
    private var throttle: UInt64 = .max
    private var powerWatts: Float = .nan
    private var averageWatts: Float = .nan
    private var utilization: Float = .nan
    private var temperatureCelsius: Float = .nan
    private var smClock: Float = .nan
    private var memoryClock: Float = .nan
    private var limitWatts: Float = .nan
    /// Index of the channel among all channels of the sampler; set by the sampling thread.
    package var channel: UInt16 = 0
    /// 0 is a good read; anything else is a number that the sampler's table of reasons knows.
    package private(set) var statusCode: UInt16 = 0

    package init() {}

    package var instant: Instant {
        get { Instant(nanoseconds: nanoseconds) }
        set { nanoseconds = newValue.nanoseconds }
    }
    package var energy: Joules? {
        get { energyJoules.isNaN ? nil : Joules(energyJoules) }
        set { energyJoules = newValue?.rawValue ?? .nan }
    }
    package var power: Watts? {
        get { Self.widen(powerWatts).map { Watts($0) } }
        set { powerWatts = Self.narrow(newValue?.rawValue) }
    }
    package var averagePower: Watts? {
        get { Self.widen(averageWatts).map { Watts($0) } }
        set { averageWatts = Self.narrow(newValue?.rawValue) }
    }
    package var utilizationPercent: Double? {
        get { Self.widen(utilization) }
        set { utilization = Self.narrow(newValue) }
    }
    package var memoryUsed: ByteCount? {
        get { memoryBytes < 0 ? nil : ByteCount(memoryBytes) }
        set { memoryBytes = newValue?.bytes ?? -1 }
    }
    package var temperature: Celsius? {
        get { Self.widen(temperatureCelsius).map { Celsius($0) } }
        set { temperatureCelsius = Self.narrow(newValue?.rawValue) }
    }
    package var smClockMHz: Double? {
        get { Self.widen(smClock) }
        set { smClock = Self.narrow(newValue) }
    }
    package var memoryClockMHz: Double? {
        get { Self.widen(memoryClock) }
        set { memoryClock = Self.narrow(newValue) }
    }
    package var powerLimit: Watts? {
        get { Self.widen(limitWatts).map { Watts($0) } }
        set { limitWatts = Self.narrow(newValue?.rawValue) }
    }
    package var throttleReasons: UInt64? {
        get { throttle == .max ? nil : throttle }
        set { throttle = newValue ?? .max }
    }

    /// Marks the read as failed. The reasons are few and each is interned once, so that a slot stays free of references.
    package mutating func fail(_ status: ReadStatus) { statusCode = StatusTable.code(of: status) }
    package var status: ReadStatus { StatusTable.status(of: statusCode) }

    /// The shortest decimal that reads back as the stored single: 71.8, not 71.80000305.
    private static func widen(_ value: Float) -> Double? { value.isNaN ? nil : Double("\(value)") }
    private static func narrow(_ value: Double?) -> Float { value.map { Float($0) } ?? .nan }
}

extension RawSample {
    /// The sample as the model knows it.
    package var sample: Sample {
        Sample(
            instant: instant, power: power, averagePower: averagePower, energy: energy, utilizationPercent: utilizationPercent,
            memoryUsed: memoryUsed, temperature: temperature, smClockMHz: smClockMHz, memoryClockMHz: memoryClockMHz,
            powerLimit: powerLimit, throttleReasons: throttleReasons, status: status)
    }
}
