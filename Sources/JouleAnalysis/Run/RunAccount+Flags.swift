import JouleModel
import JouleUnits

extension RunAccount {
    /// Everything that takes trust away from the run, by name; the same words about the same thing only once.
    var raisedFlags: [Summary.RaisedFlag] {
        var seen: Set<Summary.RaisedFlag> = []
        let all =
            energyFlags + unmeteredDevices + baselineFlags + deviceFlags + requestFlags + servingFlags + clockFlags + plausibilityFlags
            + carbonFlags + simulationFlags
        return all.filter { seen.insert($0).inserted }.enumerated().sorted {
            ($0.element.flag, $0.offset) < ($1.element.flag, $1.offset)
        }.map(\.element)
    }

    private var energyFlags: [Summary.RaisedFlag] {
        var flags = account?.flags ?? []
        if let reason = gross.reason, !flags.contains(where: { $0.flag == .energyUnavailable }) {
            flags.append(Summary.RaisedFlag(.energyUnavailable, detail: "\(headline.rawValue): \(reason)"))
        }
        if let duration = window.value?.duration, duration < .seconds(30) {
            flags.append(Summary.RaisedFlag(.shortWindow, detail: "\(decimal(duration.seconds, 2)) s"))
        }
        if recording.state.samplesLost > 0 {
            flags.append(Summary.RaisedFlag(.gap, detail: "\(recording.state.samplesLost) samples were lost between sampler and recorder"))
        }
        return flags
    }

    private var baselineFlags: [Summary.RaisedFlag] {
        guard let account else { return [] }
        var flags: [Summary.RaisedFlag] = []
        // The parts are in the table of energies; a flag of each would say one thing five times.
        for scope in Set([headline, .system]).sorted(by: { $0.rawValue < $1.rawValue }) where account.parts[scope] != nil {
            if let idle = idleLoaded[scope]?.value, let drift = idle.drift {
                let share = decimal(drift / idle.power.value.magnitude * 100, 1)
                flags.append(
                    Summary.RaisedFlag(
                        .baselineDrift,
                        detail: "\(scope.rawValue): idle power moved by \(decimal(drift.rawValue, 2)) W (\(share) %) over the run"))
            }
            for (net, name) in [(netOverHost(scope), "host"), (netOverLoaded(scope), "loaded"), (netOverAfter(scope), "later")] {
                guard let net = net.value, net.flags.contains(.negativeNet) else { continue }
                flags.append(
                    Summary.RaisedFlag(
                        .negativeNet, detail: "\(scope.rawValue): \(decimal(net.value.rawValue, 2)) J over the \(name) idle"))
            }
        }
        return flags
    }

    private var deviceFlags: [Summary.RaisedFlag] {
        window.value.map { KnownGPU.flags(of: gpuTraces, in: $0, foreign: foreignProcesses) } ?? []
    }
}

