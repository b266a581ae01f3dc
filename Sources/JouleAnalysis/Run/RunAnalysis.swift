import JouleModel
import JouleUnits

/// From what a run wrote down to every figure of its summary: a pure function, so that any run can be computed anew.
package enum RunAnalysis {
    /// A summary with the lines of `attribution.jsonl` that belong to it.
    package struct Result: Sendable {
        package let summary: Summary
        package let requestEnergies: [RequestEnergy]
        /// For later runs with the same model; nil where the run measured none.
        package let idleHost: IdleHostBaseline?
    }

    /// - Parameters:
    ///   - ownCost: what the tool itself used, by the names of `Summary.ownCost`; sample counts are added from the recording.
    ///   - fit: coefficients from earlier runs; used where they are of the same model, device and precision.
    package static func result(of recording: Recording, ownCost: [String: Double], fit: StoredFit? = nil) -> Result {
        let account = RunAccount(recording, fit: fit)
        return Result(summary: account.summary(ownCost: ownCost), requestEnergies: account.attribution.lines, idleHost: account.ownIdleHost)
    }

    /// `result(of:ownCost:fit:)` without the lines of the requests.
    package static func summary(of recording: Recording, ownCost: [String: Double], fit: StoredFit? = nil) -> Summary {
        result(of: recording, ownCost: ownCost, fit: fit).summary
    }

    /// What each request that had a part in the window is answerable for, in the order of the recording; empty where there is no
    /// energy, or no output token was counted.
    package static func requestEnergies(of recording: Recording, fit: StoredFit? = nil) -> [RequestEnergy] {
        RunAccount(recording, fit: fit).attribution.lines
    }
}

/// One recording with its window, its curves and its counts: what all figures of the run are cut from.
struct RunAccount {
    let recording: Recording
    /// All requests of the measured phase.
    let requests: [RequestTimeline]
    let meters: MeterTraces
    var traces: [MeterTrace] { meters.all }
    let headline: Scope
    let tally: RequestTally
    /// From the first write to the last body end, or why there is none.
    let phase: Reading<Range<Instant>>
    /// What came of looking for a steady part of it; nil without a phase.
    let steady: SteadyWindow?
    /// The window of all figures, or why there is none.
    let window: Reading<Range<Instant>>
    /// The energies of that window; nil without a window.
    let account: WindowAccount?
    let idleHost: [Scope: Reading<IdlePower>]
    let idleLoaded: [Scope: Reading<IdlePower>]
    /// From the second half of the cool-down.
    let idleAfter: [Scope: Reading<IdlePower>]
    /// nil for a worker, and for a server whose metrics were not read.
    let server: ServerAudit?
    let serverCheck: Summary.ServerCheck?
    /// nil for a worker.
    let client: ClientAudit?
    private(set) var attribution = EnergyAttribution.none
    private(set) var compute = Summary.Compute(absent: "there is no window")

    init(_ recording: Recording, fit: StoredFit? = nil) {
        self.recording = recording
        let requests = recording.requests.filter { $0.phase == .measure }
        self.requests = requests
        let meters = MeterTraces(of: recording)
        self.meters = meters
        // A worker that fell back to the CPU did its work there, whatever else is metered.
        let devices = recording.process?.devices ?? []
        let ranOnGPU = devices.isEmpty || devices.contains { $0.hasPrefix("cuda") || $0.hasPrefix("GPU-") }
        let metered = Set(meters.all.map(\.channel).filter(\.countsInTotals).map(\.scope))
        let headline = ranOnGPU && metered.contains(.gpu) ? .gpu : Scope.whole(of: metered)
        self.headline = headline
        let phase = Self.phase(of: recording, requests)
        self.phase = phase
        let isServer = recording.experiment.backend.kind.isServer
        let steady = phase.value.map { whole in
            SteadyWindow(of: recording.experiment.load, server: isServer, requests: requests, phase: whole) { candidate, parts in
                meters.account(of: candidate).meanPowers(of: headline, parts: parts).map(\.rawValue)
            }
        }
        self.steady = steady
        window = steady?.window.map { .value($0) } ?? phase
        tally = RequestTally(requests, planned: recording.state.requestsPlanned, in: steady?.window)
        account = window.value.map { meters.account(of: $0) }
        (idleHost, idleLoaded, idleAfter) = Self.baselines(of: recording, account)
        server = isServer ? ServerAudit(recording, requests: requests) : nil
        serverCheck = server?.check(of: requests, in: window.value)
        client =
            isServer
            ? phase.value.map {
                ClientAudit(of: recording.experiment.load, requests: requests, phase: $0, report: recording.client)
            } : nil
        attribution = shared(fit)
        compute = computed(timedRequests)
    }

