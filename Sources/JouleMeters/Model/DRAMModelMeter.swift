import JouleModel
import JouleUnits

/// The power that memory of a size is taken to draw; it hardly depends on the load.
struct DRAMRating: Hashable {
    static let gain = 0.5

    let power: Watts
    let note: String

    /// - Parameter granted: the control group's limit; nil when it sets none.
    init(total: ByteCount, granted: ByteCount?, isArm: Bool) {
        let modules = Self.modules(for: total)
        let perModule = Watts(isArm ? 1.5 : 5)
        let least = Watts(isArm ? 3 : 10)
        let whole = max(perModule * Double(modules), least)
        let size = Self.gibibytes(total)
        if let granted, granted < total {
            let share = Double(granted.bytes) / Double(total.bytes)
            power = whole * share
            let all = "\(modules) modules assumed for \(size), \(plain(whole.rawValue)) W"
            note = "\(all); the control group may use \(Self.gibibytes(granted)) of it"
        } else {
            power = whole
            note = "\(modules) modules assumed for \(size)"
        }
    }

    /// Modules that make up such a memory. Firmware keeps some for itself, so a machine with 16 GB shows a little less than that.
    static func modules(for total: ByteCount) -> Int {
        switch total.gibibytes {
        case ...2: 1
        case ...16: 2
        case ...64: 4
        case ...128: 8
        // Beyond, as servers are built: modules of 32 GB up to 32 sockets, larger modules after that.
        default: min(32, max(8, Int((total.gibibytes / 32).rounded(.up))))
        }
    }

    private static func gibibytes(_ count: ByteCount) -> String { "\(plain((count.gibibytes * 10).rounded() / 10)) GiB" }
}

/// An estimate of the memory's power from its size, for machines without a DRAM counter.
package struct DRAMModelMeter: Meter {
    let rating: DRAMRating
    package let channels: [MeterChannel]

    init(rating: DRAMRating, gain: Double?) {
        self.rating = rating
        channels = [
            MeterChannel(
                meter: "model", scope: .dram, device: "dram", name: "DRAM", kind: .model, hasEnergy: true, hasPower: true,
                gain: gain ?? DRAMRating.gain, note: rating.note)
        ]
    }

    package static func discover(root: HostRoot = HostRoot(), gain: Double? = nil) -> MeterDiscovery {
        guard let total = HostFacts.memoryTotal(root: root), total.bytes > 0 else {
            return MeterDiscovery(unavailable: [
                RunEnvironment.Unavailable(
                    meter: "model", reason: "the DRAM model has no size: no MemTotal in \(root.resolve("/proc/meminfo"))", remedy: nil)
            ])
        }
        #if arch(arm64) || arch(arm)
        let isArm = true
        #else
        let isArm = false
        #endif
        let rating = DRAMRating(total: total, granted: ControlGroup(root: root).memoryLimit, isArm: isArm)
        return MeterDiscovery(meters: [DRAMModelMeter(rating: rating, gain: gain)])
    }

    package func open() throws(Failure) -> any MeterReader { DRAMModelReader(power: rating.power) }
}

/// A constant power and the energy it adds up to since the first read.
final class DRAMModelReader: MeterReader {
    private let power: Watts
    private var start: Instant?

    init(power: Watts) { self.power = power }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        read(into: slots, at: .now)
    }

    func read(into slots: UnsafeMutableBufferPointer<RawSample>, at instant: Instant) {
        let start = start ?? instant
        self.start = start
        slots[0].instant = instant
        slots[0].power = power
        slots[0].energy = power * (instant - start)
    }

    func close() {}
}
