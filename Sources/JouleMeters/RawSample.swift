import JouleModel
import JouleUnits

/// A sample as it lies in the ring: 64 bytes without references. What is not finite, a negative count and all ones mean absent.
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
        get { energyJoules.isFinite ? Joules(energyJoules) : nil }
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
    private static func widen(_ value: Float) -> Double? { value.isFinite ? Double("\(value)") : nil }
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

extension RawSample {
    /// Appends the sample as 64 bytes, little-endian, in the order of the fields: the record of an agent's batches and of its spool.
    package func append(to bytes: inout [UInt8]) {
        func add(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
        add(nanoseconds)
        add(energyJoules.bitPattern)
        add(memoryBytes)
        add(throttle)
        for value in [powerWatts, averageWatts, utilization, temperatureCelsius, smClock, memoryClock, limitWatts] { add(value.bitPattern) }
        add(channel)
        add(statusCode)
    }

    /// Reads a record back. Its status is the writer's code, which `statusOfWriter` turns into words.
    ///
    /// - Parameter record: 64 bytes.
    package init(record: UnsafeRawBufferPointer, statusOfWriter: (UInt16) -> ReadStatus) {
        func take<Number: FixedWidthInteger>(_ offset: Int, as type: Number.Type) -> Number {
            Number(littleEndian: record.loadUnaligned(fromByteOffset: offset, as: type))
        }
        nanoseconds = take(0, as: Int64.self)
        energyJoules = Double(bitPattern: take(8, as: UInt64.self))
        memoryBytes = take(16, as: Int64.self)
        throttle = take(24, as: UInt64.self)
        func single(_ index: Int) -> Float { Float(bitPattern: take(32 + 4 * index, as: UInt32.self)) }
        powerWatts = single(0)
        averageWatts = single(1)
        utilization = single(2)
        temperatureCelsius = single(3)
        smClock = single(4)
        memoryClock = single(5)
        limitWatts = single(6)
        channel = take(60, as: UInt16.self)
        let code = take(62, as: UInt16.self)
        if code != 0 { fail(statusOfWriter(code)) }
    }
}
