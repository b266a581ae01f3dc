import JouleMeters
import JouleModel
import JouleUnits
import StubServing

/// The power of a simulated server in each of its states.
struct SimulatedPower: Sendable, Hashable {
    let idle: Watts
    let prefill: Watts
    let decode: Watts

    init(_ spec: SimulatedSpec) {
        idle = spec.idlePower
        prefill = spec.prefillPower
        decode = spec.decodePower
    }

    func energy(of times: ServerActivity.Times) -> Joules { idle * times.idle + prefill * times.prefill + decode * times.decode }
}

/// The energy counter of the one GPU that a simulated server would have: exact, and nobody's.
struct SimulatedMeter: Meter {
    let activity: ServerActivity
    let power: SimulatedPower

    var channels: [MeterChannel] {
        [
            MeterChannel(
                meter: "simulated", scope: .gpu, device: Self.device, name: Self.name, kind: .simulated, hasEnergy: true, hasPower: false,
                gain: 0,
                note: "\(Self.text(power.idle)) idle, \(Self.text(power.prefill)) in prefill, \(Self.text(power.decode)) in decode")
        ]
    }

    static let device = "simulated-0"
    static let name = "simulated GPU"

    func open() throws(Failure) -> any MeterReader { SimulatedReader(activity: activity, power: power) }

    private static func text(_ watts: Watts) -> String {
        let value = watts.rawValue
        return (Int(exactly: value).map { "\($0)" } ?? "\(value)") + " W"
    }
}

private final class SimulatedReader: MeterReader {
    private let activity: ServerActivity
    private let power: SimulatedPower

    init(activity: ServerActivity, power: SimulatedPower) {
        self.activity = activity
        self.power = power
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        let (times, instant) = activity.read()
        slots[0].instant = instant
        slots[0].energy = power.energy(of: times)
    }

    func close() {}
}
