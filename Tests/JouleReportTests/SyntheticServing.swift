import JouleModel
import JouleUnits

/// A made-up run of a load against a server: requests that queue for a few slots, and a GPU whose power follows the slots in use.
struct SyntheticServing {
    var rate = 2.0
    /// Requests that the server works on at a time; the others wait.
    var slots = 32
    var requests = 240
    /// Every so many requests one does not complete; 0 for none.
    var failsEvery = 0
    var reasons = false
    var tokens = 48

    static let schedule: [(phase: Phase, start: Double, end: Double)] = [
        (.idleHost, 0.5, 20), (.load, 20, 41), (.idleLoaded, 41, 56), (.warmup, 56, 66), (.measure, 66, 196), (.cooldown, 196, 206),
    ]
    static let start = 66.0

    static let steady = SyntheticServing(reasons: true)
    static let saturated = SyntheticServing(rate: 6, slots: 6, requests: 600, failsEvery: 17)

    func run() -> SyntheticRun {
        var run = SyntheticRun.base(
            id: "exp_20261121_120000", name: "qwen3-8b at \(rate) requests/s", model: "Qwen/Qwen3-8B", scope: .gpu)
        run.recording.experiment.backend = BackendSpec(kind: .vllm, model: "Qwen/Qwen3-8B")
        run.recording.process = nil
        run.recording.environment.versions = [:]
        run.recording.environment.gpus = [SyntheticRun.gpu(0)]
        run.recording.environment.nvidiaDriver = "580.65.06"
        run.recording.state.phases = Self.schedule.map {
            PhaseSpan(phase: $0.phase, start: SyntheticRun.instant($0.start), end: SyntheticRun.instant($0.end))
        }
        addRequests(to: &run)
        addPower(to: &run)
        addMetrics(to: &run)
        summarise(&run)
        return run
    }

    private var isSaturated: Bool { rate * 2.4 > Double(slots) }

    private func addRequests(to run: inout SyntheticRun) {
        var chance = Chance(seed: 41)
        var free = [Double](repeating: 0, count: slots)
        var time = Self.start
        for index in 0..<requests {
            time += -_log(max(chance.next(), 1e-9)) / rate
            let slot = free.indices.min { free[$0] < free[$1] } ?? 0
            let sent = time + 0.0002 * chance.next()
            let begin = max(sent, free[slot])
            let first = begin + 0.11 + chance.next() * 0.08
            let step = 0.036 + chance.next() * 0.012
            let last = first + step * Double(tokens - 1)
            free[slot] = last
            let fails = failsEvery > 0 && index % failsEvery == failsEvery - 1
            var request = RequestTimeline(
                index: index, promptID: "synthetic/\(index)", phase: .measure,
                outcome: fails ? (index % 2 == 0 ? .firstTokenTimeout : .rejected) : .completed, scheduled: SyntheticRun.instant(time))
            request.started = SyntheticRun.instant(time + 0.00005)
            request.sent = SyntheticRun.instant(sent)
            if fails {
                request.error =
                    request.outcome == .rejected
                    ? "HTTP 429: too many requests" : "no first token within 30 s"
                request.httpStatus = request.outcome == .rejected ? 429 : 200
                request.bodyEnd = SyntheticRun.instant(request.outcome == .rejected ? sent + 0.01 : min(sent + 30, 195))
            } else {
                request.httpStatus = 200
                request.firstToken = SyntheticRun.instant(first)
                request.firstOutputToken = SyntheticRun.instant(reasons ? first + step * 16 : first)
                request.lastToken = SyntheticRun.instant(last)
                request.bodyEnd = SyntheticRun.instant(last + 0.0008)
                request.inputTokens = 180 + index % 90
                request.outputTokens = tokens
                request.reasoningTokens = reasons ? 16 : nil
                request.tokenSource = .usage
                request.finishReason = "length"
                request.chunks = (0..<tokens).map {
                    TokenChunk(
                        instant: SyntheticRun.instant(first + step * Double($0)), kind: reasons && $0 < 16 ? .reasoning : .output)
                }
            }
            run.recording.requests.append(request)
        }
    }

