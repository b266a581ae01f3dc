import JouleModel
import JouleUnits

/// An estimate of the processor's power from its rated power and its load, for machines without readable counters.
package struct CPUModelMeter: Meter {
    let root: HostRoot
    let rating: CPURating
    let processors: CPUSet
    package let channels: [MeterChannel]

    init(root: HostRoot, cpu: CPUDescription, gain: Double?) {
        self.root = root
        rating = CPURating(cpu)
        processors = cpu.visible
        channels = [
            MeterChannel(
                meter: "model", scope: .cpu, device: "cpu", name: cpu.model ?? "CPU", kind: .model, hasEnergy: true, hasPower: true,
                gain: gain ?? rating.gain, updatePeriod: CPUModel.shortestInterval, note: rating.note)
        ]
    }

    package static func discover(root: HostRoot = HostRoot(), gain: Double? = nil) -> MeterDiscovery {
        func absent(_ reason: String) -> MeterDiscovery {
            MeterDiscovery(unavailable: [RunEnvironment.Unavailable(meter: "model", reason: reason, remedy: nil)])
        }
        #if canImport(Darwin)
        return absent("the CPU model needs /proc/stat, which macOS does not have")
        #else
        guard let cpu = CPUDescription.read(root: root), cpu.visible.count > 0 else {
            return absent("no processor is described in \(root.resolve("/proc/cpuinfo"))")
        }
        do {
            guard try CPUTicksFile(root: root, processors: cpu.visible).read().ticks != nil else {
                return absent("\(root.resolve("/proc/stat")) has no line for the visible processors")
            }
        } catch {
            return absent("the CPU model has no load: \(error.reason)")
        }
        return MeterDiscovery(meters: [CPUModelMeter(root: root, cpu: cpu, gain: gain)])
        #endif
    }

    package func open() throws(Failure) -> any MeterReader {
        do {
            return CPUModelReader(file: try CPUTicksFile(root: root, processors: processors), model: CPUModel(rating: rating))
        } catch {
            throw Failure("meter.gone", "the CPU model has no load", cause: error.reason)
        }
    }
}

/// Turns ticks into energy: pure, told what was read and when.
struct CPUModel {
    /// Ticks come every 10 ms, so a load over less than a few of them is noise. Until this much time has passed the estimate stays
    /// as it is, as a counter does between its updates.
    static let shortestInterval: Duration = .milliseconds(50)

    private let rating: CPURating
    private var previous: (ticks: CPUTicks, instant: Instant)?
    /// Since the first reading, which is therefore a true zero.
    private(set) var energy: Joules = .zero
    /// Mean over the last interval; nil until there is one.
    private(set) var power: Watts?

    init(rating: CPURating) { self.rating = rating }

    /// Whether a reading at this instant would add anything.
    func isDue(at instant: Instant) -> Bool {
        previous.map { instant - $0.instant >= Self.shortestInterval } ?? true
    }

    /// - Returns: whether the energy now reaches to this instant.
    mutating func advance(to ticks: CPUTicks, at instant: Instant) -> Bool {
        guard let earlier = previous else {
            previous = (ticks, instant)
            return true
        }
        guard let load = ticks.load(since: earlier.ticks) else {
            // No tick yet, or ticks that went back (a processor was switched off): the interval goes on, counted from here.
            if ticks != earlier.ticks { previous = (ticks, earlier.instant) }
            return false
        }
        let mean = rating.power(atLoad: load)
        power = mean
        energy += mean * (instant - earlier.instant)
        previous = (ticks, instant)
        return true
    }
}

/// The open load counters and the running estimate, owned by their sampling thread.
final class CPUModelReader: MeterReader {
    private let file: CPUTicksFile
    private var model: CPUModel

    init(file: CPUTicksFile, model: CPUModel) {
        self.file = file
        self.model = model
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        read(into: slots, at: .now)
    }

    func read(into slots: UnsafeMutableBufferPointer<RawSample>, at instant: Instant) {
        slots[0].instant = instant
        if model.isDue(at: instant) {
            let (ticks, status) = file.read()
            guard let ticks else {
                slots[0].fail(status)
                return
            }
            // A sum that was not carried on to this instant would be a point of the curve all the same, and a wrong one.
            if model.advance(to: ticks, at: instant) { slots[0].energy = model.energy }
        }
        slots[0].power = model.power
    }

    func close() {}
}
