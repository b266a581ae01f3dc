import CNVML
import JouleModel
import JouleUnits

/// The open end of an `NVMLMeter`.
final class NVMLReader: MeterReader {
    private let device: NVMLDevice
    private let functions: jb_nvml
    private var features: NVMLFeatures
    /// Field 186 or 185, then 185 again where both are delivered: filled anew at each read.
    private let fields: UnsafeMutableBufferPointer<jb_nvml_field>
    /// The field of the module's power, its scope with it.
    private let moduleField: UnsafeMutablePointer<jb_nvml_field>
    private var loss: ReadStatus?

    init(device: NVMLDevice, features: NVMLFeatures) {
        self.device = device
        self.features = features
        functions = device.library.functions
        fields = .allocate(capacity: 2)
        fields.initialize(repeating: jb_nvml_field())
        fields[0].field = UInt32(features.power == .averageField ? JB_NVML_FIELD_POWER_AVERAGE : JB_NVML_FIELD_POWER_INSTANT)
        fields[1].field = UInt32(JB_NVML_FIELD_POWER_AVERAGE)
        for index in fields.indices { fields[index].scope = UInt32(JB_NVML_SCOPE_GPU) }
        moduleField = .allocate(capacity: 1)
        moduleField.initialize(to: jb_nvml_field())
        moduleField.pointee.field = UInt32(features.module == .averageField ? JB_NVML_FIELD_POWER_AVERAGE : JB_NVML_FIELD_POWER_INSTANT)
        moduleField.pointee.scope = UInt32(JB_NVML_SCOPE_MODULE)
    }

    deinit {
        fields.deallocate()
        moduleField.deallocate()
    }

    func close() {}