    private func addPower(to run: inout SyntheticRun) {
        var chance = Chance(seed: 5)
        let channel = MeterChannel(
            meter: "nvml", scope: .gpu, device: SyntheticRun.uuid(0), name: "NVIDIA H200 #0", kind: .counter, hasEnergy: true,
            hasPower: true, gain: 0.05, updatePeriod: .milliseconds(100))
        var samples: [Sample] = []
        for tick in 0..<412 {
            let time = Double(tick) * 0.5
            let instant = SyntheticRun.instant(time)
            let busy = run.recording.requests.count { request in
                guard let first = request.firstToken, let last = request.lastToken else { return false }
                return first <= instant && instant < last
            }
            let idle = time < 30 ? 76.0 : 121
            let power = idle + 330 * (1 - 1 / (1 + 0.35 * Double(busy))) + (chance.next() - 0.5) * 12
            samples.append(Sample(instant: instant, power: Watts(power)))
        }
        run.recording.environment.meters.append(channel)
        run.recording.series.append(SampleSeries(channel: channel, samples: samples))
    }

    private func addMetrics(to run: inout SyntheticRun) {
        run.recording.serverMetrics = ServerMetrics(
            scrapes: (56..<200).map { second in
                let instant = SyntheticRun.instant(Double(second))
                let open = run.recording.requests.count { request in
                    guard let sent = request.sent, let end = request.bodyEnd else { return false }
                    return sent <= instant && instant < end
                }
                if second == 120 { return .init(instant: instant, values: [:], failure: "timed out") }
                let running = min(open, slots)
                return .init(
                    instant: instant,
                    values: [
                        "vllm:num_requests_running": Double(running), "vllm:num_requests_waiting": Double(open - running),
                        "vllm:kv_cache_usage_perc": Double(running) * 0.011,
                    ])
            })
    }

    private func summarise(_ run: inout SyntheticRun) {
        let done = run.recording.requests.filter { $0.outcome == .completed }
        let failed = run.recording.requests.count - done.count
        let outputs = done.compactMap(\.outputTokens).reduce(0, +)
        run.summary.windowStartSeconds = isSaturated ? Self.start : 78.2
        run.summary.windowDurationSeconds = isSaturated ? 130 : 102.6
        run.summary.windowKind =
            isSaturated
            ? "whole measure phase, first write to last body end" : "after the transient (12.2 s) until the last arrival"
        run.summary.windowVerdict = isSaturated ? .saturated : .steady
        let seconds = isSaturated ? 130 : 102.6
        var requests = Summary.Requests(
            planned: run.recording.requests.count, completed: done.count, failed: failed,
            inputTokens: done.compactMap(\.inputTokens).reduce(0, +), outputTokens: outputs, wastedTokens: failed > 0 ? 214 : 0,
            tokenSources: ["usage": done.count], errors: [:])
        requests.outcomes = Dictionary(grouping: run.recording.requests, by: \.outcome.rawValue).mapValues(\.count)
        requests.errors = Dictionary(grouping: run.recording.requests.compactMap(\.error)) { $0 }.mapValues(\.count)
        requests.reasoningTokens = reasons ? 16 * done.count : nil
        requests.cachedInputTokens = reasons ? 5_120 : nil
        run.summary.requests = requests
        let gross = isSaturated ? 45_120.0 : 26_882
        figures(&run.summary, gross: gross, seconds: seconds, outputs: Double(outputs), completed: Double(done.count))
        latencies(&run.summary, done)
        run.summary.serving = serving(run.recording, done: done, seconds: seconds, gross: gross)
        attribution(&run.summary, gross: gross, count: done.count)
        run.summary.flags =
            isSaturated
            ? [.init(.saturated, detail: "5.93 requests/s sent, 2.65 answered"), .init(.coLocatedClient, detail: "127.0.0.1")]
            : [.init(.attributionAssumed, detail: "no fit for this model, device and precision")]
    }

