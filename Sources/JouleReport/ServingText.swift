import JouleModel

/// Sentences about a run against a server, the same on the console and in the page.
enum ServingText {
    /// `Poisson, 2.00 requests/s asked, 1.976 sent; in flight 4.31 on average, 13 at most`.
    static func load(_ serving: Summary.Serving) -> String {
        let load = serving.load
        var parts = [arrival(load)]
        if let rate = load.achievedRate { parts[0] += ", \(NumberText.significant(rate)) \(load.rate == nil ? "requests/s " : "")sent" }
        var flight: [String] = []
        if let mean = load.meanInFlight { flight.append("\(NumberText.significant(mean, digits: 3)) on average") }
        if let most = serving.client.report?.mostInFlight, most > 0 { flight.append("\(NumberText.count(most)) at most") }
        if !flight.isEmpty { parts.append("in flight \(flight.joined(separator: ", "))") }
        return parts.joined(separator: "; ")
    }

    private static func arrival(_ load: Summary.Load) -> String {
        let asked = load.rate.map { ", \(NumberText.significant($0, digits: 3)) requests/s asked" } ?? ""
        switch LoadSpec.Arrival(rawValue: load.arrival) {
        case .sequential: return "one request after the other"
        case .closed: return "closed loop" + (load.concurrency.map { ", \(NumberText.count($0)) in flight asked" } ?? "")
        case .constant: return "constant" + asked
        case .poisson: return "Poisson" + asked
        case .gamma:
            let burstiness = load.burstiness.map { " of burstiness \(NumberText.significant($0, digits: 2))" } ?? ""
            return "gamma\(burstiness)" + asked
        case .burst: return "all requests at once"
        case .trace: return "arrivals of a recorded trace"
        case nil: return load.arrival + asked
        }
    }

    /// `11 rejected, 2 connect_error`: names with their counts, most frequent first; nil when there are none.
    static func counts(_ counts: [String: Int]) -> String? {
        let entries = ordered(counts)
        return entries.isEmpty ? nil : entries.map { "\(NumberText.count($0.count)) \($0.name)" }.joined(separator: ", ")
    }