    /// The energy of the window over its requests.
    private func shared(_ fit: StoredFit?) -> EnergyAttribution {
        guard let account, let gross = gross.value, let slices = SliceEnergies(of: account.parts[headline] ?? [], in: account.window)
        else { return .none }
        return EnergyAttribution(
            of: requests, slices: slices, gross: gross, idle: idleLoaded[headline]?.value?.power.value,
            weights: TokenWeights(recording, requests: requests, fit: fit, server: server),
            method: recording.experiment.attribution.method, isWholePhase: isWholePhase)
    }

    /// Whether figures are of the whole measured phase and not of a steady part of it.
    var isWholePhase: Bool { steady?.window == nil }

    /// Requests whose latencies are the run's: all, or those that were sent inside the steady window and cross neither edge.
    var timedRequests: [RequestTimeline] {
        guard let window = steady?.window else { return requests }
        return requests.filter { request in
            guard let begin = request.begun else { return window.contains(request.scheduled) }
            return window.contains(begin) && request.leaving(atLatest: .distantFuture) < window.upperBound
        }
    }

    /// Whether a request was completed inside the window.
    func isCompletedInside(_ request: RequestTimeline) -> Bool {
        guard request.outcome == .completed else { return false }
        guard let window = steady?.window else { return true }
        return (request.lastToken ?? request.bodyEnd).map { window.contains($0) } ?? false
    }

    /// From the first write to the last body end of the measured phase. Where the run was cut short before a request came to its end,
    /// as far as the phase, or the readings, go.
    private static func phase(of recording: Recording, _ requests: [RequestTimeline]) -> Reading<Range<Instant>> {
        guard let span = recording.state.phases.last(where: { $0.phase == .measure }) else {
            return .absent(reason: "the run did not reach the measure phase")
        }
        let start = requests.compactMap(\.sent).min() ?? span.start
        let lastReading = recording.series.compactMap { $0.samples.last { $0.status.isOK }?.instant }.max()
        guard var end = requests.compactMap({ $0.bodyEnd ?? $0.lastToken }).max() ?? span.end ?? lastReading, end > start else {
            return .absent(reason: "nothing was recorded after the measure phase began")
        }
        // A kill leaves answers behind that came after the last reading.
        let wasCut = recording.state.status == .killed || recording.state.status == .running
        if wasCut, let lastReading, lastReading < end, lastReading > start { end = lastReading }
        return .value(start..<end)
    }

    private static func baselines(
        of recording: Recording, _ account: WindowAccount?
    ) -> (host: [Scope: Reading<IdlePower>], loaded: [Scope: Reading<IdlePower>], after: [Scope: Reading<IdlePower>]) {
        guard let account else { return ([:], [:], [:]) }
        let host = recording.window(of: .idleHost)
        let loaded = recording.window(of: .idleLoaded)
        // Clocks and fans need some seconds to come down after the last request; the second half of the cool-down shows where they settle.
        let settled = recording.window(of: .cooldown).map { $0.lowerBound + $0.duration / 2..<$0.upperBound }
        var overHost: [Scope: Reading<IdlePower>] = [:]
        var overLoaded: [Scope: Reading<IdlePower>] = [:]
        var overAfter: [Scope: Reading<IdlePower>] = [:]
        for scope in account.parts.keys {
            let after = settled.map { account.idlePower(of: scope, in: $0) }
            let before = loaded.map { account.idlePower(of: scope, in: $0) }
            var drift: Watts?
            if let after = after?.value, let before = before?.value { drift = account.drift(from: before, to: after) }
            func drifted(_ idle: Reading<IdlePower>) -> Reading<IdlePower> {
                idle.map {
                    var idle = $0
                    idle.drift = drift
                    return idle
                }
            }
            if let before { overLoaded[scope] = drifted(before) }
            if let host {
                overHost[scope] = drifted(account.idlePower(of: scope, in: host))
            } else if let kept = recording.keptModel?.idleHost?.powers.first(where: { $0.scope == scope }) {
                overHost[scope] = account.idlePower(kept, loadedNow: before?.value, drift: drift)
            }
            if let after { overAfter[scope] = drifted(after) }
        }
        return (overHost, overLoaded, overAfter)
    }

    // MARK: Putting together

