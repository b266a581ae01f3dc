import JouleModel
import JouleUnits

/// The energy counters of one processor package, or of the platform, through Linux's powercap folders.
///
/// One meter holds a package with its parts, the package first: they are read in one go, and the sampler follows the updates of the
/// package's counter instead of those of a part that may stand still.
package struct RAPLMeter: Meter {
    /// Half-width at 95 %; see `docs/meters/rapl.md`.
    package static let gain = 0.05
    /// The power at which the time to a wrap is stated.
    package static let heavyLoad = Watts(500)

    let zones: [RAPLZone]
    package let channels: [MeterChannel]

    init(zones: [RAPLZone], gain: Double?) {
        self.zones = zones
        channels = zones.map { zone in
            MeterChannel(
                meter: "rapl", scope: zone.scope, device: zone.device, name: "RAPL \(zone.device)", kind: .counter, hasEnergy: true,
                hasPower: false, gain: gain ?? Self.gain, updatePeriod: .milliseconds(1), note: Self.note(zone))
        }
    }

    /// The shortest time to a wrap under a heavy load.
    package var shortestWrap: Duration? { zones.compactMap(\.shortestWrap).min() }
    package var longestSilence: Duration? { shortestWrap.map { max($0 / 2, .milliseconds(1)) } }

    /// The packages and platforms whose counters can be read here.
    package static func discover(root: HostRoot = HostRoot(), gain: Double? = nil) -> MeterDiscovery {
        let tree = RAPLTree(root: root)
        var groups: [[RAPLZone]] = []
        for zone in tree.zones {
            if let last = groups.last, last[0].id.top == zone.id.top {
                groups[groups.count - 1].append(zone)
            } else {
                groups.append([zone])
            }
        }
        return MeterDiscovery(meters: groups.map { RAPLMeter(zones: $0, gain: gain) }, unavailable: tree.unavailable)
    }

    package func open() throws(Failure) -> any MeterReader { try RAPLReader(zones: zones) }

    private static func note(_ zone: RAPLZone) -> String? {
        var remarks: [String] = []
        if let range = zone.range, let wrap = zone.shortestWrap {
            let joules = Int64(Joules.microjoules(Double(range)).rawValue)
            remarks.append("wraps after \(joules) J (\(Int(wrap.seconds)) s at \(Int(heavyLoad.rawValue)) W)")
        } else {
            remarks.append("says no range: a wrap will look like a reset")
        }
        if !zone.twins.isEmpty { remarks.append("\(zone.twins.joined(separator: ", ")) shows the same counter and is left out") }
        return remarks.joined(separator: "; ")
    }
}

/// Open counters of one package, owned by its sampling thread.
final class RAPLReader: MeterReader {
    private struct Counter {
        let file: KernelFile
        var unfolder: WrapUnfolder
    }

    private var counters: [Counter] = []

    init(zones: [RAPLZone]) throws(Failure) {
        for zone in zones {
            do throws(FileFailure) {
                counters.append(Counter(file: try KernelFile(path: zone.counterPath), unfolder: WrapUnfolder(range: zone.range)))
            } catch {
                throw Failure(
                    error.isPermission ? "meter.permission" : "meter.gone", "the RAPL counter \(zone.device) cannot be read",
                    cause: error.reason, remedy: "see `joulebench doctor`")
            }
        }
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        read(into: slots) { .now }
    }

    /// Reads with the clock as given. A stamp is the middle of its own read: reaching another socket takes some microseconds.
    func read(into slots: UnsafeMutableBufferPointer<RawSample>, clock: () -> Instant) {
        var before = clock()
        for index in counters.indices {
            let number = counters[index].file.number()
            let after = clock()
            let instant = Instant(nanoseconds: before.nanoseconds + (after - before).nanoseconds / 2)
            before = after
            slots[index].instant = instant
            switch number {
            case .value(let count): slots[index].energy = counters[index].unfolder.unfold(count, at: instant)
            case .failed(let error): slots[index].fail(.failed(error, reading: "energy_uj"))
            case .malformed: slots[index].fail(.retry("energy_uj: not a number"))
            }
        }
    }

    func close() { counters.removeAll() }
}
