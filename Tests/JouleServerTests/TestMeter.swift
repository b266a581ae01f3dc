import JouleMeters
import JouleModel
import JouleUnits

/// 300 W: a counter that moves every 20 ms, or a power alone.
struct TestMeter: Meter {
    var kind = MeterKind.counter

    var channels: [MeterChannel] {
        [
            MeterChannel(
                meter: "test", scope: .gpu, device: "GPU-0", name: "Test \"GPU\" #0", kind: kind, hasEnergy: kind == .counter,
                hasPower: true,
                gain: 0.05, updatePeriod: kind == .counter ? .milliseconds(20) : nil)
        ]
    }

    func open() throws(Failure) -> any MeterReader { Reader(meter: self) }

    private final class Reader: MeterReader {
        let meter: TestMeter
        init(meter: TestMeter) { self.meter = meter }

        func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
            let now = Instant.now
            slots[0].instant = now
            if meter.kind == .counter { slots[0].energy = Joules(Double(now.nanoseconds / 20_000_000 % 1_000_000_000) * 6) }
            if detail != .energy { slots[0].power = Watts(300) }
        }

        func close() {}
    }
}

func description(of channels: [MeterChannel], instance: String = "instance", host: String = "far") -> AgentDescription {
    AgentDescription(
        version: "0.1.0", instance: instance, host: host, bootID: "boot", period: .milliseconds(20), channels: channels,
        environment: RunEnvironment(
            joulebench: "0.1.0", cpu: .init(logicalCores: 2), memory: .init(totalBytes: nil, limitBytes: nil), system: .init(name: "test"),
            start: .now))
}
