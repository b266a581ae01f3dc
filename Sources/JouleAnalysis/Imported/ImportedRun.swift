import JouleModel
import JouleUnits

/// A run that another tool made: its power log and its table of requests, brought onto one clock.
package struct ImportedRun: Sendable {
    /// One row of the table.
    package struct Request: Hashable, Sendable {
        package var sent: Instant
        package var latency: Duration?
        package var inputTokens: Int?
        package var outputTokens: Int?
        package var succeeded: Bool

        package init(sent: Instant, latency: Duration?, inputTokens: Int?, outputTokens: Int?, succeeded: Bool) {
            self.sent = sent
            self.latency = latency
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            self.succeeded = succeeded
        }
    }

    /// What energy and tokens are cut by.
    package enum Span: Sendable {
        /// From the first request's start to the last one's end: the window that tokens and energy share.
        case requests
        /// The whole power log, as the older tools took it: longer than the requests that the tokens are of.
        case powerLog
    }

    /// One series for each device.
    package var power: [SampleSeries]
    package var requests: [Request]
    /// Mean power without load, of all devices together; nil leaves the active energy absent.
    package var idlePower: Watts?
    /// The period of the log; readings may be missing for `max(3 s, 5 periods)`.
    package var samplePeriod: Duration

    package init(power: [SampleSeries], requests: [Request], idlePower: Watts? = nil, samplePeriod: Duration = .seconds(1)) {
        self.power = power
        self.requests = requests
        self.idlePower = idlePower
        self.samplePeriod = samplePeriod
    }

    /// What an imported run came to.
    package struct Totals: Hashable, Sendable {
        package let window: Reading<Range<Instant>>
        package let total: Reading<Measured<Joules>>
        /// Over the idle power: `total − idle · Δt`; keeps its sign.
        package let active: Reading<Measured<Joules>>
        package let succeeded: Int
        package let failed: Int
        /// Sums over the rows that have them; absent when none has.
        package let inputTokens: Reading<Double>
        package let outputTokens: Reading<Double>
        package let joulesPerOutputToken: Figure
        package let activeJoulesPerOutputToken: Figure
        package let outputTokensPerSecond: Figure
        package let meanPower: Figure
    }

    /// The scope of the log's devices; where they are of several, `system`, or the node or the site where nothing else was logged.
    package var scope: Scope {
        let scopes = Set(power.filter(\.channel.countsInTotals).map(\.channel.scope))
        return scopes.count == 1 ? scopes.first ?? .system : .whole(of: scopes)
    }

    /// - Complexity: O(n log n) in rows and readings.
    package func totals(over span: Span = .requests) -> Totals {
        let scope = scope
        let window = window(of: span)
        let account = window.value.map { window in
            WindowAccount(power.map { MeterTrace($0, samplePeriod: samplePeriod) }, in: window)
        }
        let total: Reading<Measured<Joules>> = reading(window) { _ in
            power.isEmpty
                ? .absent(reason: "there is no power log") : account?.ledger.total(of: scope) ?? .absent(reason: "there is no window")
        }
        let active: Reading<Measured<Joules>> = reading(window) { window in
            guard let idlePower else { return .absent(reason: "the idle power is not known") }
            return total.map { measured in
                Measured(
                    netEnergy(gross: measured.value, idle: idlePower, over: window.duration), plusMinus: measured.plusMinus,
                    method: measured.method, scope: measured.scope, flags: measured.flags)
            }
        }
        let output = sum(requests.compactMap(\.outputTokens), of: "output tokens")
        let rate: Figure
        switch (output, window) {
        case (.value(let tokens), .value(let window)):
            rate = Figure(value: tokens / window.duration.seconds, unit: "token/s", method: "timed")
        case (.absent(let reason), _), (_, .absent(let reason)): rate = .absent(unit: "token/s", reason: reason)
        }
        let mean: Reading<Measured<Watts>> = reading(window) { window in total.map { energy in energy.map { $0 / window.duration } } }
        return Totals(
            window: window, total: total, active: active, succeeded: requests.count(where: \.succeeded),
            failed: requests.count { !$0.succeeded }, inputTokens: sum(requests.compactMap(\.inputTokens), of: "input tokens"),
            outputTokens: output, joulesPerOutputToken: total.per(output, unit: "J/token", scope: scope),
            activeJoulesPerOutputToken: active.per(output, unit: "J/token", scope: scope), outputTokensPerSecond: rate,
            meanPower: mean.figure(scope: scope))
    }

    private func window(of span: Span) -> Reading<Range<Instant>> {
        let begin: Instant?
        let end: Instant?
        switch span {
        case .requests:
            begin = requests.map(\.sent).min()
            end = requests.map { request in request.latency.map { request.sent + $0 } ?? request.sent }.max()
        case .powerLog:
            let instants = power.map { series in series.samples.lazy.filter(\.status.isOK).map(\.instant) }
            // What all devices cover: before the first reading of one its energy is not known.
            begin = instants.compactMap(\.first).max()
            end = instants.compactMap { $0.max() }.min()
        }
        guard let begin, let end, end > begin else {
            return .absent(reason: span == .requests ? "there are no requests with a length" : "the power log has no length")
        }
        return .value(begin..<end)
    }

    private func reading<Value>(_ window: Reading<Range<Instant>>, _ make: (Range<Instant>) -> Reading<Value>) -> Reading<Value> {
        switch window {
        case .value(let window): make(window)
        case .absent(let reason): .absent(reason: reason)
        }
    }

    private func sum(_ counts: [Int], of noun: String) -> Reading<Double> {
        guard !counts.isEmpty else { return .absent(reason: "no request has a count of \(noun)") }
        let sum = counts.reduce(0, +)
        return sum > 0 ? .value(Double(sum)) : .absent(reason: "there were no \(noun)")
    }
}
