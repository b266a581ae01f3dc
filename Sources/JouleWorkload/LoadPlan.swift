import JouleModel
import JouleUnits

/// What a load generator does: the measured phase and its warm-up, each with pacing, stop rule and prompts. A pure function of the
/// experiment and its files.
package struct LoadPlan: Hashable, Sendable {
    package enum Pacing: Hashable, Sendable {
        /// Always this many requests in flight; one of them is `sequential`.
        case closed(concurrency: Int)
        /// Requests go out on schedule whatever the answers do. Past `maxInFlight` they are dropped, or queued where `queues`.
        case open(ArrivalSchedule, maxInFlight: Int?, queues: Bool)
    }

    /// One phase of sending.
    package struct Program: Hashable, Sendable {
        package let pacing: Pacing
        /// In an open loop the schedule already ends by it.
        package let stop: StopRule
        package let feed: PromptFeed

        /// How many requests are sent, where that is known before.
        package var plannedRequests: Int? {
            switch pacing {
            case .closed: stop.duration == nil ? stop.requests : nil
            case .open(let schedule, _, _):
                // An arrival begins a conversation; whether its later turns still find the time is not known.
                feed.turns == 1 ? schedule.count : stop.duration == nil ? min(stop.requests ?? .max, schedule.count * feed.turns) : nil
            }
        }

        /// The same with other texts of the same requests.
        package func with(_ feed: PromptFeed) -> Program { Program(pacing: pacing, stop: stop, feed: feed) }
    }

    package let measure: Program
    /// nil: no warm-up.
    package let warmup: Program?
    package let warnings: [Failure]
    /// Says whether two runs ask the same things in the same order; equal to `Plan.digest` of the same requests. Of made-up prompts the
    /// first thousand stand for all, of others those before the first that comes again.
    package let promptsDigest: String
    /// Where the prompts were fetched from; nil for those at hand.
    package let dataset: DatasetOrigin?

    /// Digest of the arrivals; nil in a closed loop, which has none of its own.
    package var scheduleDigest: String? {
        switch measure.pacing {
        case .closed: nil
        case .open(let schedule, _, _): schedule.digest
        }
    }

    /// How many prompts of a data set are of use.
    package static func wantedPrompts(_ experiment: Experiment) -> Int {
        max(experiment.scenario.sampleCount, experiment.load.requests ?? 0)
    }

    /// - Parameters:
    ///   - selected: the prompts of a data set that had to be fetched.
    ///   - readFile: reads a whole file: prompts, or a trace.
    package init(
        experiment: Experiment, selected: PromptSelection? = nil, readFile: (String) throws -> [UInt8]
    ) throws(Failures) {
        let (load, scenario, seed) = (experiment.load, experiment.scenario, experiment.seed)
        do throws(Failure) {
            try Self.validate(load, experiment.phases)
        } catch {
            throw Failures([error])
        }
        let trace = load.arrival == .trace ? try Self.trace(load.trace, readFile: readFile) : nil
        let (feed, feedWarnings) = try PromptFeed.read(
            scenario, count: Self.wantedPrompts(experiment), seed: seed, trace: trace, selected: selected, readFile: readFile)
        dataset = selected?.origin
        var stop = StopRule(requests: load.requests, duration: Self.shorter(load.duration, experiment.phases.measure))
        let goesBySamples = stop == StopRule()
        // A burst is over at its first instant: without a count of its own a duration does not bound it.
        if goesBySamples || (load.arrival == .burst && stop.requests == nil) { stop.requests = feed.poolSize ?? scenario.sampleCount }
        // Conversations arrive, and each is as many requests as it has turns.
        func arrivals(_ stop: StopRule) -> StopRule {
            StopRule(requests: stop.requests.map { ($0 + feed.turns - 1) / feed.turns }, duration: stop.duration)
        }
        do throws(Failure) {
            let pacing = try Self.pacing(load, stop: arrivals(stop), seed: seed, trace: trace)
            measure = Program(pacing: pacing, stop: stop, feed: feed)
            warmup = try Self.warmup(experiment, feed: feed)
        } catch {
            throw Failures([error])
        }
        // Prompts come again where the sending does not go by their number, so that too few of them are no shortage.
        var warnings = feedWarnings.filter { goesBySamples || $0.code != Plan.fewPrompts } + (trace?.warnings ?? [])
        warnings += Self.repeats(measure, scenario) + Self.cut(trace, measure, goesBySamples: goesBySamples)
        self.warnings = warnings
        let distinct = feed.poolSize ?? 1_000
        promptsDigest = Plan(feed, count: min(measure.plannedRequests ?? distinct, distinct)).digest
    }

    /// The same plan with other texts of the same requests.
    package func with(measure: PromptFeed, warmup: PromptFeed?) -> LoadPlan { LoadPlan(self, measure: measure, warmup: warmup) }

    private init(_ plan: LoadPlan, measure: PromptFeed, warmup: PromptFeed?) {
        self.measure = plan.measure.with(measure)
        self.warmup = plan.warmup.map { program in warmup.map(program.with) ?? program }
        (warnings, promptsDigest, dataset) = (plan.warnings, plan.promptsDigest, plan.dataset)
    }

    private static func shorter(_ left: Duration?, _ right: Duration?) -> Duration? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }

    private static func pacing(
        _ load: LoadSpec, stop: StopRule, seed: UInt64, trace: ArrivalTrace?, stream: RandomStream = .arrivals
    ) throws(Failure) -> Pacing {
        if load.arrival == .sequential { return .closed(concurrency: 1) }
        if load.arrival == .closed { return .closed(concurrency: load.concurrency) }
        let schedule: ArrivalSchedule
        if let trace {
            schedule = ArrivalSchedule(trace: trace, stop: stop)
        } else {
            schedule = try ArrivalSchedule(load: load, stop: stop, seed: seed, stream: stream)
        }
        guard schedule.count > 0 else {
            throw Failure(
                "load.no-arrivals", "no request arrives before the sending ends",
                remedy: "raise load.rate, or the duration of the measurement")
        }
        return .open(schedule, maxInFlight: load.maxInFlight, queues: load.queues)
    }

    /// Timed, at a rate or concurrency of its own, or the number of requests that the phases name.
    private static func warmup(_ experiment: Experiment, feed: PromptFeed) throws(Failure) -> Program? {
        let (load, phases) = (experiment.load, experiment.phases)
        guard let time = phases.warmup else {
            guard phases.warmupRequests > 0 else { return nil }
            let together = load.arrival == .closed ? min(load.concurrency, phases.warmupRequests) : 1
            return Program(
                pacing: .closed(concurrency: together), stop: StopRule(requests: phases.warmupRequests), feed: feed.warmup)
        }
        guard time > .zero else { return nil }
        let stop = StopRule(duration: time)
        switch load.arrival {
        case .sequential: return Program(pacing: .closed(concurrency: 1), stop: stop, feed: feed.warmup)
        case .closed:
            let together = phases.warmupConcurrency ?? max(1, load.concurrency / 2)
            return Program(pacing: .closed(concurrency: together), stop: stop, feed: feed.warmup)
        case .constant, .poisson, .gamma, .burst, .trace:
            var warming = load
            if load.arrival == .burst || load.arrival == .trace { warming.arrival = .constant }
            (warming.rate, warming.ramp) = (phases.warmupRate, nil)
            let schedule = try ArrivalSchedule(load: warming, stop: stop, seed: experiment.seed, stream: .warmupArrivals)
            guard schedule.count > 0 else { return nil }
            return Program(
                pacing: .open(schedule, maxInFlight: load.maxInFlight, queues: load.queues), stop: stop, feed: feed.warmup)
        }
    }

    private static func trace(_ path: String?, readFile: (String) throws -> [UInt8]) throws(Failures) -> ArrivalTrace {
        guard let path else {
            throw Failures([
                Failure(
                    "load.no-trace", "arrivals of a trace need its file", remedy: "set load.trace to an Azure, Mooncake or BurstGPT trace")
            ])
        }
        let bytes: [UInt8]
        do {
            bytes = try readFile(path)
        } catch {
            let remedy = path.hasPrefix("/") ? nil : "the path is relative to the working directory, not to the configuration file"
            throw Failures([Failure("trace.unreadable", "the trace `\(path)` cannot be read", cause: "\(error)", remedy: remedy)])
        }
        return try ArrivalTrace(bytes, file: path)
    }

    private static func repeats(_ program: Program, _ scenario: ScenarioSpec) -> [Failure] {
        guard let planned = program.plannedRequests, let pool = program.feed.poolSize, planned > pool else { return [] }
        return [
            Failure(
                "workload.repeats", "\(planned) requests are made from \(pool) prompts of `\(scenario.datasetName)`, which come again",
                remedy: scenario.uniquePrefix ? nil : "a prefix cache answers for them: set scenario.unique_prefix, or raise num_samples")
        ]
    }

    private static func cut(_ trace: ArrivalTrace?, _ program: Program, goesBySamples: Bool) -> [Failure] {
        guard let trace, let planned = program.plannedRequests else { return [] }
        if goesBySamples && planned < trace.entries.count {
            return [
                Failure(
                    "trace.cut", "the first \(planned) of the trace's \(trace.entries.count) requests are sent, as num_samples says",
                    remedy: "set load.requests or load.duration for more of it")
            ]
        }
        guard let asked = program.stop.requests, program.stop.duration == nil, asked > planned else { return [] }
        return [Failure("trace.short", "the trace has \(planned) requests, and \(asked) are asked for: \(planned) are sent")]
    }

    private static func validate(_ load: LoadSpec, _ phases: PhasesSpec) throws(Failure) {
        try positive(load.arrival == .closed ? load.concurrency : 1, "load.concurrency")
        try positive(phases.warmupConcurrency, "phases.warmup_concurrency")
        try positive(load.maxInFlight, "load.max_in_flight")
        try positive(load.requests, "load.requests")
        for (duration, key) in [(load.duration, "load.duration"), (phases.measure, "phases.measure")] {
            if let duration, duration <= .zero {
                throw Failure("load.duration", "\(key) is \(duration), and must be above 0", remedy: "write a time such as 60s or 10min")
            }
        }
    }

    private static func positive(_ value: Int?, _ key: String) throws(Failure) {
        guard let value, value < 1 else { return }
        throw Failure("load.count", "\(key) is \(value), and must be at least 1")
    }
}