    private func figures(_ summary: inout Summary, gross: Double, seconds: Double, outputs: Double, completed: Double) {
        summary.figures = SyntheticRun.figures(
            scope: .gpu, method: .measuredCounter, joules: gross, share: 0.05, tokens: outputs, requests: completed,
            mean: gross / seconds, peak: 391)
        summary.figures["output_tokens_per_second"] = Figure(value: outputs / seconds, unit: "token/s", method: "timed")
        summary.figures["total_tokens_per_second"] = Figure(value: outputs * 5.6 / seconds, unit: "token/s", method: "timed")
        summary.figures["requests_per_second"] = Figure(value: completed / seconds, unit: "request/s", method: "timed")
        if isSaturated {
            for key in ["joules_per_output_token", "output_tokens_per_joule", "net_joules_per_output_token"] {
                summary.figures[key] = .absent(
                    unit: key.hasPrefix("output") ? "token/J" : "J/token", scope: .gpu, reason: "the load saturated the server")
            }
        }
        func power(_ value: Double) -> Figure {
            Figure(value: value, unit: "W", plusMinus: value * 0.05, method: EnergyMethod.measuredCounter.rawValue, scope: .gpu)
        }
        func energy(_ value: Double) -> Figure {
            Figure(value: value, unit: "J", plusMinus: gross * 0.05, method: EnergyMethod.measuredCounter.rawValue, scope: .gpu)
        }
        summary.energies = [
            Summary.ScopeEnergy(
                scope: .gpu, gross: energy(gross), netOverIdleHost: energy(gross - 76 * seconds),
                netOverIdleLoaded: energy(gross - 121 * seconds), idleHostPower: power(76), idleLoadedPower: power(121),
                meanPower: power(gross / seconds), peakPower: power(391))
        ]
        summary.ledger = [SyntheticRun.entry(.gpu, SyntheticRun.uuid(0), "nvml", gross, 0.05, .measuredCounter)]
        summary.gpus = [SyntheticRun.statistics(0)]
        summary.gpus[0].throttleReasons = []
        summary.phases = Self.schedule.map { phase, start, end in
            let watts = [.warmup, .measure].contains(phase) ? gross / seconds : start < 30 ? 76.0 : 121
            return Summary.PhaseRow(
                phase: phase, startSeconds: start, durationSeconds: end - start,
                energy: Figure(value: watts * (end - start), unit: "J", plusMinus: watts, method: "measured-counter", scope: .gpu),
                meanPower: power(watts))
        }
    }

    private func latencies(_ summary: inout Summary, _ done: [RequestTimeline]) {
        let gaps = done.flatMap { request in zip(request.chunks.dropFirst(), request.chunks).map { $0.instant - $1.instant } }
        summary.latencies = [
            "time_to_first_token": SyntheticRun.distribution(done.compactMap(\.timeToFirstToken)),
            "time_to_first_output_token": SyntheticRun.distribution(done.compactMap(\.timeToFirstOutputToken)),
            "time_per_output_token": SyntheticRun.distribution(done.compactMap(\.timePerOutputToken)),
            "inter_token_latency": SyntheticRun.distribution(gaps), "chunk_gap": SyntheticRun.distribution(gaps),
            "response_latency": SyntheticRun.distribution(done.compactMap(\.responseLatency)),
            "service_latency": SyntheticRun.distribution(done.compactMap(\.serviceLatency)),
        ]
    }

