import JouleMeters
import JouleModel
import JouleUnits

/// 300 W on a counter that moves every 20 ms, and its power.
struct SteadyMeter: Meter {
    let kind: MeterKind
    var isLost = false

    var channels: [MeterChannel] {
        [
            MeterChannel(
                meter: "test", scope: .gpu, device: "GPU-0", name: "GPU", kind: kind, hasEnergy: kind == .counter, hasPower: true,
                gain: 0,
                updatePeriod: kind == .counter ? .milliseconds(20) : nil)
        ]
    }

    func open() throws(Failure) -> any MeterReader { Reader(meter: self) }

    private final class Reader: MeterReader {
        let meter: SteadyMeter
        init(meter: SteadyMeter) { self.meter = meter }

        func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
            let now = Instant.now
            slots[0].instant = now
            if meter.isLost {
                slots[0].fail(.gone("unplugged"))
                return
            }
            let updates = now.nanoseconds / 20_000_000
            if meter.kind == .counter { slots[0].energy = Joules(Double(updates % 1_000_000_000) * 6) }
            if detail != .energy { slots[0].power = Watts(300) }
        }

        func close() {}
    }
}
