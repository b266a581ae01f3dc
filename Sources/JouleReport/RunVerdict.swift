import JouleModel

/// The two things a reader must know before any figure: how the run ended, and where its energy comes from.
struct RunVerdict: Hashable, Sendable {
    enum Tone: Hashable, Sendable { case good, caution, bad }

    let tone: Tone
    /// `completed, 10 of 10 requests`.
    let status: String
    /// Why the run ended as it did; nil while all is well.
    let statusReason: String?
    let energyTone: Tone
    /// `energy: modelled, ± 75 %`.
    let energy: String
    /// Why the energy is modelled or missing.
    let energyReason: String?
    /// What to do to get better energy; nil when it is measured.
    let energyRemedy: String?

    init(_ summary: Summary) {
        (tone, status) = Self.labelled(Self.status(of: summary), summary)
        statusReason = summary.statusReason
        let figure = summary.headlineEnergy?.gross
        let method = figure?.value == nil ? .unavailable : figure.flatMap { EnergyMethod(rawValue: $0.method) } ?? .unavailable
        let interval = figure.flatMap(FigureFormat.relative).map { ", \($0)" } ?? ""
        let scope = summary.headlineScope.rawValue
        switch method {
        case .measuredCounter, .measuredPower:
            energyTone = .good
            let parts = summary.ledger.filter { $0.scope == summary.headlineScope && $0.energy != nil && $0.isPartOfScope }
            let meters = Set(parts.map(\.meter)).sorted()
            let source = meters.isEmpty ? "" : " by " + meters.joined(separator: ", ")
            energy = "energy: measured\(source) (\(scope), \(method.rawValue))\(interval)"
            (energyReason, energyRemedy) = (nil, nil)
        case .simulated:
            energyTone = .caution
            energy = "energy: simulated (\(scope))"
            (energyReason, energyRemedy) = (summary.energyReason, nil)
        case .modelled, .assumed:
            energyTone = .caution
            energy = "energy: \(method.rawValue) (\(scope))\(interval)"
            energyReason = summary.energyReason
            energyRemedy = "see `joulebench doctor`"
        case .unavailable:
            energyTone = .bad
            energy = "energy: unavailable (\(scope))"
            energyReason = summary.energyReason ?? figure?.reason ?? "no figure was computed"
            energyRemedy = "see `joulebench doctor`"
        }
    }

    /// What a simulation is not.
    static let noModel = "no model ran, and no figure here is a measurement of one"

    /// A simulation says so before anything else, and is never good.
    private static func labelled(_ verdict: (tone: Tone, status: String), _ summary: Summary) -> (Tone, String) {
        guard summary.simulation != nil else { return verdict }
        return (verdict.tone == .good ? .caution : verdict.tone, "simulated: \(verdict.status)")
    }

    private static func status(of summary: Summary) -> (Tone, String) {
        let requests = summary.requests
        let done = "\(NumberText.count(requests.completed)) of \(NumberText.count(requests.planned)) requests"
        switch summary.status {
        case .running: return (.caution, "still running, \(done) so far")
        case .completed:
            if requests.completed == 0 { return (.bad, "finished, but no request completed") }
            if summary.windowVerdict == .saturated {
                return (.bad, "saturated, \(done)" + (requests.failed > 0 ? ", \(NumberText.count(requests.failed)) failed" : ""))
            }
            // That a simulation is none to quote is said before.
            let isInvalid = summary.flags.contains { $0.grade == .invalid && $0.flag != .simulated }
            if requests.failed > 0, isInvalid {
                return (.bad, "completed, \(done), \(NumberText.count(requests.failed)) failed; not to be quoted: see flags")
            }
            if requests.failed > 0 { return (.caution, "completed, \(done), \(NumberText.count(requests.failed)) failed") }
            if isInvalid { return (.bad, "completed, but not to be quoted: see flags") }
            return (.good, "completed, \(done)")
        case .interrupted: return (.caution, "interrupted, \(done), partial results kept")
        case .failed: return (.bad, "failed, \(done)")
        case .killed: return (.bad, "killed, \(done), figures from what was recorded")
        }
    }
}

extension Summary {
    /// The flags, gravest first, each once with everything that raised it.
    var flagGroups: [(flag: Flag, grade: Flag.Grade, detail: String)] {
        Dictionary(grouping: flags, by: \.flag)
            .map { flag, raised in
                (
                    flag: flag, grade: raised.map(\.grade).max() ?? flag.grade,
                    detail: raised.map(\.detail).filter { !$0.isEmpty }.joined(separator: "; ")
                )
            }
            .sorted { ($1.grade, $0.flag) < ($0.grade, $1.flag) }
    }

    func energy(of scope: Scope) -> ScopeEnergy? { energies.first { $0.scope == scope } }
    /// What tables of other tools call the total: the system, or the node where nothing but the node was metered.
    var totalScope: Scope { headlineScope == .node ? .node : .system }
    var headlineEnergy: ScopeEnergy? { energy(of: headlineScope) }

    /// A figure by its key; one that was not computed is absent with that reason, not left out.
    func figure(_ key: String, unit: String = "") -> Figure {
        figures[key] ?? .absent(unit: unit, reason: "not computed for this run")
    }

    /// The latencies worth a row: without reasoning the first output token is the first token, and an empty row says nothing.
    var shownLatencies: [String: Distribution] {
        let reasons = requests.reasoningTokens.map { $0 > 0 } ?? false
        return latencies.filter { key, distribution in
            if key == "time_to_first_output_token" { return reasons && distribution.count > 0 }
            // With one token in each chunk the two are one.
            if key == "chunk_gap", distribution == latencies["inter_token_latency"] { return false }
            return distribution.count > 0 || FigureNames.knownLatencies.contains(key)
        }
    }

    /// `2026-11-21 09:30:00 UTC` for a time in the usual form.
    var startedText: String {
        guard startedAt.hasSuffix("Z"), let separator = startedAt.firstIndex(of: "T") else { return startedAt }
        // Parts of a second are for the files.
        let time = startedAt[startedAt.index(after: separator)...].dropLast().prefix { $0 != "." }
        return startedAt[..<separator] + " " + time + " UTC"
    }

    /// How the window is called in a chart.
    var windowName: String {
        switch windowVerdict {
        case .steady: "steady window"
        case .short, .noSteadyState, .saturated, .wholePhase: "measured window"
        }
    }

    /// `measure, 27.1 s to 67.3 s (40.2 s)`, or that there is none.
    var windowText: String {
        guard let windowStartSeconds, let windowDurationSeconds else { return "no measured window" }
        let end = FigureFormat.seconds(windowStartSeconds + windowDurationSeconds)
        return "\(windowKind), \(FigureFormat.seconds(windowStartSeconds)) s to \(end) s (\(FigureFormat.seconds(windowDurationSeconds)) s)"
    }
}
