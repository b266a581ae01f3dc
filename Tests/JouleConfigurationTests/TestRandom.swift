import JouleModel
import JouleTestSupport
import JouleUnits

@testable import JouleConfiguration

/// Random experiments and trees for properties; the seed is printed when one fails.
struct TestRandom: RandomNumberGenerator {
    private var source: SeededRandom

    init(seed: UInt64) { source = SeededRandom(seed: seed) }

    mutating func next() -> UInt64 { source.next() }

    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    mutating func flip() -> Bool { Bool.random(using: &self) }
    mutating func one<Element>(of elements: [Element]) -> Element { elements[int(0...elements.count - 1)] }
    mutating func maybe<Value>(_ make: (inout TestRandom) -> Value) -> Value? { flip() ? make(&self) : nil }
    mutating func several<Value>(_ make: (inout TestRandom) -> Value) -> [Value] { (0..<int(1...4)).map { _ in make(&self) } }

    /// Texts that YAML, JSON and interpolation find hard. Not among them: a byte order mark, which Yams drops from the beginning of a
    /// value even where it is escaped.
    mutating func text() -> String {
        let parts = [
            "a", "no", "~", "null", "1", "1e3", ":", ": ", " #", "#", "- ", "\"", "'", "\\", "${", "$${X}", "$", "}", "{", "[", "]", ",",
            "\n",
            "\n\n", "\t", "\r", " ", "é", "😀", "\u{85}", "\u{2028}", "\u{7F}", "\u{1}", "%", "@", "&", "*", "!", "|", ">", "?", "<<", "=",
        ]
        return several { $0.one(of: parts) }.joined() + "x"
    }

    mutating func number(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }
    mutating func duration() -> Duration { .nanoseconds(Int64(int(0...1_000_000)) * one(of: [1, 1_000, 1_000_000, 1_000_000_000])) }

    mutating func experiment() -> Experiment {
        let backend = backend()
        let load = backend.kind.isServer ? load() : LoadSpec()
        return Experiment(
            name: text(), outputDirectory: text(), repetitions: int(1...9), seed: next(), backend: backend,
            scenario: scenario(backend.kind, load), load: load, phases: phases(backend, load), attribution: attribution(),
            metrics: metrics(),
            reporters: several { $0.reporter(backend.kind) })
    }

    private mutating func reporter(_ backend: BackendSpec.Kind) -> ReporterSpec {
        let kinds = ReporterSpec.Kind.allCases.filter { $0 != .vllm || backend.isServer }
        var reporter = ReporterSpec(kind: one(of: kinds))
        func variable(_ random: inout TestRandom) -> String { random.one(of: ["A", "_b", "MY_KEY2"]) }
        switch reporter.kind {
        case .json, .jsonl, .html, .markdown, .csv, .codecarbon, .vllm: reporter.outputFile = maybe { $0.text() }
        case .mlflow:
            reporter.url = "http://host:5000"
            reporter.experiment = maybe { $0.text() }
            reporter.tokenVariable = maybe(variable)
        case .wandb:
            (reporter.project, reporter.entity) = (text(), maybe { $0.text() })
            (reporter.url, reporter.apiKeyVariable) = (maybe { _ in "https://host" }, maybe(variable))
        case .clickhouse:
            (reporter.url, reporter.table) = ("http://host:8123", one(of: ["t", "d.t"]))
            (reporter.userVariable, reporter.passwordVariable) = (maybe(variable), maybe(variable))
        case .prometheus:
            (reporter.url, reporter.job) = ("http://host:9091/below", maybe { $0.text() })
            if flip() { (reporter.userVariable, reporter.passwordVariable) = (variable(&self), variable(&self)) }
        }
        return reporter
    }

