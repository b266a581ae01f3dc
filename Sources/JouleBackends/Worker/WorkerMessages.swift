import Foundation
import JouleModel
import JouleUnits

/// The worker's protocol, version 1, as `docs/worker-protocol.md` describes it: one JSON object a line in both directions.
enum WorkerProtocol {
    static let version = 1
}

/// What we say.
struct WorkerRequest: Encodable {
    enum Body: Encodable {
        case capabilities
        case load(ModelLoad)
        case generate(GenerateRequest)
        case profile(ProfileRequest)
        case rows(RowsRequest)
        case countTokens(CountRequest)
        case stats
        case shutdown

        var operation: String {
            switch self {
            case .capabilities: "capabilities"
            case .load: "load"
            case .generate: "generate"
            case .profile: "profile"
            case .rows: "rows"
            case .countTokens: "count_tokens"
            case .stats: "stats"
            case .shutdown: "shutdown"
            }
        }
    }

    let id: Int
    let body: Body

    private enum CodingKeys: String, CodingKey { case id, op }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(body.operation, forKey: .op)
        switch body {
        case .load(let request): try request.encode(to: encoder)
        case .generate(let request): try request.encode(to: encoder)
        case .profile(let request): try request.encode(to: encoder)
        case .rows(let request): try request.encode(to: encoder)
        case .countTokens(let request): try request.encode(to: encoder)
        case .capabilities, .stats, .shutdown: break
        }
    }
}

/// Which model, where and how. Mirrors `BackendSpec`.
struct ModelLoad: Encodable {
    struct QuantizationRequest: Encodable {
        let method = "bitsandbytes"
        let bits: Int
        let computeDtype: String?
        let quantType: String
        let doubleQuant: Bool
        private enum CodingKeys: String, CodingKey {
            case method, bits, computeDtype = "compute_dtype", quantType = "quant_type", doubleQuant = "double_quant"
        }
    }

    let model: String
    let revision: String?
    let tokenizer: String?
    let task: String
    let device: String
    let deviceIDs: [Int]?
    let deviceMap: String?
    let maxMemory: [String: String]?
    let torchDtype: String
    let quantization: QuantizationRequest?
    let trustRemoteCode: Bool
    let attentionImplementation: String
    let compile: Bool
    let processes: Int?
    /// nil leaves it unsaid: a worker that does not announce it refuses the key.
    let tensorParallel: Int?

    /// - Parameters:
    ///   - deviceCount: number of GPUs the worker sees, which are exactly those that were chosen.
    ///   - processes: how many workers share the machine; nil leaves it unsaid.
    init(_ spec: BackendSpec, deviceCount: Int?, processes: Int? = nil) {
        self.processes = processes
        tensorParallel = spec.tensorParallel > 1 ? spec.tensorParallel : nil
        model = spec.model
        revision = spec.revision
        tokenizer = spec.tokenizer
        task = spec.task.rawValue
        device = spec.device
        deviceIDs = deviceCount.map { Array(0..<$0) }
        deviceMap = spec.deviceMap?.rawValue
        maxMemory = spec.maxMemory
        torchDtype = spec.torchDtype.rawValue
        quantization = spec.quantization.map {
            QuantizationRequest(
                bits: $0.bits, computeDtype: $0.computeDtype?.rawValue, quantType: $0.kind.rawValue, doubleQuant: $0.doubleQuantization)
        }
        trustRemoteCode = spec.trustRemoteCode
        attentionImplementation = spec.attentionImplementation
        compile = spec.compile
    }

    private enum CodingKeys: String, CodingKey {
        case model, revision, tokenizer, task, device, quantization, compile, processes
        case tensorParallel = "tensor_parallel"
        case deviceIDs = "device_ids"
        case deviceMap = "device_map"
        case maxMemory = "max_memory"
        case torchDtype = "torch_dtype"
        case trustRemoteCode = "trust_remote_code"
        case attentionImplementation = "attn_implementation"
    }
}