    private func serving(_ recording: Recording, done: [RequestTimeline], seconds: Double, gross: Double) -> Summary.Serving {
        var load = Summary.Load(arrival: "poisson")
        load.rate = rate
        load.burstiness = 1
        load.achievedRate = rate * 0.988
        load.meanInFlight = isSaturated ? 148.2 : 4.31
        var report = ClientReport()
        (report.loopLagP50, report.loopLagP99, report.loopLagMaximum) = (0.00008, 0.00081, 0.0123)
        (report.cpuSeconds, report.loopCPUSeconds, report.wallSeconds) = (4.4, 3.1, 130)
        (report.connectionsOpened, report.connectionsReused, report.mostInFlight) = (12, requests - 12, isSaturated ? 290 : 13)
        report.bytesReceived = 4_812_334
        var lateness = Summary.Distribution(count: requests)
        (lateness.mean, lateness.p50, lateness.p99, lateness.maximum) = (0.00006, 0.00005, 0.00031, 0.0041)
        var serving = Summary.Serving(load: load, client: .init(lateness: lateness, report: report, isLimiting: false))
        var check = Summary.ServerCheck(
            pairs: [
                .init(
                    metric: "generation_tokens", ours: Double(done.count * tokens),
                    server: Double(done.count * tokens + (isSaturated ? 214 : 0))),
                .init(metric: "prompt_tokens", ours: 51_000, server: 51_000),
                .init(metric: "requests", ours: Double(done.count), server: Double(done.count)),
            ], scrapes: 144, failedScrapes: 1, restarted: false)
        (check.meanRunning, check.meanWaiting, check.peakCacheUsage, check.preemptions) = (
            isSaturated ? 5.97 : 4.3, isSaturated ? 142.1 : 0, isSaturated ? 0.066 : 0.143, 0
        )
        serving.server = check
        serving.crossing = isSaturated ? 0 : 7
        serving.finishReasons = ["length": done.count - 11, "stop": 11]
        if isSaturated { serving.anomalies = ["invalid_json": 3, "second_usage": 1] }
        let good = done.count { ($0.timeToFirstToken ?? .seconds(9)) <= .milliseconds(180) }
        serving.goodput = Summary.Goodput(
            objectives: ["ttft": 0.18, "tpot": 0.06], good: good, undefined: 0,
            requestsPerSecond: Figure(value: Double(good) / seconds, unit: "request/s", method: "timed"),
            requestsPerJoule: Figure(
                value: Double(good) / gross, unit: "request/J", plusMinus: Double(good) / gross * 0.05, method: "measured-counter",
                scope: .gpu))
        serving.censoredLatencies = censored(recording)
        return serving
    }

    private func censored(_ recording: Recording) -> [String: Summary.Distribution] {
        var result: [String: Summary.Distribution] = [:]
        for (key, latency) in [
            ("time_to_first_token", \RequestTimeline.timeToFirstToken), ("service_latency", \RequestTimeline.serviceLatency),
        ] {
            let values = recording.requests.map { request in
                request.outcome == .completed ? request[keyPath: latency]?.seconds ?? .infinity : .infinity
            }.sorted()
            var distribution = Summary.Distribution(count: values.count)
            func quantile(_ share: Double) -> Double? {
                let value = values[Int((share * Double(values.count - 1)).rounded(.up))]
                return value.isFinite ? value : nil
            }
            (distribution.p50, distribution.p90, distribution.p95, distribution.p99) = (
                quantile(0.5), quantile(0.9), quantile(0.95), quantile(0.99)
            )
            result[key] = distribution
        }
        return result
    }

    private func attribution(_ summary: inout Summary, gross: Double, count: Int) {
        func part(_ share: Double) -> Figure {
            Figure(
                value: gross * share, unit: "J", plusMinus: gross * share * 0.05, method: EnergyMethod.measuredCounter.rawValue, scope: .gpu
            )
        }
        let wasted = isSaturated ? 0.021 : 0
        var each = Summary.Distribution(count: count)
        let mean = gross * 0.94 / Double(count)
        (each.mean, each.standardDeviation, each.minimum, each.maximum) = (mean, mean * 0.2, mean * 0.61, mean * 1.9)
        (each.p50, each.p90, each.p95, each.p99) = (mean * 0.97, mean * 1.3, mean * 1.42, mean * 1.7)
        var attribution = Summary.Attribution(
            method: "time_sliced", gross: part(1), requests: part(0.94), unattributed: part(0.06), prefill: part(0.12),
            decode: part(0.82), reasoning: part(reasons ? 0.31 : 0), answer: part(reasons ? 0.51 : 0.82), wasted: part(wasted),
            perRequest: each)
        (attribution.alpha, attribution.beta, attribution.origin) = (0.0213, 0.502, "assumed")
        summary.attribution = attribution
    }
}

/// The natural logarithm by its series around a power of two: the tests' goldens must not hang on a platform's mathematics library.
private func _log(_ value: Double) -> Double {
    let mantissa = value.significand
    let y = (mantissa - 1) / (mantissa + 1)
    var (term, sum) = (y, 0.0)
    for power in stride(from: 1.0, to: 41, by: 2) {
        sum += term / power
        term *= y * y
    }
    return 2 * sum + Double(value.exponent) * 0.693_147_180_559_945_3
}