    private mutating func phases(_ backend: BackendSpec, _ load: LoadSpec) -> PhasesSpec {
        let isServer = backend.kind.isServer
        let preset = one(of: isServer ? PhasesSpec.Preset.allCases : [.quick, .none])
        var phases = PhasesSpec(
            preset: preset, idleHost: isServer && backend.server.launch == nil ? preset.lengths.idleHost : duration(),
            idleLoaded: duration(), warmupRequests: int(0...9), cooldown: duration())
        guard isServer else { return phases }
        phases.drain = duration()
        if flip() {
            phases.warmup = .seconds(int(1...500))
            phases.warmupRequests = 0
            if load.arrival.isOpen { phases.warmupRate = number(0.01...90) }
        }
        if !load.arrival.isOpen { phases.warmupConcurrency = maybe { $0.int(1...64) } }
        let isBoundless = load.arrival == .burst && load.requests == nil
        phases.measure = load.duration ?? (isBoundless ? nil : .seconds(int(1...900)))
        // A burst without a number of requests would be refused the preset's length, and null puts that length back.
        if isBoundless, preset == .full { phases.preset = .quick; phases.idleHost = PhasesSpec.quick.idleHost }
        return phases
    }

    private mutating func attribution() -> AttributionSpec {
        var attribution = AttributionSpec()
        attribution.method = one(of: AttributionSpec.Method.allCases)
        if attribution.method == .timeSliced, flip() { (attribution.alpha, attribution.beta) = (number(0...1), number(0.001...5)) }
        return attribution
    }

    private mutating func load() -> LoadSpec {
        var load = LoadSpec()
        load.arrival = one(of: LoadSpec.Arrival.allCases)
        load.retries = int(0...5)
        load.requests = maybe { $0.int(1...9_999) }
        load.objectives.timeToFirstToken = maybe { .milliseconds($0.int(1...9_999)) }
        load.objectives.endToEnd = maybe { .milliseconds($0.int(1...9_999)) }
        switch load.arrival {
        case .sequential: break
        case .closed: load.concurrency = int(1...500)
        case .constant, .poisson: load.rate = number(1e-6...5_000)
        case .gamma: (load.rate, load.burstiness) = (number(0.1...9), one(of: [1, 0.25, number(0.1...9)]))
        case .burst: break
        case .trace: load.trace = text()
        }
        if load.arrival != .burst || load.requests != nil { load.duration = maybe { .milliseconds($0.int(1...99_999)) } }
        if load.arrival.isOpen, flip() { (load.maxInFlight, load.queues) = (int(1...99), flip()) }
        if let rate = load.rate, flip() {
            load.ramp = LoadSpec.Ramp(
                from: number(0.1...9), to: rate, over: maybe { .seconds($0.int(1...99)) },
                shape: one(of: LoadSpec.Ramp.Shape.allCases))
        }
        return load
    }

    private mutating func lengths() -> LengthDistribution {
        let (least, most) = (int(1...50), int(51...900))
        let mean = number(51...51.5)
        return switch one(of: LengthDistribution.Kind.allCases) {
        case .fixed: .fixed(int(1...4_096))
        case .uniform: LengthDistribution(kind: .uniform, mean: Double(least + most) / 2, minimum: least, maximum: most)
        case .normal: LengthDistribution(kind: .normal, mean: mean, standardDeviation: number(0...99), minimum: least, maximum: most + 9)
        case .lognormal: LengthDistribution(kind: .lognormal, mean: 51, standardDeviation: 7, minimum: least, maximum: most)
        }
    }

    private mutating func json(depth: Int = 3) -> JSONValue {
        switch int(0...(depth == 0 ? 4 : 6)) {
        case 0: .null
        case 1: .bool(flip())
        case 2: .integer(Int64(truncatingIfNeeded: next()))
        case 3: .number(number(-1e9...1e9))
        case 4: .string(one(of: ["", "12", "null", "-", "true", text()]))
        case 5: .array(several { $0.json(depth: depth - 1) })
        default: .object(Dictionary([(text(), json(depth: depth - 1)), ("b", json(depth: depth - 1))]) { $1 })
        }
    }