/// One batch of prompts.
struct GenerateRequest: Encodable {
    struct Item: Encodable {
        let index: Int
        let prompt: String
        let maxNewTokens: Int
        let minNewTokens: Int
        private enum CodingKeys: String, CodingKey {
            case index, prompt, maxNewTokens = "max_new_tokens", minNewTokens = "min_new_tokens"
        }
    }
    struct Sampling: Encodable {
        let doSample: Bool
        let temperature: Double
        let topP: Double
        let topK: Int?
        let repetitionPenalty: Double
        let ignoreEOS: Bool
        let stop: [String]?
        let seed: UInt64
        private enum CodingKeys: String, CodingKey {
            case temperature, stop, seed
            case doSample = "do_sample"
            case topP = "top_p"
            case topK = "top_k"
            case repetitionPenalty = "repetition_penalty"
            case ignoreEOS = "ignore_eos"
        }
    }

    let requests: [Item]
    let sampling: Sampling
    let truncation: Bool
    let maxInputTokens: Int?
    let padTo: Int?
    let returnText: Bool
    /// nil leaves it unsaid: a worker that does not announce `token_ids` refuses the key.
    let returnIDs: Bool?
    let chat: Chat?
    let thinkingBudget: Int?

    struct Chat: Encodable {
        struct Frame: Encodable {
            let before: String
            let after: String
        }
        let arguments: [String: JSONValue]
        let needed: String?
        let otherwise: Frame?

        init(_ template: ChatTemplateRequest) {
            arguments = template.arguments
            needed = template.needed
            otherwise = template.otherwise.map { Frame(before: $0.before, after: $0.after) }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case requests, sampling, truncation, chat
        case maxInputTokens = "max_input_tokens"
        case padTo = "pad_to"
        case returnText = "return_text"
        case returnIDs = "return_ids"
        case thinkingBudget = "thinking_budget"
    }
}

/// A prompt of so many tokens and steps after it, whose operations are counted.
struct ProfileRequest: Encodable {
    let promptTokens: Int
    let decodeSteps: Int
    private enum CodingKeys: String, CodingKey { case promptTokens = "prompt_tokens", decodeSteps = "decode_steps" }
}

/// One line of the worker, with the number of the question that it answers; the greeting answers none.
struct WorkerReply: Decodable {
    let id: Int?
    let event: WorkerEvent

    private enum CodingKeys: String, CodingKey { case id }

    init(from decoder: any Decoder) throws {
        id = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Int.self, forKey: .id)
        event = try WorkerEvent(from: decoder)
    }
}

/// What the worker says, told apart by `event`.
enum WorkerEvent: Decodable {
    case hello(WorkerHello)
    case capabilities(WorkerCapabilities)
    case progress(stage: String)
    case loaded(LoadedModel)
    case batch(GeneratedBatch)
    case profile(OperationProfile)
    case rows(WorkerRows)
    case counts(TokenCounts)
    case stats(WorkerStats)
    case bye
    case error(WorkerError)

    private enum CodingKeys: String, CodingKey { case event, stage }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let event = try container.decode(String.self, forKey: .event)
        switch event {
        case "hello": self = .hello(try WorkerHello(from: decoder))
        case "capabilities": self = .capabilities(try WorkerCapabilities(from: decoder))
        case "progress": self = .progress(stage: try container.decode(String.self, forKey: .stage))
        case "loaded": self = .loaded(try LoadedModel(from: decoder))
        case "rows": self = .rows(try WorkerRows(from: decoder))
        case "batch":
            let batch = try GeneratedBatch(from: decoder)
            let counts = batch.results.flatMap { [$0.inputTokens, $0.outputTokens, $0.paddingTokens, $0.reasoningTokens] }
            try Self.check(counts, container)
            self = .batch(batch)
        case "profile": self = .profile(try OperationProfile(from: decoder))
        case "counts":
            let answer = try TokenCounts(from: decoder)
            try Self.check(answer.counts, container)
            self = .counts(answer)
        case "stats": self = .stats(try WorkerStats(from: decoder))
        case "bye": self = .bye
        case "error": self = .error(try WorkerError(from: decoder))
        default:
            throw DecodingError.dataCorruptedError(forKey: .event, in: container, debugDescription: "unknown event \(event)")
        }
    }

    /// Numbers of tokens are added up: one that no text has would carry the sum away.
    private static func check(_ counts: [Int?], _ container: KeyedDecodingContainer<CodingKeys>) throws {
        guard let odd = counts.compactMap(\.self).first(where: { !RequestTimeline.plausibleTokens.contains($0) }) else { return }
        throw DecodingError.dataCorruptedError(forKey: .event, in: container, debugDescription: "\(odd) is no number of tokens")
    }
}

