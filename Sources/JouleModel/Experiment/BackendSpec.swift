/// What turns prompts into tokens.
package struct BackendSpec: Hashable, Sendable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The Python worker with a Hugging Face model.
        case pytorch
        /// Any program that speaks the worker's JSON lines.
        case command
        /// Servers with the OpenAI interface; each kind has its own dialect of it.
        case vllm, openai, llamacpp, sglang, tgi, ollama, trtllm
        /// A model of a server inside this process; it speaks like vLLM.
        case simulated
        /// The answers of a recorded run, given again by a server inside this process.
        case replay

        /// Whether requests go to a server over HTTP rather than to a worker that this program starts.
        package var isServer: Bool { dialect != nil }

        /// Whether no model runs: a server inside this process answers on a schedule, and every figure is labelled `simulated`.
        package var isSimulation: Bool { self == .simulated || self == .replay }

        /// The dialect that a server of this kind speaks; nil for workers.
        package var dialect: ServerDialect? {
            switch self {
            case .pytorch, .command: nil
            case .vllm, .simulated, .replay: .vllm
            case .openai: .openai
            case .llamacpp: .llamacpp
            case .sglang: .sglang
            case .tgi: .tgi
            case .ollama: .ollama
            case .trtllm: .trtllm
            }
        }
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
    /// Workers that each hold the whole model and answer a part of the prompts.
    package var processes = 1
    /// Devices that a launched server splits each layer over, and the stages that it splits the layers into.
    package var tensorParallel = 1
    package var pipelineParallel = 1
    /// The worker's interpreter; nil means the environment that `setup pytorch` made.
    package var python: String?
    /// Program and arguments of a `command` backend.
    package var command: [String]?
    /// How a server is reached; of no meaning to workers.
    package var server = ServerSpec()
    /// The server that a `simulated` backend stands for.
    package var simulated = SimulatedSpec()
    /// The run that a `replay` backend plays again.
    package var replay = ReplaySpec()

    package init(kind: Kind, model: String) {
        self.kind = kind
        self.model = model
    }

    /// The name under which a fit of the model's energies is kept: what was found where no model ran must not weigh the tokens of a real one.
    package var fitName: String { kind.isSimulation ? "\(model) (\(kind.rawValue))" : model }
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