extension StudySummary {
    /// An energy curve over eight rates: the last two saturate, the knee and the optimum lie before them.
    static func curve() -> StudySummary {
        let loads = [0.5, 1, 2, 4, 6, 8, 12, 16]
        var points: [CurvePoint] = []
        var rows: [Row] = []
        for (number, load) in loads.enumerated() {
            let saturated = load > 8
            let served = min(load, 9.4)
            let watts = 121 + 330 * served / (served + 4)
            let joules = watts / (served * 48)
            func figure(_ value: Double, _ unit: String) -> Figure {
                Figure(value: value, unit: unit, plusMinus: value * 0.052, method: "measured-counter", scope: .gpu)
            }
            var point = CurvePoint(
                load: load, verdict: saturated ? .saturated : number == 0 ? .short : .steady,
                joulesPerOutputToken: saturated
                    ? .absent(unit: "J/token", scope: .gpu, reason: "the load saturated the server") : figure(joules, "J/token"),
                meanPower: figure(watts, "W"), outputTokensPerSecond: Figure(value: served * 48, unit: "token/s", method: "timed"),
                goodputPerJoule: figure((saturated ? 0.4 : served) / watts, "request/J"))
            point.timeToFirstTokenP99 = saturated ? 14 + load : 0.09 + 0.012 * load * load
            point.timePerOutputTokenP99 = 0.021 + 0.0031 * served
            point.meetsObjectives = load <= 6
            points.append(point)
            for repetition in 1...2 {
                var run = SyntheticRun.base(id: "exp_20261121_13\(number)\(repetition)00", name: "m", model: "Qwen/Qwen3-8B", scope: .gpu)
                run.summary.windowVerdict = point.verdict
                run.summary.figures["joules_per_output_token"] = point.joulesPerOutputToken
                run.summary.figures["mean_power"] = point.meanPower
                var serving = Summary.Serving(
                    load: .init(arrival: "poisson"), client: .init(lateness: .init(count: 0), report: nil, isLimiting: false))
                serving.load.rate = load
                serving.goodput = Summary.Goodput(
                    objectives: ["ttft": 0.6], good: 100, undefined: 0,
                    requestsPerSecond: Figure(value: saturated ? 0.4 : served, unit: "request/s", method: "timed"),
                    requestsPerJoule: point.goodputPerJoule)
                run.summary.serving = serving
                let failed = number == 7 && repetition == 2
                rows.append(
                    Row(
                        member: "sweep_rate_\(number)", values: [.init(key: "load.rate", value: "\(load)")], repetition: repetition,
                        runID: failed ? nil : run.summary.runID, failure: failed ? "the server did not answer within 600 s" : nil,
                        summary: failed ? nil : run.summary))
            }
        }
        return StudySummary(
            name: "rate sweep", rows: rows, curve: EnergyCurve(variable: .rate, points: points, knee: 5, optimum: 4))
    }

