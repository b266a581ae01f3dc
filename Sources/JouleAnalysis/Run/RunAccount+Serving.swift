import JouleModel
import JouleUnits

extension RunAccount {
    /// Everything that only a run against a server has; nil for a worker's.
    func serving(_ goodput: Summary.Goodput?, _ timed: [RequestTimeline]) -> Summary.Serving? {
        guard let client else { return nil }
        var result = Summary.Serving(
            load: load,
            client: Summary.ClientAudit(
                lateness: client.lateness, report: recording.client, isLimiting: !client.shortcomings.isEmpty))
        result.server = serverCheck
        result.goodput = goodput
        result.serverEnergy = serverEnergy
        result.turns = turns
        result.crossing = isWholePhase ? 0 : tally.crossing
        result.finishReasons = tally.finishReasons
        result.anomalies = tally.anomalies
        result.censoredLatencies = Latency.censored(of: timed)
        return result
    }

    private var load: Summary.Load {
        let spec = recording.experiment.load
        var load = Summary.Load(arrival: spec.arrival.rawValue)
        if spec.arrival == .closed { load.concurrency = spec.concurrency }
        if spec.arrival.isOpen { load.rate = spec.rate }
        if spec.arrival == .gamma { load.burstiness = spec.burstiness }
        let begun = requests.compactMap(\.begun)
        // From the first to the last there is one arrival less than there are requests.
        if let first = begun.min(), let last = begun.max(), last > first {
            load.achievedRate = Double(begun.count - 1) / (last - first).seconds
        }
        load.meanInFlight = meanInFlight
        return load
    }

    /// Mean over the window of the requests in flight.
    var meanInFlight: Double? {
        guard let window = window.value, let phase = phase.value else { return nil }
        let flight = InFlight(
            requests.compactMap { request in request.begun.map { ($0, request.leaving(atLatest: phase.upperBound)) } })
        return flight.mean(in: window)
    }

    /// What is no flag and still bears on the figures.
    var servingNotes: [String] {
        var notes: [String] = []
        if let reason = server?.reason { notes.append("the server's counters were not compared: \(reason)") }
        if let client = recording.client, client.repeatedPrompts > 0 {
            notes.append("\(client.repeatedPrompts) requests repeated a prompt, because the prompts were used up")
        }
        return notes
    }

    /// What was asked of the model's thinking and came to nothing.
    var reasoningNotes: [String] {
        guard let unused = recording.environment.reasoning?.unusedArguments, !unused.isEmpty else { return [] }
        return ["the model's chat template does not know \(unused.joined(separator: ", ")), so that changed nothing"]
    }

    // MARK: Flags

    /// What the requests' answers have against them, whoever gave them.
    var requestFlags: [Summary.RaisedFlag] {
        var flags = lengthFlags + promptLengthFlags + budgetFlags
        if tally.estimated > 0 {
            flags.append(
                Summary.RaisedFlag(
                    .tokensEstimated, detail: "one token for each chunk in \(tally.estimated) of \(tally.counts.completed) answers"))
        }
        if let cached = tally.counts.cachedInputTokens, cached > 0 {
            flags.append(
                Summary.RaisedFlag(.cachedPrompts, detail: "\(cached) of \(tally.counts.inputTokens) prompt tokens"))
        }
        if let reasoning = recording.environment.reasoning, reasoning.family == nil {
            flags.append(
                Summary.RaisedFlag(.formatUnknown, detail: "`\(recording.experiment.backend.model)` belongs to no family of the formats"))
        }
        if attribution.isAssumed {
            flags.append(
                Summary.RaisedFlag(
                    .attributionAssumed, detail: "the medians of this run's times to first token and per token are the weights"))
        }
        return flags
    }

    private var lengthFlags: [Summary.RaisedFlag] {
        let scenario = recording.experiment.scenario
        let generation = scenario.generation
        let answers = requests.filter { $0.outcome == .completed }
        // The lengths that were drawn for each request are not in the recording, but the longest one is known.
        let forced: Int?
        if let lengths = scenario.outputLengths {
            forced = lengths.minimum == lengths.maximum ? lengths.maximum : nil
        } else {
            forced = generation.minNewTokens == generation.maxNewTokens || generation.ignoreEOS ? generation.maxNewTokens : nil
        }
        if let forced {
            let counts = answers.compactMap(\.outputTokens)
            let wrong = counts.filter { $0 != forced }
            guard let shortest = wrong.min() else { return [] }
            let detail = "\(wrong.count) of \(counts.count) answers do not have \(forced) tokens, the shortest has \(shortest)"
            return [Summary.RaisedFlag(.outputLengthMismatch, detail: detail)]
        }
        let stopped = answers.count { $0.finishReason == "stop" }
        guard generation.ignoreEOS || scenario.outputLengths != nil, stopped > 0 else { return [] }
        return [
            Summary.RaisedFlag(
                .outputLengthMismatch, detail: "\(stopped) of \(answers.count) answers ended by themselves, not at their length")
        ]
    }

    /// Prompts that no batch has room for. Their widths are in the recording, so that old runs tell them too.
    private var budgetFlags: [Summary.RaisedFlag] {
        let scenario = recording.experiment.scenario
        guard scenario.dynamicBatching, let budget = scenario.maxBatchTokens else { return [] }
        let counts = requests.compactMap(\.inputTokens)
        let over = counts.filter { $0 > budget }
        guard let longest = over.max() else { return [] }
        let detail =
            "\(over.count) of \(counts.count) prompts, the longest with \(longest) tokens; `scenario.max_batch_tokens` is \(budget)"
        return [Summary.RaisedFlag(.promptsOverBudget, detail: detail)]
    }

    var servingFlags: [Summary.RaisedFlag] {
        var flags: [Summary.RaisedFlag] = []
        if let steady {
            switch steady.verdict {
            case .steady, .wholePhase: break
            case .short: flags.append(Summary.RaisedFlag(.shortWindow, detail: "no steady window: \(steady.reason)"))
            case .noSteadyState: flags.append(Summary.RaisedFlag(.noSteadyState, detail: steady.reason))
            case .saturated: flags.append(Summary.RaisedFlag(.saturated, detail: steady.reason))
            }
        }
        for shortcoming in client?.shortcomings ?? [] { flags.append(Summary.RaisedFlag(.clientLimited, detail: shortcoming)) }
        if let stalls = recording.client?.stalls, stalls > 0 {
            let longest = recording.client?.loopLagMaximum.map { ", the longest for \(decimal($0, 2)) s" } ?? ""
            flags.append(Summary.RaisedFlag(.clientStalled, detail: "\(stalls) times\(longest)"))
        }
        if let place = recording.environment.server, place.isLocal == true {
            flags.append(Summary.RaisedFlag(.coLocatedClient, detail: "\(place.endpoint); \(clientCost)"))
        }
        if let restarted = server?.restarted { flags.append(Summary.RaisedFlag(.serverRestarted, detail: restarted)) }
        for detail in ServerAudit.mismatches(serverCheck?.pairs ?? [], of: requests) {
            flags.append(Summary.RaisedFlag(.tokenMismatch, detail: detail))
        }
        return flags
    }
}