extension KnownGPU {
    /// What the devices themselves have against a window: clocks, limits, other users, slices.
    ///
    /// - Parameter foreign: who else computed on a device; nil where there was nobody.
    static func flags(
        of gpus: [KnownGPU], in window: Range<Instant>, foreign: (RunEnvironment.GPU) -> String? = KnownGPU.listedProcesses
    ) -> [Summary.RaisedFlag] {
        gpus.flatMap { gpu in
            var flags: [Summary.RaisedFlag] = []
            let (environment, label) = (gpu.environment, gpu.label)
            let (counts, readings) = gpu.trace.throttleCounts(in: window)
            func seen(_ isWanted: (ThrottleReason) -> Bool) -> String? {
                let named = ThrottleReason.allCases.filter(isWanted).compactMap { reason in
                    counts[reason].map { "\(reason.name) in \($0) of \(readings) readings" }
                }
                return named.isEmpty ? nil : "\(label): \(named.joined(separator: ", "))"
            }
            if let detail = seen(\.isSlowdown) { flags.append(Summary.RaisedFlag(.throttled, detail: detail)) }
            if let detail = seen({ $0 == .swPowerCap }) {
                flags.append(Summary.RaisedFlag(.powerCapped, detail: detail))
            } else if let capped = gpu.trace.readingsAtLimit(in: window), capped.count * 10 >= capped.readings {
                // One reading at the limit is a peak; a tenth of them is a device that would take more.
                flags.append(
                    Summary.RaisedFlag(
                        .powerCapped, detail: "\(label): at 98 % of its limit or above in \(capped.count) of \(capped.readings) readings"))
            }
            if let drop = gpu.trace.clockDrop(in: window) {
                flags.append(Summary.RaisedFlag(.clockDrop, detail: "\(label): \(drop.words(since: window.lowerBound))"))
            }
            if let environment, let words = foreign(environment) {
                flags.append(Summary.RaisedFlag(.sharedDevice, detail: "\(label): \(words)"))
            }
            if environment?.migMode == true {
                flags.append(Summary.RaisedFlag(.migSlice, detail: "\(label) is cut into MIG slices; its power is the whole device's"))
            }
            return flags
        }
    }

    /// The processes that were found on a device when it was looked at once.
    static func listedProcesses(on gpu: RunEnvironment.GPU) -> String? {
        guard let pids = gpu.foreignProcesses, !pids.isEmpty else { return nil }
        return "process \(pids.map { "\($0)" }.joined(separator: ", "))"
    }
}

extension RunAccount {
    /// Who else computed on a device, and when it came; nil where there was nobody.
    private func foreignProcesses(on gpu: RunEnvironment.GPU) -> String? {
        if let sightings = gpu.foreignSightings, !sightings.isEmpty { return sightings.map(words(on:)).joined(separator: "; ") }
        guard let listed = KnownGPU.listedProcesses(on: gpu) else { return nil }
        // An agent looks once and knows nothing of endpoints.
        let mayBeServer = gpu.host != nil && recording.experiment.backend.kind.isServer
        return listed + (mayBeServer ? ", there before the run; it may be the server itself" : "")
    }

    private func words(on process: ForeignProcess) -> String {
        func second(_ instant: Instant) -> String { "\(decimal((instant - recording.environment.start.monotonic).seconds, 1)) s" }
        let stay =
            switch (process.came, process.lastSeen) {
            case (nil, nil): "there from start to end"
            case (let came?, nil): "came \(second(came)) into the run and stayed"
            case (nil, let last?): "there from the start, last seen after \(second(last))"
            case (let came?, let last?): "came \(second(came)) into the run, last seen after \(second(last))"
            }
        return "process \(process.title), \(stay)" + (process.doubt.map { "; \($0)" } ?? "")
    }

    /// Both of a machine's other clocks keep a constant distance to the monotonic one but for two events: the wall clock is set, and
    /// the machine sleeps. (On Linux a clock that is slewed slews the monotonic clock with it.) 50 ms is far above the time between
    /// the reads of one anchor.
    private var clockFlags: [Summary.RaisedFlag] {
        let start = recording.environment.start
        guard let end = recording.environment.end else { return [] }
        let elapsed = (end.monotonic - start.monotonic).seconds
        let wall = end.unixSeconds - start.unixSeconds - elapsed
        let asleep = Double(end.bootNanoseconds - start.bootNanoseconds) * 1e-9 - elapsed
        var flags: [Summary.RaisedFlag] = []
        if asleep > 0.05 { flags.append(Summary.RaisedFlag(.suspended, detail: "for \(decimal(asleep, 2)) s")) }
        // A sleeping machine's wall clock runs on; that alone is no step.
        let step = wall - max(asleep, 0)
        if abs(step) > 0.05 { flags.append(Summary.RaisedFlag(.clockStep, detail: "by \(decimal(step, 3)) s")) }
        return flags
    }
}