    /// One experiment three times, and, of another, one run that came to its end.
    static func repeated(varied: Bool) -> StudySummary {
        func figure(_ mean: Double, _ unit: String, spread: Double, gain: Double?, count: Int = 3) -> RepeatedFigure {
            var figure = RepeatedFigure(
                count: count, mean: mean, unit: unit, method: gain == nil ? "timed" : "measured-counter", scope: gain == nil ? nil : .gpu)
            figure.systematic = gain.map { $0 * mean }
            guard count > 1 else {
                figure.reason = "one run shows no scatter, so the mean has no interval: two are needed"
                return figure
            }
            figure.standardDeviation = spread * mean
            figure.coefficientOfVariation = spread
            let random = spread * mean * 2.484
            figure.random = random
            figure.plusMinus = (random * random + (figure.systematic ?? 0) * (figure.systematic ?? 0)).squareRoot()
            return figure
        }
        func member(_ name: String, _ values: [Study.SweptValue], factor: Double, count: Int) -> Member {
            Member(
                name: name, values: values, completed: count, failed: 3 - count,
                figures: [
                    "joules_per_output_token": figure(1.79 * factor, "J/token", spread: 0.012, gain: 0.05, count: count),
                    "mean_power": figure(331, "W", spread: 0.004, gain: 0.05, count: count),
                    "output_tokens_per_second": figure(185 / factor, "token/s", spread: 0.011, gain: nil, count: count),
                    "time_to_first_token_p50": figure(0.0412, "s", spread: 0.03, gain: nil, count: count),
                    "time_per_output_token_p99": RepeatedFigure(
                        count: 0, mean: nil, unit: "s", method: "unavailable", reason: "no request of the run has this latency"),
                ],
                energies: ["gpu": figure(212_341, "J", spread: 0.003, gain: 0.05, count: count)])
        }
        let batch = { (size: String) in [Study.SweptValue(key: "scenario.batch_size", value: size)] }
        let members =
            varied
            ? [
                member("sweep_batch_size_1", batch("1"), factor: 1, count: 3),
                member("sweep_batch_size_8", batch("8"), factor: 0.4, count: 1),
            ]
            : [member("nightly", [], factor: 1, count: 3)]
        let run = SyntheticRun.twoGPUs()
        let rows = members.flatMap { member in
            (1...3).map { number in
                let isThere = number <= member.completed
                return Row(
                    member: member.name, values: member.values, repetition: number, runID: isThere ? run.summary.runID : nil,
                    failure: isThere ? nil : "the server did not answer within 600 s", summary: isThere ? run.summary : nil)
            }
        }
        return StudySummary(name: "nightly", rows: rows, members: members)
    }

    /// A sweep in which everything happened that can: a model that stayed loaded, a run made again, a failed member, a rest not run.
    static func troubled() -> StudySummary {
        func run(_ number: Int, loadedBy: String? = nil) -> Summary {
            var summary = SyntheticRun.twoGPUs().summary
            summary.runID = "exp_20261121_09\(number)000"
            summary.modelLoadedBy = loadedBy
            return summary
        }
        let first = run(1)
        let second = run(3, loadedBy: first.runID)
        func row(_ size: Int, _ change: (inout Row) -> Void) -> Row {
            var row = Row(
                member: "sweep_batch_size_\(size)", values: [.init(key: "scenario.input_shapes.batch_size", value: "\(size)")],
                repetition: 1)
            change(&row)
            return row
        }
        let rows = [
            row(1) { ($0.runID, $0.summary) = (first.runID, first) },
            row(2) {
                ($0.runID, $0.summary) = (second.runID, second)
                $0.failedAttempts = [
                    FailedAttempt(runID: "exp_20261121_092000", failure: "the worker (pid 71) ended with signal 9 (SIGKILL) [worker.died]")
                ]
            },
            row(64) {
                $0.failure = "torch.OutOfMemoryError: CUDA out of memory [model.load-failed]"
                $0.failedAttempts = [
                    FailedAttempt(runID: "exp_20261121_094000", failure: "torch.OutOfMemoryError: CUDA out of memory [model.load-failed]"),
                    FailedAttempt(runID: nil, failure: "torch.OutOfMemoryError: CUDA out of memory [model.load-failed]"),
                ]
            },
            row(128) { $0.notRun = "1 member failed before it, and study.max_failures is 1" },
            row(256) { $0.notRun = "1 member failed before it, and study.max_failures is 1" },
        ]
        var study = StudySummary(name: "batch sizes", rows: rows, members: repeated(varied: true).members)
        study.members[0].ending = "CV of the energy per output token 1.2 % after 3 runs, not above 5.0 %"
        return study
    }

    /// Two keys, three members, one of which failed.
    static func grid() -> StudySummary {
        func row(_ number: Int, _ precision: String, _ batch: String, _ run: SyntheticRun?) -> Row {
            Row(
                member: "grid_\(number)",
                values: [.init(key: "backend.torch_dtype", value: precision), .init(key: "scenario.batch_size", value: batch)],
                repetition: 1, runID: run?.summary.runID, failure: run == nil ? "torch.OutOfMemoryError: CUDA out of memory" : nil,
                summary: run?.summary)
        }
        return StudySummary(
            name: "precision and batch",
            rows: [row(1, "float16", "1", .twoGPUs()), row(2, "bfloat16", "1", .modelledCPU()), row(3, "float32", "64", nil)])
    }
}
