import JouleUnits

/// One fully resolved specification of a run: every key has its value, nothing is left to be looked up.
package struct Experiment: Hashable, Sendable {
    package var name: String
    package var outputDirectory: String
    package var repetitions: Int
    package var seed: UInt64
    package var backend: BackendSpec
    package var scenario: ScenarioSpec
    package var phases: PhasesSpec
    package var metrics: MetricsSpec
    package var reporters: [ReporterSpec]

    package init(
        name: String, outputDirectory: String = "results", repetitions: Int = 1, seed: UInt64 = 0, backend: BackendSpec,
        scenario: ScenarioSpec = ScenarioSpec(), phases: PhasesSpec = .quick, metrics: MetricsSpec = MetricsSpec(),
        reporters: [ReporterSpec] = [ReporterSpec(kind: .json), ReporterSpec(kind: .html)]
    ) {
        self.name = name
        self.outputDirectory = outputDirectory
        self.repetitions = repetitions
        self.seed = seed
        self.backend = backend
        self.scenario = scenario
        self.phases = phases
        self.metrics = metrics
        self.reporters = reporters
    }
}

/// What turns prompts into tokens.
package struct BackendSpec: Hashable, Sendable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The Python worker with a Hugging Face model.
        case pytorch
        /// Any program that speaks the worker's JSON lines.
        case command
    }

    package var kind: Kind
    package var model: String
    package var revision: String?
    package var tokenizer: String?
    package var task: ModelTask = .textGeneration
    /// `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
    package var device = "auto"
    /// The devices the run uses: indices in NVML order or UUIDs; nil means all visible ones.
    package var deviceIDs: [DeviceSelector]?
    package var deviceMap: DeviceMap?
    /// Device (`"0"`, `"cpu"`) to size (`"20GB"`), as transformers reads it.
    package var maxMemory: [String: String]?
    package var torchDtype: TorchDtype = .auto
    package var quantization: Quantization?
    package var trustRemoteCode = false
    package var attentionImplementation = "auto"
    package var compile = false
    /// The worker's interpreter; nil means the environment that `setup pytorch` made.
    package var python: String?
    /// Program and arguments of a `command` backend.
    package var command: [String]?

    package init(kind: Kind, model: String) {
        self.kind = kind
        self.model = model
    }
}

package enum ModelTask: String, Sendable, Hashable, CaseIterable {
    case textGeneration = "text-generation"
    case translation
    case summarization
}

package enum DeviceMap: String, Sendable, Hashable, CaseIterable {
    case auto, balanced, balancedLow0 = "balanced_low_0", sequential
}

package enum TorchDtype: String, Sendable, Hashable, CaseIterable {
    case auto, float32, float16, bfloat16
}

/// Weights in fewer bits, through bitsandbytes.
package struct Quantization: Hashable, Sendable {
    package enum FourBitKind: String, Sendable, Hashable, CaseIterable { case nf4, fp4 }

    /// 8 or 4.
    package var bits: Int
    package var computeDtype: TorchDtype?
    package var kind: FourBitKind
    package var doubleQuantization: Bool

    package init(bits: Int, computeDtype: TorchDtype? = nil, kind: FourBitKind = .nf4, doubleQuantization: Bool = false) {
        self.bits = bits
        self.computeDtype = computeDtype
        self.kind = kind
        self.doubleQuantization = doubleQuantization
    }
}

/// A GPU as a user names it.
package enum DeviceSelector: Hashable, Sendable, CustomStringConvertible {
    /// Position in NVML order.
    case index(Int)
    /// `GPU-…`, or an unambiguous beginning of it.
    case uuid(String)
    /// `MIG-…`.
    case mig(String)

    package init?(_ text: String) {
        if let index = Int(text), index >= 0 {
            self = .index(index)
        } else if text.hasPrefix("GPU-") {
            self = .uuid(text)
        } else if text.hasPrefix("MIG-") {
            self = .mig(text)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .index(let index): "\(index)"
        case .uuid(let text), .mig(let text): text
        }
    }
}

/// What is asked of the model.
package struct ScenarioSpec: Hashable, Sendable {
    package enum Selection: String, Sendable, Hashable, CaseIterable { case first, shuffled, random }

    /// `builtin:quickstart`, or the path of a `.txt` or `.jsonl` file.
    package var datasetName = "builtin:quickstart"
    package var textColumnName: String?
    package var sampleCount = 10
    package var selection: Selection = .first
    package var truncation = true
    package var maxInputTokens: Int?
    package var batchSize = 1
    package var generation = GenerationSpec()
    package var saveOutputs = false

    package init() {}
}

/// Sampling and length limits of every request; greedy unless told otherwise.
package struct GenerationSpec: Hashable, Sendable {
    package var maxNewTokens = 256
    package var minNewTokens = 0
    package var temperature = 0.0
    package var topP = 1.0
    package var topK: Int?
    /// nil: sampling exactly when the temperature is above zero.
    package var doSample: Bool?
    package var repetitionPenalty = 1.0
    package var ignoreEOS = false
    package var stop: [String] = []

    package init() {}

    package var samples: Bool { doSample ?? (temperature > 0) }
}

/// The lengths of the phases.
package struct PhasesSpec: Hashable, Sendable {
    package enum Preset: String, Sendable, Hashable, CaseIterable { case quick, none }

    package var preset: Preset
    package var idleHost: Duration
    package var idleLoaded: Duration
    package var warmupRequests: Int
    package var cooldown: Duration

    package init(preset: Preset, idleHost: Duration, idleLoaded: Duration, warmupRequests: Int, cooldown: Duration) {
        self.preset = preset
        self.idleHost = idleHost
        self.idleLoaded = idleLoaded
        self.warmupRequests = warmupRequests
        self.cooldown = cooldown
    }

    /// 5 s idle, three warm-up requests, 5 s cool-down.
    package static let quick = PhasesSpec(
        preset: .quick, idleHost: .seconds(5), idleLoaded: .seconds(5), warmupRequests: 3, cooldown: .seconds(5))
    /// Straight to the measurement: no baseline, so no net energy.
    package static let none = PhasesSpec(preset: .none, idleHost: .zero, idleLoaded: .zero, warmupRequests: 0, cooldown: .zero)
}

/// Which meters are read, and how.
package struct MetricsSpec: Hashable, Sendable {
    package var enabled = true
    /// Empty means `auto`: whatever the machine has, the best source for each scope.
    package var meters: [MeterSelector] = []
    package var samplePeriod: Duration = .milliseconds(100)
    /// Scopes that must be measured, or the run does not start.
    package var require: [Scope] = []
    package var projectName: String?
    package var countryISOCode: String?
    package var region: String?

    package init() {}
}

/// A meter family a user may name, with its options.
package struct MeterSelector: Hashable, Sendable {
    package enum Family: String, Sendable, Hashable, CaseIterable {
        case nvml, nvidiaSMI = "nvidia-smi", rapl, hwmon, model, csv, none
    }

    package var family: Family
    /// Sensor gain that replaces the meter's own, as a fraction.
    package var gain: Double?
    /// The log of a `csv` meter.
    package var file: String?

    package init(_ family: Family, gain: Double? = nil, file: String? = nil) {
        self.family = family
        self.gain = gain
        self.file = file
    }
}

/// Where results go besides the run directory.
package struct ReporterSpec: Hashable, Sendable {
    package enum Kind: String, Sendable, Hashable, CaseIterable { case json, html, csv }

    package var kind: Kind
    package var outputFile: String?

    package init(kind: Kind, outputFile: String? = nil) {
        self.kind = kind
        self.outputFile = outputFile
    }
}