struct WorkerHello: Decodable {
    let `protocol`: Int
    let worker: String
    let pid: Int32
    let python: String
    /// What the worker can do beyond the first workers of this protocol.
    let features: [String]?
}

/// What the worker's environment can do.
package struct WorkerCapabilities: Decodable, Sendable {
    package struct Device: Decodable, Sendable {
        package let id: String
        package let name: String?
        package let uuid: String?
        package let memory: ByteCount?
        private enum CodingKeys: String, CodingKey { case id, name, uuid, memory = "memory_bytes" }
    }
    package let versions: [String: String?]
    package let devices: [Device]
    package let cuda: String?
    package let defaultDevice: String
    private enum CodingKeys: String, CodingKey { case versions, devices, cuda, defaultDevice = "default_device" }
}

/// The model as it was loaded.
package struct LoadedModel: Decodable, Sendable {
    package let modelClass: String?
    package let parameters: Int64?
    package let modelMemory: ByteCount?
    package let device: String
    package let devices: [String]
    package let dtype: String?
    package let contextLength: Int?
    /// The most tokens of an answer, where a decoder's table of positions ends; nil where nothing but the context limits it.
    package let answerLength: Int?
    package let revision: String?
    /// The model's `config.json`, as far as it is short; nil from workers that do not tell it.
    package let config: JSONValue?
    /// What prompts begin with, so that the model knows its task.
    package let taskPrefixes: [String]?

    private enum CodingKeys: String, CodingKey {
        case parameters, device, devices, dtype, revision, config
        case taskPrefixes = "task_prefixes"
        case modelClass = "model_class"
        case modelMemory = "model_memory_bytes"
        case contextLength = "context_length"
        case answerLength = "answer_length"
    }
}

/// One batch with its stamps on the monotonic clock.
package struct GeneratedBatch: Decodable, Sendable {
    package struct Result: Decodable, Sendable {
        package let index: Int
        package let outcome: RequestOutcome
        package let inputTokens: Int?
        package let outputTokens: Int?
        /// Positions that the batch added to the prompt; in no count of tokens.
        package let paddingTokens: Int?
        package let firstToken: Instant?
        package let lastToken: Instant?
        package let tokens: [Instant]?
        package let finishReason: String?
        package let text: String?
        package let tokenIDs: [Int]?
        /// Tokens between the marks of thinking; nil where the tokenizer has no such marks.
        package let reasoningTokens: Int?
        /// The first token that is neither thought nor a mark.
        package let firstOutputToken: Instant?
        package let error: WorkerError?
        private enum CodingKeys: String, CodingKey {
            case tokenIDs = "token_ids"
            case reasoningTokens = "reasoning_tokens"
            case firstOutputToken = "first_output_token_ns"
            case index, outcome, text, error
            case inputTokens = "input_tokens"
            case outputTokens = "output_tokens"
            case paddingTokens = "padding_tokens"
            case firstToken = "first_token_ns"
            case lastToken = "last_token_ns"
            case tokens = "token_ns"
            case finishReason = "finish_reason"
        }
    }
    package let start: Instant
    package let end: Instant
    package let peakMemory: ByteCount?
    package let results: [Result]
    package let chat: Chat?

    /// What became of the chat template that was asked for.
    package struct Chat: Decodable, Sendable {
        /// Whether the tokenizer's template was used; if not, what takes its place.
        package let template: Bool
        package let unusedArguments: [String]
        private enum CodingKeys: String, CodingKey { case template, unusedArguments = "unused_arguments" }
    }

    private enum CodingKeys: String, CodingKey {
        case results, chat
        case start = "start_ns"
        case end = "end_ns"
        case peakMemory = "peak_memory_bytes"
    }
}

package struct WorkerStats: Decodable, Sendable {
    package let peakMemory: ByteCount?
    package let modelMemory: ByteCount?
    package let cpuSeconds: Double?
    private enum CodingKeys: String, CodingKey {
        case peakMemory = "peak_memory_bytes"
        case modelMemory = "model_memory_bytes"
        case cpuSeconds = "cpu_seconds"
    }
}

/// An error in the worker's words, with its stable code.
package struct WorkerError: Decodable, Sendable {
    package let code: String
    package let message: String
    package let remedy: String?
    package let detail: String?

    package var failure: Failure { Failure(code, message, cause: detail, remedy: remedy) }
}