    private mutating func server() -> ServerSpec {
        var server = ServerSpec()
        server.endpoint = maybe { $0.one(of: ["http://h:8000", "https://h/v1/", "http://[::1]:1"]) }
        server.api = one(of: ServerSpec.API.allCases)
        server.path = maybe { "/" + $0.text() }
        server.apiKeyVariable = maybe { _ in "MY_KEY" }
        server.headers = flip() ? [:] : ["X-Run": one(of: ["", "null", " a: b # c "]), "Accept": "x"]
        server.extraBody = flip() ? .object([:]) : .object([text(): json(), "n": json()])
        server.insecure = flip()
        server.timeouts.connect = .milliseconds(int(1...9_999))
        server.timeouts.total = .milliseconds(int(1...9_999))
        if flip() {
            var launch = LaunchSpec(command: ["vllm"] + several { $0.text() })
            launch.environment = flip() ? [:] : ["A": text(), "B": ""]
            launch.workingDirectory = maybe { $0.text() }
            launch.readyTimeout = .milliseconds(int(1...9_999))
            server.launch = launch
        }
        return server
    }

    /// A server inside the process has no place, and settings of its own.
    private mutating func simulate(_ backend: inout BackendSpec) {
        var inside = ServerSpec()
        inside.api = backend.server.api
        inside.extraBody = backend.server.extraBody
        inside.timeouts = backend.server.timeouts
        backend.server = inside
        if backend.kind == .replay {
            backend.replay.run = text()
            backend.replay.speed = one(of: [1, 0.5, 20])
        } else {
            backend.simulated.firstToken = .milliseconds(int(0...999))
            backend.simulated.prefillRate = one(of: [.infinity, 1_234.5])
            backend.simulated.maxConcurrency = int(1...99)
            backend.simulated.answerLengths = maybe { LengthDistribution.fixed($0.int(1...99)) }
        }
    }

    private mutating func backend() -> BackendSpec {
        var backend = BackendSpec(kind: one(of: BackendSpec.Kind.allCases), model: text())
        backend.task = backend.kind.isServer ? .textGeneration : one(of: ModelTask.allCases)
        backend.device = one(of: ["auto", "cuda", "cuda:3", "mps"])
        backend.deviceIDs = maybe { random in
            let devices: [DeviceSelector] = [.index(0), .index(7), .uuid("GPU-\(random.int(0...9))"), .mig("MIG-1")]
            return Array(devices.shuffled(using: &random).prefix(random.int(1...4)))
        }
        guard !backend.kind.isServer else {
            backend.server = server()
            if backend.kind.isSimulation { simulate(&backend) }
            return backend
        }
        backend.revision = maybe { $0.text() }
        backend.tokenizer = maybe { $0.text() }
        backend.deviceMap = maybe { $0.one(of: DeviceMap.allCases) }
        backend.maxMemory = maybe { Dictionary([("0", "1GB"), ($0.text(), "2.5 GiB")]) { $1 } }
        backend.torchDtype = one(of: TorchDtype.allCases)
        backend.quantization = maybe { random in
            guard random.flip() else { return Quantization(bits: 8) }
            return Quantization(
                bits: 4, computeDtype: random.one(of: [nil, .float16, .float32]), kind: random.one(of: [.nf4, .fp4]),
                doubleQuantization: random.flip())
        }
        backend.trustRemoteCode = flip()
        backend.attentionImplementation = text()
        backend.compile = flip()
        if backend.kind == .command {
            backend.command = several { $0.text() }
        } else {
            backend.python = maybe { $0.text() }
        }
        return backend
    }