    static func ordered(_ counts: [String: Int]) -> [(name: String, count: Int)] {
        counts.filter { $0.value > 0 }.map { (name: $0.key, count: $0.value) }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    /// Every outcome but completion.
    static func shortfalls(_ requests: Summary.Requests) -> [String: Int] {
        requests.outcomes.filter { $0.key != RequestOutcome.completed.rawValue }
    }

    /// `TTFT ≤ 200 ms, TPOT ≤ 50.0 ms`.
    static func objectives(_ goodput: Summary.Goodput) -> String {
        let order = ["ttft", "tpot", "e2el"]
        let names = order.filter { goodput.objectives[$0] != nil } + goodput.objectives.keys.filter { !order.contains($0) }.sorted()
        return names.compactMap { name in goodput.objectives[name].map { "\(name.uppercased()) ≤ \(duration($0))" } }
            .joined(separator: ", ")
    }

    /// `2,301 of 2,391 completed requests keep TTFT ≤ 200 ms; 3 have no such figure`.
    static func goodput(_ goodput: Summary.Goodput, completed: Int) -> String {
        let undefined = goodput.undefined > 0 ? "; for \(NumberText.count(goodput.undefined)) one of them is not defined" : ""
        return
            "\(NumberText.count(goodput.good)) of \(NumberText.count(completed)) completed requests keep \(objectives(goodput))\(undefined)"
    }

    /// `late by 42.0 µs (p50), 310 µs (p99); loop lag p99 800 µs; 34 % of a core; not limiting`.
    static func client(_ audit: Summary.ClientAudit) -> String {
        var parts: [String] = []
        if let p50 = audit.lateness.p50, let p99 = audit.lateness.p99 {
            parts.append("late by \(duration(p50)) (p50), \(duration(p99)) (p99)")
        }
        if let report = audit.report {
            if let lag = report.loopLagP99 { parts.append("loop lag p99 \(duration(lag))") }
            if report.stalls > 0 { parts.append("\(NumberText.count(report.stalls)) stalls over 500 ms") }
            if let share = report.coreShare { parts.append("\(NumberText.percent(share)) of a core") }
        }
        parts.append(audit.isLimiting ? "it LIMITED the load: these are figures of the client" : "not limiting")
        return parts.joined(separator: "; ")
    }

    /// `mean 18.4 running, 0.21 waiting; cache ≤ 43 %; 2 preemptions`; nil when nothing was read.
    static func server(_ check: Summary.ServerCheck) -> String? {
        var parts: [String] = []
        let means = [(check.meanRunning, "running"), (check.meanWaiting, "waiting")].compactMap { value, name in
            value.map { "\($0 == 0 ? "0" : NumberText.significant($0, digits: 3)) \(name)" }
        }
        if !means.isEmpty { parts.append("mean " + means.joined(separator: ", ")) }
        if let usage = check.peakCacheUsage { parts.append("cache ≤ \(NumberText.percent(usage))") }
        if let preemptions = check.preemptions { parts.append("\(NumberText.fixed(preemptions, decimals: 0)) preemptions") }
        if check.restarted { parts.append("it was RESTARTED during the run") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// `12.0 J, 0.500 J a request, from 24 of 24 requests; not measured here and in no total`.
    static func serverEnergy(_ energy: Summary.ServerEnergy) -> String {
        let count = "\(NumberText.count(energy.requests)) of \(NumberText.count(energy.completed)) completed requests"
        guard let total = energy.energy.value else { return energy.energy.reason ?? "none" }
        func joules(_ value: Double) -> String {
            let scale = UnitScale.best(for: abs(value), unit: "J")
            return "\(NumberText.significant(value * scale.factor, digits: 3)) \(scale.unit)"
        }
        let each = [(energy.perRequest, "a request"), (energy.perOutputToken, "an output token")].compactMap { figure, noun in
            figure.value.map { ", \(joules($0)) \(noun)" }
        }
        return "\(joules(total))\(each.joined()), from \(count); the server’s own figure, in no total"
    }

    /// `601 scrapes, 2 failed`.
    static func scrapes(_ check: Summary.ServerCheck) -> String {
        "\(NumberText.count(check.scrapes)) scrapes" + (check.failedScrapes > 0 ? ", \(NumberText.count(check.failedScrapes)) failed" : "")
    }

    /// `time-sliced; α 0.0213 J per uncached prompt token, β 0.502 J per output token (engine)`.
    static func method(_ attribution: Summary.Attribution) -> String {
        var text = attribution.method.split(separator: "_").joined(separator: " ")
        func joules(_ value: Double) -> String {
            let scale = UnitScale.best(for: abs(value), unit: "J")
            return "\(NumberText.significant(value * scale.factor, digits: 3)) \(scale.unit)"
        }
        if let alpha = attribution.alpha, let beta = attribution.beta {
            text += "; α \(joules(alpha)) per uncached prompt token, β \(joules(beta)) per output token"
        }
        return text + (attribution.origin.map { " (\($0))" } ?? "")
    }

    /// A duration in the unit in which it reads best, three digits: `4.20 ms`.
    static func duration(_ seconds: Double) -> String {
        // Below a microsecond there is nothing that a client could see.
        guard abs(seconds) >= 5e-7 else { return "0 ms" }
        let scale = UnitScale.best(for: abs(seconds), unit: "s")
        return "\(NumberText.significant(seconds * scale.factor, digits: 3)) \(scale.unit)"
    }
}

extension Summary.WindowVerdict {
    /// One or two words, for a column.
    var word: String {
        switch self {
        case .steady: "steady"
        case .short: "short"
        case .noSteadyState: "unsteady"
        case .saturated: "saturated"
        case .wholePhase: "whole phase"
        }
    }

    /// What follows for the figures.
    var meaning: String {
        switch self {
        case .steady: "energy, tokens and latencies all come from this one steady window"
        case .short: "under 30 s are left for a steady window: ramp-up and tail are in the figures, good for a first look only"
        case .noSteadyState: "no steady state was found: the figures depend on when the run was begun and ended"
        case .saturated: "more arrived than the server could answer and the queue grew to the end: no energy per token is given"
        case .wholePhase: "no steady part was looked for: ramp-up and tail are in the figures"
        }
    }

    var tone: RunVerdict.Tone? {
        switch self {
        case .steady: .good
        case .short, .noSteadyState: .caution
        case .saturated: .bad
        case .wholePhase: nil
        }
    }
}

extension ClientReport {
    /// CPU time of the process for each second of the measured phase; nil when either was not read.
    var coreShare: Double? {
        guard let cpuSeconds, let wallSeconds, wallSeconds > 0 else { return nil }
        return cpuSeconds / wallSeconds
    }
}

extension RequestOutcome {
    /// What happened, for people.
    var label: String {
        switch self {
        case .completed: "completed"
        case .failed: "could not be answered"
        case .cancelled: "cancelled when the run was stopped"
        case .incomplete: "cut off: no finish reason and no end mark"
        case .streamError: "error inside the stream"
        case .httpError: "HTTP error"
        case .rejected: "rejected by the server (429, 503)"
        case .connectError: "no connection"
        case .tlsError: "no TLS session"
        case .connectTimeout: "no connection in time"
        case .headersTimeout: "no response head in time"
        case .firstTokenTimeout: "no first token in time"
        case .idleTimeout: "the stream stood still too long"
        case .totalTimeout: "not finished in time"
        case .protocolError: "not HTTP, or past its limits"
        case .invalidResponse: "HTTP, but not of this interface"
        case .dropped: "never sent: the cap on requests in flight was reached, or its conversation broke off"
        }
    }
}
