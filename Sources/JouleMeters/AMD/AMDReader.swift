import CAMDSMI
import JouleModel
import JouleUnits

/// The open end of an `AMDMeter`.
final class AMDReader: MeterReader {
    private let gpu: AMDGPU
    private var features: AMDFeatures

    init(gpu: AMDGPU, features: AMDFeatures) {
        self.gpu = gpu
        self.features = features
    }

    func close() {}

    /// The stamp belongs to the accumulator, which is read first; on a device without one, to the power.
    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        let before = Instant.now
        if features.counter {
            readEnergy(into: &slots[0])
            slots[0].instant = Self.midpoint(before, .now)
            if detail == .energy { return }
            readPower(into: &slots[0])
        } else {
            readPower(into: &slots[0])
            slots[0].instant = Self.midpoint(before, .now)
        }
        if detail == .full { readRest(into: &slots[0]) }
    }

    private func readEnergy(into sample: inout RawSample) {
        let (status, energy) = gpu.energy()
        sample.energy = energy
        if energy == nil { fail(&sample, status, "energy") }
    }

    private func readPower(into sample: inout RawSample) {
        guard let source = features.power else { return }
        let (status, now, average) = gpu.power()
        sample.power = source == .current ? now : average
        sample.averagePower = average
        if sample.power == nil { fail(&sample, status, "power") }
    }

    /// A value that fails here is absent, and the sample is good all the same: energy and power are there.
    private func readRest(into sample: inout RawSample) {
        if features.activity {
            let (status, percent) = gpu.activity()
            if keep(status, &features.activity) { sample.utilizationPercent = percent }
        }
        if features.memory {
            let (status, bytes) = gpu.memoryUsed()
            if keep(status, &features.memory) { sample.memoryUsed = bytes }
        }
        if let sensor = features.temperature { sample.temperature = gpu.temperature(sensor).temperature }
        if features.graphicsClock {
            let (status, megahertz) = gpu.clock(JB_AMDSMI_CLOCK_GRAPHICS)
            if keep(status, &features.graphicsClock) { sample.smClockMHz = megahertz }
        }
        if features.memoryClock {
            let (status, megahertz) = gpu.clock(JB_AMDSMI_CLOCK_MEMORY)
            if keep(status, &features.memoryClock) { sample.memoryClockMHz = megahertz }
        }
        if features.cap {
            let (status, cap) = gpu.powerCap()
            if keep(status, &features.cap) { sample.powerLimit = cap }
        }
    }

    /// Whether a value may be used. A feature that turns out to be unsupported is not asked for again.
    private func keep(_ status: AMDSMIStatus, _ feature: inout Bool) -> Bool {
        if status.isUnsupported { feature = false }
        return status == .success
    }

    private func fail(_ sample: inout RawSample, _ status: AMDSMIStatus, _ what: String) {
        let words = status == .success ? "the card gives none" : gpu.library.words(for: status)
        // The device has left the bus when the library does not know its handle any more.
        let isGone = status.code == UInt32(JB_AMDSMI_NOT_FOUND)
        sample.fail(isGone ? .gone("\(what): \(words)") : .retry("\(what): \(words)"))
    }

    private static func midpoint(_ before: Instant, _ after: Instant) -> Instant {
        Instant(nanoseconds: before.nanoseconds + (after.nanoseconds - before.nanoseconds) / 2)
    }
}

extension AMDGPU {
    /// Busy share of the graphics and compute engine.
    func activity() -> (status: AMDSMIStatus, percent: Double?) {
        var activity = jb_amdsmi_activity()
        let status = AMDSMIStatus(library.functions.activity?(handle, &activity))
        guard status == .success, activity.graphics <= 100 else { return (status, nil) }
        return (status, Double(activity.graphics))
    }

    func memoryUsed() -> (status: AMDSMIStatus, bytes: ByteCount?) {
        var bytes: UInt64 = 0
        let status = AMDSMIStatus(library.functions.memory_used?(handle, UInt32(JB_AMDSMI_MEMORY_VRAM), &bytes))
        guard status == .success, bytes != .max else { return (status, nil) }
        return (status, ByteCount(Int64(clamping: bytes)))
    }

    /// Degrees Celsius; early libraries gave thousandths of them.
    func temperature(_ sensor: UInt32) -> (status: AMDSMIStatus, temperature: Celsius?) {
        var value: Int64 = 0
        let status = AMDSMIStatus(library.functions.temperature?(handle, sensor, UInt32(JB_AMDSMI_TEMPERATURE_CURRENT), &value))
        guard status == .success, value != 0xFFFF, value != Int64(UInt32.max), value != .max else { return (status, nil) }
        return (status, Celsius(abs(value) < 1_000 ? Double(value) : Double(value) / 1_000))
    }

    func clock(_ kind: Int) -> (status: AMDSMIStatus, megahertz: Double?) {
        var clock = jb_amdsmi_clock()
        let status = AMDSMIStatus(library.functions.clock?(handle, UInt32(kind), &clock))
        guard status == .success, clock.now != 0xFFFF, clock.now != .max else { return (status, nil) }
        return (status, Double(clock.now))
    }
}
