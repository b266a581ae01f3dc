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
        Experiment(
            name: text(), outputDirectory: text(), repetitions: int(1...9), seed: next(), backend: backend(), scenario: scenario(),
            phases: PhasesSpec(
                preset: one(of: PhasesSpec.Preset.allCases), idleHost: duration(), idleLoaded: duration(), warmupRequests: int(0...9),
                cooldown: duration()),
            metrics: metrics(),
            reporters: several { ReporterSpec(kind: $0.one(of: ReporterSpec.Kind.allCases), outputFile: $0.maybe { $0.text() }) })
    }

    private mutating func backend() -> BackendSpec {
        var backend = BackendSpec(kind: one(of: BackendSpec.Kind.allCases), model: text())
        backend.revision = maybe { $0.text() }
        backend.tokenizer = maybe { $0.text() }
        backend.task = one(of: ModelTask.allCases)
        backend.device = one(of: ["auto", "cuda", "cuda:3", "mps"])
        backend.deviceIDs = maybe { random in
            let devices: [DeviceSelector] = [.index(0), .index(7), .uuid("GPU-\(random.int(0...9))"), .mig("MIG-1")]
            return Array(devices.shuffled(using: &random).prefix(random.int(1...4)))
        }
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
        switch backend.kind {
        case .pytorch: backend.python = maybe { $0.text() }
        case .command: backend.command = several { $0.text() }
        }
        return backend
    }

    private mutating func scenario() -> ScenarioSpec {
        var scenario = ScenarioSpec()
        scenario.datasetName = one(of: ["builtin:quickstart", "\(text()).txt", "\(text()).jsonl"])
        scenario.textColumnName = maybe { $0.text() }
        scenario.sampleCount = int(1...5_000)
        scenario.selection = one(of: ScenarioSpec.Selection.allCases)
        scenario.truncation = flip()
        scenario.maxInputTokens = maybe { $0.int(1...4_096) }
        scenario.batchSize = int(1...64)
        scenario.saveOutputs = flip()
        scenario.generation.maxNewTokens = int(100...3_000)
        scenario.generation.minNewTokens = int(0...100)
        scenario.generation.temperature = one(of: [0.0, number(0.1...2), 1e-7])
        scenario.generation.topP = one(of: [1.0, number(0.01...1), 1e-9])
        scenario.generation.topK = maybe { $0.int(1...100) }
        scenario.generation.doSample = scenario.generation.temperature > 0 ? maybe { $0.flip() } : maybe { _ in false }
        scenario.generation.repetitionPenalty = number(0.5...2)
        scenario.generation.ignoreEOS = flip()
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
                return MeterSelector(family, gain: random.maybe { $0.number(0...1) }, file: family == .csv ? random.text() : nil)
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
