import JouleModel
import JouleUnits

// Every figure of energy has its interval, or no value: gross and net by the ledger's, what is divided by a count by the same share
// (counts are exact, and flagged where they are estimated), shares of the attribution by that of the energy that was shared. Gain
// cancels in the idle share only, whose numerator and denominator one sensor told. Figures without energy in them are `timed` or
// `counted` and have none: one run cannot say how far its rates would vary, repetitions can. Nor do the statistics of single GPUs,
// whose mean powers are those of the ledger with their intervals there, and distributions over requests, whose spread is the answer.

/// Methods of figures that are no energy.
private let timed = "timed"
private let counted = "counted"

extension RunAccount {
    /// The figures of the summary by their names; every name is always there, absent ones with their reason.
    func figures(_ goodput: Summary.Goodput?) -> [String: Figure] {
        let net = netOverLoaded(headline)
        var figures = [
            "joules_per_output_token": perToken(gross, tally.generated),
            "joules_per_useful_token": perToken(gross, tally.useful),
            "joules_per_input_token": perToken(gross, tally.input),
            "joules_per_total_token": perToken(gross, tally.total),
            "net_joules_per_output_token": perToken(net, tally.generated),
            "output_tokens_per_joule": tokensPerJoule,
            "joules_per_request": gross.per(tally.completed, unit: "J/request", scope: headline),
            "watt_hours_per_request": gross.per(tally.completed, times: 1 / 3_600, unit: "Wh/request", scope: headline),
            "watt_hours_per_1000_requests": gross.per(tally.completed, times: 1 / 3.6, unit: "Wh/1000 requests", scope: headline),
            "mean_power": meanPower(of: headline),
            "peak_power": peakPower(of: headline),
            "idle_share": idleShare,
            "output_tokens_per_second": perSecond(tally.generated, unit: "token/s", flags: tally.tokenFlags),
            "total_tokens_per_second": perSecond(tally.total, unit: "token/s", flags: tally.tokenFlags),
            "requests_per_second": perSecond(tally.completed, unit: "request/s"),
            "cpu_process_share": processShare,
            "model_memory": memory(recording.process?.modelMemory),
            "peak_memory": memory(recording.process?.peakMemory),
        ]
        // Beside the headline stands what the whole machine took for a token, by the sum of its parts and by its own meter.
        for scope in Scope.wholes where scope != headline {
            // A system that lacks all but the headline's parts would say the same again.
            let own = account?.parts[headline]?.count ?? 0
            guard let parts = account?.parts[scope], scope != .system || parts.count > own else { continue }
            figures["\(scope.rawValue)_joules_per_output_token"] = perToken(total(of: scope), tally.generated, of: scope)
        }
        guard recording.experiment.backend.kind.isServer else { return figures }
        figures["client_cpu_energy"] = clientEnergy
        figures["joules_per_answer_token"] = perToken(gross, tally.answer)
        figures["prefill_joules_per_input_token"] = perAttributedToken(attribution.prefill, tally.uncachedInput)
        figures["decode_joules_per_output_token"] = perAttributedToken(attribution.decode, tally.generated)
        if let goodput {
            figures["goodput"] = goodput.requestsPerSecond
            figures["goodput_per_joule"] = goodput.requestsPerJoule
        }
        return figures
    }

    /// Energy over tokens. A saturated run has none: its tokens a second are those of no load that can be kept.
    private func perToken(_ energy: Reading<Measured<Joules>>, _ count: Reading<Double>, of scope: Scope? = nil) -> Figure {
        let unit = "J/token"
        if let saturation { return .absent(unit: unit, scope: scope ?? headline, reason: saturation) }
        return energy.per(count, unit: unit, scope: scope ?? headline, flags: tally.tokenFlags)
    }

    /// Why there is no figure over tokens in a saturated run; nil in any other.
    var saturation: String? {
        steady?.verdict == .saturated ? steady.map { "saturated: \($0.reason)" } : nil
    }

    /// Energy of one kind of work over the tokens it was for. Its interval is that of the shared energy; what the weights may be wrong by
    /// is not in it, since engines and configurations give them without one.
    private func perAttributedToken(_ energy: Joules?, _ count: Reading<Double>) -> Figure {
        let unit = "J/token"
        if let saturation { return .absent(unit: unit, scope: headline, reason: saturation) }
        guard let energy, let gross = gross.value else {
            let reason = gross.reason ?? attribution.summary?.reason ?? "the energy was not shared by time slices"
            return .absent(unit: unit, scope: headline, reason: reason)
        }
        switch count {
        case .absent(let reason): return .absent(unit: unit, scope: headline, reason: reason)
        case .value(let count):
            let flags = gross.flags.union(tally.tokenFlags).union(attribution.isAssumed ? [.attributionAssumed] : [])
            return Figure(
                value: energy.rawValue / count, unit: unit, plusMinus: gross.interval(of: energy).map { $0.rawValue / count },
                method: gross.method.rawValue, scope: headline, flags: flags)
        }
    }