    func summary(ownCost: [String: Double]) -> Summary {
        let environment = recording.environment
        var summary = Summary(
            runID: recording.runID, name: recording.experiment.name, model: recording.experiment.backend.model,
            status: recording.state.status, startedAt: isoTimestamp(unixSeconds: environment.start.unixSeconds), headlineScope: headline)
        summary.statusReason = recording.state.reason
        summary.windowKind = windowKind
        summary.windowVerdict = steady?.verdict ?? .wholePhase
        if let window = window.value {
            summary.windowStartSeconds = (window.lowerBound - environment.start.monotonic).seconds
            summary.windowDurationSeconds = window.duration.seconds
        }
        summary.energyReason = energyReason
        summary.modelLoadedBy = recording.keptModel?.loadedBy
        summary.requests = tally.counts
        let goodput = goodput
        let carbon = carbon
        summary.carbon = carbon
        summary.figures = figures(goodput).merging(carbonFigures(carbon)) { own, _ in own }
        let timed = timedRequests
        summary.latencies = Latency.distributions(of: timed)
        summary.serving = serving(goodput, timed)
        summary.promptLengths = promptLengths
        summary.attribution = attribution.summary
        summary.compute = compute
        summary.energies = scopeEnergies
        if let account { summary.ledger = account.ledger.entries }
        summary.gpus = gpus
        summary.sensors = Summary.Sensor.sensors(of: traces, quiet: recording.quietTimes)
        summary.phases = recording.state.phases.enumerated().map { phaseRow($0.offset, $0.element) }
        summary.flags = raisedFlags
        summary.notes =
            recording.notes + keptModelNotes + agentNotes + (recording.experiment.backend.kind.isServer ? servingNotes : [])
            + occupancyNotes + reasoningNotes + promptLengthNotes
        let counted = [
            "samples": Double(recording.series.reduce(0) { $0 + $1.samples.count }), "samples_lost": Double(recording.state.samplesLost),
        ]
        summary.ownCost = ownCost.merging(counted) { given, _ in given }
        summary.toolCost = toolCost
        if let simulation { summary.label(as: simulation) }
        return summary
    }

    private var windowKind: String {
        guard window.value != nil else { return "none" }
        let last = recording.state.phases.last
        let ended = recording.state.status == .completed || (last?.phase != .measure && last != nil)
        let extent =
            ended
            ? "whole measure phase, first write to last body end"
            : "measure phase as far as it went, first write to last body end"
        guard let steady else { return extent }
        switch steady.verdict {
        case .wholePhase: return extent
        case .steady: return "steady window: \(steady.reason)"
        case .short, .noSteadyState, .saturated: return "\(extent); no steady window: \(steady.reason)"
        }
    }

    /// The headline scope's energy, or why there is none.
    var gross: Reading<Measured<Joules>> { total(of: headline) }

    func total(of scope: Scope) -> Reading<Measured<Joules>> {
        if let reason = window.reason { return .absent(reason: reason) }
        guard let account, !traces.isEmpty else { return .absent(reason: "no energy meter was read\(unavailableMeters)") }
        return account.ledger.total(of: scope)
    }

    private var unavailableMeters: String {
        // By name only: each has its reason and its remedy in the environment, and in what the doctor says.
        let names = recording.environment.unavailableMeters.map(\.meter)
        let unique = names.enumerated().filter { names.firstIndex(of: $0.element) == $0.offset }.map(\.element)
        return unique.isEmpty ? "" : " (not to be had here: \(unique.joined(separator: ", ")))"
    }

    private var energyReason: String? {
        switch gross {
        case .absent(let reason): return reason
        case .value(let energy) where energy.method.isMeasured:
            return simulation == nil ? nil : "what the meters read is what these machines drew while no model ran"
        case .value(let energy) where energy.method == .simulated: return "the power of the simulated server"
        case .value(let energy):
            let models = (account?.parts[headline] ?? []).filter { $0.energy.method == .modelled }.map(\.trace.channel.label)
            return "\(energy.method.rawValue), not measured: \(models.joined(separator: ", "))\(unavailableMeters)"
        }
    }

    private func phaseRow(_ index: Int, _ span: PhaseSpan) -> Summary.PhaseRow {
        // The phase in which the tool was stopped has no end of its own: it lasted until the state was last written.
        let end = span.end ?? max(recording.state.updated, span.start)
        let energy: Reading<Measured<Joules>> =
            traces.isEmpty
            ? .absent(reason: "no energy meter was read")
            : meters.account(of: span.start..<max(end, span.start)).ledger.total(of: headline)
        let duration = end - span.start
        let power = energy.map { joules in joules.map { $0 / duration } }
        return Summary.PhaseRow(
            phase: span.phase, startSeconds: (span.start - recording.environment.start.monotonic).seconds,
            durationSeconds: duration.seconds, energy: energy.figure(scope: headline), meanPower: power.figure(scope: headline))
    }

    var gpuTraces: [KnownGPU] { account?.knownGPUs(in: recording.environment.gpus) ?? [] }

    private var gpus: [Summary.GPUStatistics] {
        guard let window = window.value else { return [] }
        return gpuTraces.map { $0.trace.gpuStatistics(index: $0.index, environment: $0.environment, in: window) }
    }
}
