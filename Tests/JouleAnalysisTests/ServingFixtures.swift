import JouleAnalysis
import JouleModel
import JouleUnits

/// An answer whose tokens arrive evenly: the first after `wait` seconds, each further one after `step`.
func answer(
    _ index: Int, sent: Double, scheduled: Double? = nil, wait: Double = 0.2, step: Double = 0.05, tokens: Int = 40, input: Int = 100,
    outcome: RequestOutcome = .completed, phase: Phase = .measure
) -> RequestTimeline {
    let stamps = (0..<tokens).map { sent + wait + Double($0) * step }
    var request = RequestTimeline(
        index: index, promptID: "p\(index)", phase: phase, outcome: outcome, scheduled: at(scheduled ?? sent), sent: at(sent),
        firstToken: stamps.first.map { at($0) }, lastToken: stamps.last.map { at($0) }, bodyEnd: at((stamps.last ?? sent) + 0.001),
        inputTokens: input, outputTokens: outcome == .completed ? tokens : nil, tokenSource: .usage, finishReason: "length",
        chunks: stamps.map { TokenChunk(instant: at($0)) })
    request.started = at(sent)
    request.firstOutputToken = request.firstToken
    return request
}

/// A run against a server on one GPU: 5 s idle at 100 W before, the measured phase at `watts`, 5 s idle after it.
func serving(
    _ requests: [RequestTimeline], arrival: LoadSpec.Arrival, concurrency: Int = 1, rate: Double? = nil,
    watts: (Double) -> Double, _ change: (inout Recording) -> Void = { _ in }
) -> Recording {
    let end = (requests.compactMap { $0.bodyEnd?.nanoseconds }.max() ?? at(1).nanoseconds) - at(0).nanoseconds
    let last = Double(end) * 1e-9 + 0.5
    var environment = RunEnvironment(
        joulebench: "test", cpu: .init(logicalCores: 8), memory: .init(totalBytes: nil, limitBytes: nil), system: .init(name: "Linux"),
        start: ClockAnchor(monotonic: at(-10), unixSeconds: 1_795_253_400, bootNanoseconds: 0))
    var gpu = RunEnvironment.GPU(index: 0, uuid: "GPU-0")
    gpu.name = "Accelerator"
    environment.gpus = [gpu]
    environment.server = .init(endpoint: "http://server:8000", dialect: .vllm, model: "m")
    var experiment = Experiment(name: "test", backend: BackendSpec(kind: .vllm, model: "m"))
    experiment.load.arrival = arrival
    experiment.load.concurrency = concurrency
    experiment.load.rate = rate
    var state = RunState(status: .completed, pid: 1, processStart: nil, requestsPlanned: requests.count, updated: at(last + 6))
    state.phases = [
        PhaseSpan(phase: .idleLoaded, start: at(-6), end: at(-1)), PhaseSpan(phase: .measure, start: at(-0.1), end: at(last)),
        PhaseSpan(phase: .cooldown, start: at(last), end: at(last + 5)),
    ]
    let samples = stride(from: -7.0, through: last + 7, by: 0.1).map { time in
        Sample(instant: at(time), power: Watts(time < -0.1 || time > last ? 100 : watts(time)))
    }
    var result = Recording(
        runID: "exp", experiment: experiment, environment: environment, state: state, process: nil,
        series: [SampleSeries(channel: channel(updatePeriod: .milliseconds(100)), samples: samples)], requests: requests)
    change(&result)
    return result
}

/// The same at 400 W.
func serving(
    _ requests: [RequestTimeline], arrival: LoadSpec.Arrival, concurrency: Int = 1, rate: Double? = nil,
    _ change: (inout Recording) -> Void = { _ in }
) -> Recording {
    serving(requests, arrival: arrival, concurrency: concurrency, rate: rate, watts: { _ in 400 }, change)
}

/// Requests of a closed loop whose slots are filled again at once, for `length` seconds; slots begin 10 ms apart.
func closedLoop(_ slots: Int, length: Double, step: Double = 0.05, tokens: Int = 40) -> [RequestTimeline] {
    var requests: [RequestTimeline] = []
    for slot in 0..<slots {
        var time = Double(slot) * 0.01
        while time < length {
            let request = answer(requests.count, sent: time, step: step, tokens: tokens)
            requests.append(request)
            time += 0.2 + step * Double(tokens - 1) + 0.002
        }
    }
    return requests.sorted { $0.scheduled < $1.scheduled }
}

func summary(of recording: Recording, fit: StoredFit? = nil) -> Summary {
    RunAnalysis.summary(of: recording, ownCost: [:], fit: fit)
}

func raised(_ summary: Summary) -> Set<Flag> { Set(summary.flags.map(\.flag)) }