    /// Nil without objectives.
    var goodput: Summary.Goodput? {
        let objectives = recording.experiment.load.objectives
        guard !objectives.isEmpty else { return nil }
        let goodput = Goodput(objectives, of: requests, where: isCompletedInside)
        let good = Reading.value(Double(goodput.good))
        return Summary.Goodput(
            objectives: goodput.limits, good: goodput.good, undefined: goodput.undefined,
            requestsPerSecond: perSecond(good, unit: "request/s"), requestsPerJoule: perJoule(good, unit: "request/J", flags: []))
    }

    /// Gross and net of every scope that has a total or should have one.
    var scopeEnergies: [Summary.ScopeEnergy] {
        guard let account else { return [] }
        return Scope.allCases.filter { account.ledger.totals[$0] != nil }.map { scope in
            Summary.ScopeEnergy(
                scope: scope, gross: total(of: scope).figure(scope: scope),
                netOverIdleHost: netOverHost(scope).figure(scope: scope),
                netOverIdleLoaded: netOverLoaded(scope).figure(scope: scope),
                idleHostPower: idlePower(idleHost[scope], .idleHost, scope),
                idleLoadedPower: idlePower(idleLoaded[scope], .idleLoaded, scope), meanPower: meanPower(of: scope),
                peakPower: peakPower(of: scope), netOverIdleAfter: netOverAfter(scope).figure(scope: scope),
                idleAfterPower: idlePower(idleAfter[scope], .cooldown, scope), idleScatter: idleScatter(scope))
        }
    }

    func netOverLoaded(_ scope: Scope) -> Reading<Measured<Joules>> { net(scope, idleLoaded[scope], .idleLoaded) }

    func netOverHost(_ scope: Scope) -> Reading<Measured<Joules>> { net(scope, idleHost[scope], .idleHost) }

    func netOverAfter(_ scope: Scope) -> Reading<Measured<Joules>> { net(scope, idleAfter[scope], .cooldown) }

    private func idleScatter(_ scope: Scope) -> [String: Double]? {
        let idles = ["host": idleHost[scope], "loaded": idleLoaded[scope], "after": idleAfter[scope]]
        let known = idles.compactMapValues { $0?.value?.scatter.rawValue }
        return known.isEmpty ? nil : known
    }

    private func net(_ scope: Scope, _ idle: Reading<IdlePower>?, _ phase: Phase) -> Reading<Measured<Joules>> {
        if let reason = total(of: scope).reason { return .absent(reason: reason) }
        switch idle {
        case .value(let idle): return account?.net(of: scope, over: idle) ?? .absent(reason: "there is no window")
        case .absent(let reason): return .absent(reason: reason)
        case nil: return .absent(reason: noBaseline(phase, scope))
        }
    }

    private func idlePower(_ idle: Reading<IdlePower>?, _ phase: Phase, _ scope: Scope) -> Figure {
        switch idle {
        case .value(let idle): idle.power.figure
        case .absent(let reason): .absent(unit: Watts.symbol, scope: scope, reason: reason)
        case nil: .absent(unit: Watts.symbol, scope: scope, reason: noBaseline(phase, scope))
        }
    }

    private func noBaseline(_ phase: Phase, _ scope: Scope) -> String {
        if phase == .idleHost, let kept = recording.keptModel {
            guard kept.idleHost != nil else {
                return "the model was loaded already, and \(kept.loadedBy), which loaded it, measured no idle host"
            }
            return "no channel of its own makes up the scope \(scope.rawValue)"
        }
        if recording.window(of: phase) != nil { return "no channel of its own makes up the scope \(scope.rawValue)" }
        guard recording.state.phases.contains(where: { $0.phase == phase }) else {
            return "the phase \(phase.label) was not part of the run" + (whyLeftOut(phase).map { ": \($0)" } ?? "")
        }
        return "the phase \(phase.label) was not run to its end"
    }

    /// Why a phase is not among those of the run; nil where nothing recorded says it.
    private func whyLeftOut(_ phase: Phase) -> String? {
        let experiment = recording.experiment
        if phase == .idleHost, experiment.backend.kind.isServer, experiment.backend.server.launch == nil { return "the server ran already" }
        let lengths: [Phase: Duration] = [
            .idleHost: experiment.phases.idleHost, .idleLoaded: experiment.phases.idleLoaded, .cooldown: experiment.phases.cooldown,
        ]
        if lengths[phase] == .zero { return "`phases.\(phase.rawValue)` is 0" }
        return recording.state.status == .completed ? nil : "the run ended before it"
    }