    private mutating func scenario(_ kind: BackendSpec.Kind, _ load: LoadSpec) -> ScenarioSpec {
        let isRich = kind.dialect.map { [.vllm, .sglang, .llamacpp, .trtllm].contains($0) } ?? true
        var scenario = ScenarioSpec()
        if flip() {
            scenario.datasetName = "synthetic"
            scenario.promptLengths = lengths()
            scenario.uniquePrefix = flip()
            if !scenario.uniquePrefix { scenario.sharedPrefixTokens = int(0...1) }
        } else {
            scenario.datasetName = one(of: ["builtin:quickstart", "\(text()).txt", "\(text()).jsonl"])
            if scenario.datasetName.hasSuffix(".jsonl") { scenario.textColumnName = maybe { $0.text() } }
            scenario.uniquePrefix = flip()
        }
        scenario.sampleCount = int(1...5_000)
        scenario.selection = one(of: ScenarioSpec.Selection.allCases)
        if !kind.isServer {
            scenario.truncation = flip()
            scenario.maxInputTokens = maybe { $0.int(1...4_096) }
            scenario.batchSize = int(1...64)
        }
        scenario.saveOutputs = flip()
        if kind.isServer, isRich, flip() {
            scenario.outputLengths = lengths()
        } else {
            scenario.generation.maxNewTokens = int(100...3_000)
            if !kind.isServer || [.vllm, .sglang, .trtllm].contains(kind) { scenario.generation.minNewTokens = int(0...100) }
        }
        scenario.generation.temperature = one(of: [0.0, number(0.1...2), 1e-7])
        scenario.generation.topP = one(of: [1.0, number(0.01...1), 1e-9])
        if isRich { scenario.generation.topK = maybe { $0.int(1...100) } }
        scenario.generation.doSample = scenario.generation.temperature > 0 ? maybe { $0.flip() } : maybe { _ in false }
        if isRich { (scenario.generation.repetitionPenalty, scenario.generation.ignoreEOS) = (number(0.5...2), flip()) }
        scenario.generation.stop = one(of: [[], several { $0.text() }, ["\n"], [" "]])
        return scenario
    }

    private mutating func metrics() -> MetricsSpec {
        var metrics = MetricsSpec()
        metrics.enabled = flip()
        metrics.meters = one(of: [
            [], [MeterSelector(.none)],
            several { random in
                let family = random.one(of: MeterSelector.Family.allCases.filter { $0 != .none })
                return random.meter(family)
            },
        ])
        metrics.samplePeriod = .milliseconds(int(1...60_000))
        let mayRequire = metrics.enabled && metrics.meters != [MeterSelector(.none)]
        metrics.require = mayRequire ? several { $0.one(of: Scope.allCases) } : []
        metrics.projectName = maybe { $0.text() }
        metrics.countryISOCode = maybe { $0.one(of: ["NO", "DEU", "US-CA"]) }
        metrics.region = maybe { $0.text() }
        return metrics
    }

    private mutating func meter(_ family: MeterSelector.Family) -> MeterSelector {
        var meter = MeterSelector(family, gain: maybe { $0.number(0...1) }, file: family == .csv ? text() : nil)
        switch family {
        case .prometheus:
            (meter.url, meter.metric, meter.scope) = (address(), maybe { _ in "a_watts" }, maybe { $0.one(of: Scope.allCases) })
            if meter.metric != nil { meter.unit = maybe { _ in "mJ" } }
            if flip() { meter.labels = ["a": text(), text(): "b"] }
        case .plug: (meter.url, meter.plug) = (address(), one(of: MeterSelector.PlugKind.allCases))
        case .agent: (meter.url, meter.tokenVariable) = (address(), maybe { _ in "TOKEN" })
        case .dcgm, .energyMetrics, .zeusd: meter.url = address()
        case .nvml, .nvidiaSMI, .amd, .rapl, .hwmon, .jetson, .powermetrics, .ipmi, .cray, .csv, .model, .none: break
        }
        return meter
    }

    /// One without a secret, which would not be shown.
    private mutating func address() -> String { one(of: ["http://h:9100/metrics", "h", "[::1]:9430", "unix:/run/a b.sock", "no address"]) }

    mutating func node(depth: Int) -> ConfigNode {
        let origin = Origin.file(SourcePlace(file: "f", line: int(1...99), column: 1))
        switch int(0...(depth == 0 ? 1 : 5)) {
        case 0: return ConfigNode(.scalar(one(of: ["1", "", "null", "x"]), isQuoted: flip()), at: origin)
        case 1: return ConfigNode(.list([ConfigNode(.scalar("1", isQuoted: false), at: origin)]), at: origin)
        default:
            let entries = ["a", "b", "c"].shuffled(using: &self).prefix(int(0...3)).map { key in
                ConfigNode.Entry(key: key, keyOrigin: origin, value: node(depth: depth - 1))
            }
            return .map(Array(entries), at: origin)
        }
    }
}
