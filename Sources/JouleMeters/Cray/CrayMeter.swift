import JouleModel
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The counters that the controller of a Cray node keeps, `/sys/cray/pm_counters`.
package struct CrayMeter: Meter {
    /// Half-width at 95 %, that of a management controller; see `docs/meters/pm_counters.md`.
    package static let gain = 0.10
    package static let folder = "/sys/cray/pm_counters"

    let counters: [CrayCounter]
    let freshnessPath: String?
    package let channels: [MeterChannel]

    init(counters: [CrayCounter], freshnessPath: String?, period: Duration, gain: Double?) {
        self.counters = counters
        self.freshnessPath = freshnessPath
        channels = counters.map { counter in
            MeterChannel(
                meter: "pm_counters", scope: counter.scope, device: counter.device, name: "Cray \(counter.device)", kind: .counter,
                hasEnergy: true, hasPower: counter.powerPath != nil, gain: gain ?? Self.gain, updatePeriod: period, note: counter.note,
                countsInTotals: counter.countsInTotals)
        }
    }

    /// Whether this machine has the folder at all.
    package static func exists(root: HostRoot) -> Bool { HostFile.exists(root.resolve(folder)) }

    /// - Parameter others: the parts that another meter counts; their rows are kept here and left out of totals.
    package static func discover(root: HostRoot = HostRoot(), gain: Double? = nil, others: CrayParts = CrayParts()) -> MeterDiscovery {
        var found = MeterDiscovery()
        func note(_ reason: String, remedy: String?) {
            found.unavailable.append(.init(meter: "pm_counters", reason: reason, remedy: remedy))
        }
        let folder = root.resolve(Self.folder)
        let names: [String]
        do throws(FileFailure) {
            names = try HostFile.names(in: folder)
        } catch {
            let isAbsent = error.number == ENOENT || error.number == ENOTDIR
            note(
                isAbsent ? "no \(folder): this is no Cray node, or its pm_counters are switched off" : error.reason,
                remedy: isAbsent ? nil : "ask the machine's operators for the right to read \(Self.folder)")
            return found
        }
        var counters: [CrayCounter] = []
        for name in names where name == "energy" || name.hasSuffix("_energy") {
            guard let (scope, device) = CrayCounter.coverage(of: name) else {
                note("\(folder)/\(name): what this counter covers is not known", remedy: nil)
                continue
            }
            let path = "\(folder)/\(name)"
            do throws(FileFailure) {
                let file = try KernelFile(path: path)
                switch file.number() {
                case .value: break
                case .failed(let number): throw FileFailure(path: path, number: number)
                case .malformed: throw FileFailure(path: path, number: ENODATA)
                }
            } catch {
                note(error.reason, remedy: error.isPermission ? "ask the machine's operators for the right to read it" : nil)
                continue
            }
            let power = "\(folder)/\(name.dropLast("energy".count))power"
            var counter = CrayCounter(
                name: name, energyPath: path, powerPath: HostFile.exists(power) ? power : nil, scope: scope, device: device)
            if scope == .package, device != "cpu", names.contains("cpu_energy") {
                counter.countsInTotals = false
                counter.note = "part of cpu_energy"
            } else if others.covers(scope) {
                counter.countsInTotals = false
                counter.note = "another meter counts the \(scope.rawValue) by itself"
            }
            counters.append(counter)
        }
        guard !counters.isEmpty else {
            if found.unavailable.isEmpty { note("\(folder) holds no energy counter", remedy: nil) }
            return found
        }
        let hertz = HostFile.textIfPresent("\(folder)/raw_scan_hz").flatMap { $0.split(separator: " ").first }.flatMap { Double($0) }
        let period = hertz.flatMap { $0 > 0 ? Duration.seconds(1 / $0) : nil } ?? .milliseconds(100)
        let freshness = "\(folder)/freshness"
        // The node first: it is the counter whose updates are followed.
        counters.sort { ($0.scope == .node ? 0 : 1, $0.name) < ($1.scope == .node ? 0 : 1, $1.name) }
        found.meters = [
            CrayMeter(
                counters: counters, freshnessPath: HostFile.exists(freshness) ? freshness : nil, period: period, gain: gain)
        ]
        return found
    }

    package func open() throws(Failure) -> any MeterReader {
        do {
            return try CrayReader(meter: self)
        } catch {
            throw Failure(
                error.isPermission ? "meter.permission" : "meter.gone", "a counter of \(Self.folder) cannot be read", cause: error.reason,
                remedy: "see `joulebench doctor`")
        }
    }
}

/// Open counters of a node, owned by their sampling thread.
///
/// Each file holds a number, its unit and the controller's own time: `84317 J 1700000000123456 us`.
final class CrayReader: MeterReader {
    private var counters: [(energy: KernelFile, power: KernelFile?)] = []
    private var freshness: KernelFile?
    private var scan: UInt64?
    private var scanSeen = Instant.now
    /// A controller that has not counted on for this long stands still: its figures would pass for a machine that draws nothing.
    private static let patience = Duration.seconds(2)

    init(meter: CrayMeter) throws(FileFailure) {
        for counter in meter.counters {
            var power: KernelFile?
            if let path = counter.powerPath { power = try KernelFile(path: path) }
            counters.append((try KernelFile(path: counter.energyPath), power))
        }
        if let path = meter.freshnessPath { freshness = try KernelFile(path: path) }
    }

    func close() {
        counters.removeAll()
        freshness = nil
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        read(detail, into: slots) { .now }
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>, clock: () -> Instant) {
        let isStale = detail.wantsPower && standsStill(at: clock())
        for index in counters.indices {
            let before = clock()
            let energy = Self.number(counters[index].energy, "energy", &slots[index])
            slots[index].instant = Instant(nanoseconds: before.nanoseconds + (clock() - before).nanoseconds / 2)
            if isStale {
                slots[index].fail(.retry("pm_counters: the controller has not counted on for 2 s"))
                continue
            }
            if let energy { slots[index].energy = Joules(Double(energy)) }
            guard detail.wantsPower, let file = counters[index].power, slots[index].status.isOK else { continue }
            if let watts = Self.number(file, "power", &slots[index]) { slots[index].power = Watts(Double(watts)) }
        }
    }

    /// Whether the number of the controller's last scan is the same as long ago.
    private func standsStill(at instant: Instant) -> Bool {
        guard let freshness, case .value(let number) = freshness.number() else { return false }
        if number != scan {
            scan = number
            scanSeen = instant
        }
        return instant - scanSeen > Self.patience
    }

    private static func number(_ file: KernelFile, _ what: StaticString, _ slot: inout RawSample) -> UInt64? {
        switch file.number() {
        case .value(let count): return count
        case .failed(let error):
            slot.fail(.failed(error, reading: what))
            return nil
        case .malformed:
            slot.fail(.retry("\(what): not a number"))
            return nil
        }
    }
}