    private func meanPower(of scope: Scope) -> Figure {
        switch (total(of: scope), window) {
        case (.value(let energy), .value(let window)): energy.map { $0 / window.duration }.figure
        case (.absent(let reason), _), (_, .absent(let reason)): .absent(unit: Watts.symbol, scope: scope, reason: reason)
        }
    }

    private func peakPower(of scope: Scope) -> Figure {
        if let reason = total(of: scope).reason { return .absent(unit: Watts.symbol, scope: scope, reason: reason) }
        let peak = account.map { $0.peakPower(of: scope) } ?? .absent(reason: "there is no window")
        return peak.figure(scope: scope)
    }

    private var tokensPerJoule: Figure {
        let unit = "token/J"
        if let saturation { return .absent(unit: unit, scope: headline, reason: saturation) }
        return perJoule(tally.generated, unit: unit, flags: tally.tokenFlags)
    }

    private func perJoule(_ count: Reading<Double>, unit: String, flags: Set<Flag>) -> Figure {
        switch (gross, count) {
        case (.absent(let reason), _), (_, .absent(let reason)):
            return .absent(unit: unit, scope: headline, reason: reason)
        case (.value(let energy), .value(let count)):
            guard energy.value > .zero else { return .absent(unit: unit, scope: headline, reason: "no energy was used") }
            let value = count / energy.value.rawValue
            return Figure(
                value: value, unit: unit, plusMinus: energy.plusMinus.map { value * ($0 / energy.value) },
                systematic: energy.systematic.map { value * ($0 / energy.value) }, method: energy.method.rawValue, scope: headline,
                flags: energy.flags.union(flags))
        }
    }

    /// The part of the gross energy that the loaded, idle machine would have used too.
    private var idleShare: Figure {
        let unit = "%"
        guard let account else { return .absent(unit: unit, scope: headline, reason: window.reason ?? "there is no window") }
        switch (gross, idleLoaded[headline]) {
        case (.value(let gross), .value(let idle)?):
            guard gross.value > .zero else { return .absent(unit: unit, scope: headline, reason: "no energy was used") }
            return account.idleShare(of: gross, over: idle)
        case (.absent(let reason), _), (_, .absent(let reason)?): return .absent(unit: unit, scope: headline, reason: reason)
        case (_, nil): return .absent(unit: unit, scope: headline, reason: noBaseline(.idleLoaded, headline))
        }
    }

    private func perSecond(_ count: Reading<Double>, unit: String, flags: Set<Flag> = []) -> Figure {
        switch (count, window) {
        case (.value(let count), .value(let window)):
            Figure(value: count / window.duration.seconds, unit: unit, method: timed, flags: flags)
        case (.absent(let reason), _), (_, .absent(let reason)):
            .absent(unit: unit, reason: reason)
        }
    }

    /// How much of the machine's busy processor time belonged to the worker and its children.
    private var processShare: Figure {
        let trace = traces.first {
            $0.channel.meter == "model" && $0.channel.device.hasPrefix("process") && !$0.channel.countsInTotals
        }
        guard let trace else { return .absent(unit: "%", reason: "the processor time of the worker was not read") }
        guard let window = window.value, let share = trace.timeWeightedMean(of: \.utilizationPercent, in: window) else {
            return .absent(unit: "%", reason: self.window.reason ?? "no reading inside the window")
        }
        return Figure(value: share, unit: "%", method: counted)
    }

    private func memory(_ size: ByteCount?) -> Figure {
        guard let size else { return .absent(unit: "B", reason: "the worker did not report it") }
        return Figure(value: Double(size.bytes), unit: "B", method: counted)
    }
}

extension Reading {
    /// The figure of a measured quantity, or of its absence.
    func figure<Quantity: JouleUnits.Quantity>(scope: Scope) -> Figure where Value == Measured<Quantity> {
        switch self {
        case .value(let measured): measured.figure
        case .absent(let reason): .absent(unit: Quantity.symbol, scope: scope, reason: reason)
        }
    }
}

extension Reading where Value == Measured<Joules> {
    /// Energy over a count that is known exactly, but for what `flags` say of it.
    func per(_ count: Reading<Double>, times factor: Double = 1, unit: String, scope: Scope, flags: Set<Flag> = []) -> Figure {
        switch (self, count) {
        case (.value(let energy), .value(let count)):
            let scale = factor / count
            return Figure(
                value: energy.value.rawValue * scale, unit: unit, plusMinus: energy.plusMinus.map { $0.rawValue * scale },
                systematic: energy.systematic.map { $0.rawValue * scale }, method: energy.method.rawValue, scope: energy.scope,
                flags: energy.flags.union(flags))
        case (.absent(let reason), _), (_, .absent(let reason)):
            return .absent(unit: unit, scope: scope, reason: reason)
        }
    }
}