    /// The stamp belongs to the counter, which is read first; on a device without one, to the power.
    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        defer { if slots.count > 1 { readModule(detail, into: &slots[1]) } }
        if let loss {
            slots[0].instant = .now
            slots[0].fail(loss)
            return
        }
        if features.counter {
            readCounter(into: &slots[0])
            if detail == .energy { return }
            readPower(into: &slots[0], stamping: false)
        } else {
            readPower(into: &slots[0], stamping: true)
        }
        if detail == .full && loss == nil { readRest(into: &slots[0]) }
    }

    /// The power of the module that the GPU is on, stamped by itself.
    private func readModule(_ detail: ReadDetail, into sample: inout RawSample) {
        let before = Instant.now
        sample.instant = before
        if let loss { return sample.fail(loss) }
        guard detail.wantsPower else { return }
        let status = NVMLLibrary.status(functions.fields?(device.handle, 1, moduleField))
        sample.instant = Self.midpoint(before, .now)
        let result = status == .success ? NVMLStatus(code: moduleField.pointee.result) : status
        guard result == .success else { return fail(&sample, result, "module power") }
        sample.power = moduleField.pointee.milliwatts.map { .milliwatts($0) }
        if features.module == .averageField { sample.averagePower = sample.power }
    }

    // MARK: What a read is for

    private func readCounter(into sample: inout RawSample) {
        var millijoules: UInt64 = 0
        let before = Instant.now
        let code = functions.total_energy?(device.handle, &millijoules)
        sample.instant = Self.midpoint(before, .now)
        if code == NVMLStatus.success.code {
            sample.energy = .millijoules(Double(millijoules))
        } else {
            fail(&sample, NVMLLibrary.status(code), "total energy")
        }
    }

    private func readPower(into sample: inout RawSample, stamping: Bool) {
        guard let source = features.power, loss == nil else { return }
        let before = Instant.now
        if source == .legacy {
            readLegacyPower(into: &sample)
        } else {
            readPowerFields(source, into: &sample)
        }
        if stamping { sample.instant = Self.midpoint(before, .now) }
    }

    private func readLegacyPower(into sample: inout RawSample) {
        var milliwatts: UInt32 = 0
        let code = functions.power_usage?(device.handle, &milliwatts)
        if code == NVMLStatus.success.code {
            sample.power = .milliwatts(Double(milliwatts))
        } else {
            fail(&sample, NVMLLibrary.status(code), "power")
        }
    }

    private func readPowerFields(_ source: NVMLPowerSource, into sample: inout RawSample) {
        let status = NVMLLibrary.status(functions.fields?(device.handle, features.average ? 2 : 1, fields.baseAddress!))
        guard status == .success else { return fail(&sample, status, "power") }
        if fields[0].result == NVMLStatus.success.code {
            sample.power = fields[0].milliwatts.map { .milliwatts($0) }
            if source == .averageField { sample.averagePower = sample.power }
        } else {
            fail(&sample, NVMLStatus(code: fields[0].result), "power")
        }
        if features.average && fields[1].result == NVMLStatus.success.code {
            sample.averagePower = fields[1].milliwatts.map { .milliwatts($0) }
        }
    }

    // MARK: What surrounds it

    /// A value that fails here is absent, and the sample is good all the same: energy and power are there.
    private func readRest(into sample: inout RawSample) {
        if features.utilization {
            var percent = jb_nvml_utilization()
            let status = NVMLLibrary.status(functions.utilization?(device.handle, &percent))
            if take(status, for: &features.utilization, in: &sample) { sample.utilizationPercent = Double(percent.gpu) }
        }
        if let call = features.memory {
            let (status, used) = call.used(by: device)
            if status == .success { sample.memoryUsed = used } else if status.isLoss { lose(&sample, status, "memory") }
        }
        if let value = number(&features.temperature, in: &sample, { functions.temperature?(device.handle, UInt32(JB_NVML_SENSOR_GPU), $0) })
        {
            sample.temperature = Celsius(Double(value))
        }
        if let value = number(&features.smClock, in: &sample, { functions.clock?(device.handle, UInt32(JB_NVML_CLOCK_SM), $0) }) {
            sample.smClockMHz = Double(value)
        }
        if let value = number(&features.memoryClock, in: &sample, { functions.clock?(device.handle, UInt32(JB_NVML_CLOCK_MEMORY), $0) }) {
            sample.memoryClockMHz = Double(value)
        }
        if let value = number(&features.powerLimit, in: &sample, { functions.power_limit?(device.handle, $0) }) {
            sample.powerLimit = .milliwatts(Double(value))
        }
        if features.clockReasons {
            var mask: UInt64 = 0
            let status = NVMLLibrary.status(functions.clock_reasons?(device.handle, &mask))
            if take(status, for: &features.clockReasons, in: &sample) { sample.throttleReasons = mask }
        }
    }

    private func number(
        _ feature: inout Bool, in sample: inout RawSample, _ call: (UnsafeMutablePointer<UInt32>) -> Int32?
    ) -> UInt32? {
        guard feature else { return nil }
        var value: UInt32 = 0
        return take(NVMLLibrary.status(call(&value)), for: &feature, in: &sample) ? value : nil
    }

    /// Whether a value may be used. A feature that turns out to be unsupported is not asked for again.
    private func take(_ status: NVMLStatus, for feature: inout Bool, in sample: inout RawSample) -> Bool {
        if status == .success { return true }
        if status.isUnsupported { feature = false }
        if status.isLoss { lose(&sample, status, "state") }
        return false
    }

    // MARK: Failures

    private func fail(_ sample: inout RawSample, _ status: NVMLStatus, _ what: String) {
        if status.isLoss { return lose(&sample, status, what) }
        sample.fail(.retry("\(what): \(device.library.words(for: status))"))
    }

    private func lose(_ sample: inout RawSample, _ status: NVMLStatus, _ what: String) {
        let gone = ReadStatus.gone("\(what): \(device.library.words(for: status))")
        loss = gone
        sample.fail(gone)
    }

    private static func midpoint(_ before: Instant, _ after: Instant) -> Instant {
        Instant(nanoseconds: before.nanoseconds + (after.nanoseconds - before.nanoseconds) / 2)
    }
}
