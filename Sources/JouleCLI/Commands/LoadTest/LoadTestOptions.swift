import ArgumentParser

/// Where the load goes.
struct TargetOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Base URL of the server; one that begins with `/` is the path of the API, as `vllm bench serve` has it.", valueName: "url"))
    var endpoint: String?

    @Option(name: .long, help: ArgumentHelp("Base URL of the server.", valueName: "url"))
    var baseUrl: String?

    @Option(name: .long, help: ArgumentHelp("Host of the server, with --port.", valueName: "name"))
    var host: String?

    @Option(name: .long, help: ArgumentHelp("Port of the server, with --host.", valueName: "number"))
    var port: Int?

    @Option(
        name: [.customLong("backend"), .customLong("endpoint-type")],
        help: ArgumentHelp(
            "Kind of server: vllm, openai, llamacpp, sglang, tgi, ollama, trtllm; `openai-chat` and the other names of `vllm bench serve` too. "
                + "Given, it means the completions API as there; not given, a vLLM server and its chat API.", valueName: "kind"))
    var backend: String?

    @Option(name: .long, help: ArgumentHelp("chat or completions.", valueName: "name"))
    var api: String?

    @Option(name: .long, help: ArgumentHelp("Model to ask for.", valueName: "name"))
    var model: String

    @Option(name: .long, help: ArgumentHelp("Name of the model at the server, where it differs from --model.", valueName: "name"))
    var servedModelName: String?

    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp("Header of every request, `Name: value` or `Name=value`.", valueName: "header"))
    var header: [String] = []

    @Option(name: .long, help: ArgumentHelp("JSON object merged into the body of every request.", valueName: "json"))
    var extraBody: String?

    @Option(name: .long, help: ArgumentHelp("JSON object for the chat template.", valueName: "json"))
    var chatTemplateKwargs: String?

    @Flag(name: .long, help: "Accept certificates that cannot be verified.")
    var insecure = false

    @Option(name: .long, help: ArgumentHelp("The longest a request may take, such as `30` (seconds) or `2min`.", valueName: "duration"))
    var timeout: String = "30"
}

/// What is asked.
struct PromptOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, help: ArgumentHelp("File of prompts (.txt, .jsonl, .csv, .json), or a data set's name.", valueName: "file"))
    var prompts: String?

    @Flag(name: .long, help: "Synthetic prompts; see --random-input-len.")
    var randomPrompts = false

    @Option(name: .long, help: ArgumentHelp("random; custom, sharegpt or hf with --dataset-path; or a data set's name.", valueName: "name"))
    var datasetName: String?

    @Option(name: .long, help: ArgumentHelp("File of prompts.", valueName: "file"))
    var datasetPath: String?

    @Option(name: .long, help: ArgumentHelp("Data set of --dataset-name hf.", valueName: "name"))
    var hfName: String?

    @Option(name: .long, help: ArgumentHelp("Configuration (subset) of --dataset-name hf.", valueName: "name"))
    var hfSubset: String?

    @Option(name: .long, help: ArgumentHelp("Split of --dataset-name hf.", valueName: "name"))
    var hfSplit: String?

    @Option(name: .long, help: ArgumentHelp("Tokens of the answers to a ShareGPT file.", valueName: "n"))
    var sharegptOutputLen: Int?

    @Option(name: .long, help: ArgumentHelp("Tokens of a synthetic prompt (256).", valueName: "n"))
    var randomInputLen: Int?

    @Option(name: .long, help: ArgumentHelp("Tokens of the answer to a synthetic prompt; --max-new-tokens otherwise.", valueName: "n"))
    var randomOutputLen: Int?

    @Option(name: .long, help: ArgumentHelp("Lengths are uniform from (1 − r) to (1 + r) times the length.", valueName: "r"))
    var randomRangeRatio: Double = 0

    @Option(name: .long, help: ArgumentHelp("Tokens at the beginning that all synthetic prompts share.", valueName: "n"))
    var randomPrefixLen: Int = 0

    @Flag(name: .long, help: "Take the prompts in an order that the seed chooses, not in that of the file.")
    var shuffle = false

    @Option(name: .long, help: ArgumentHelp("Requests of a conversation, each with the real answers before it.", valueName: "n"))
    var turns: Int?

    @Flag(name: .long, help: "Begin each prompt with words of its own, so that no prefix cache answers for it.")
    var uniquePrefix = false

    @Option(name: .long, help: ArgumentHelp("The most tokens of an answer.", valueName: "n"))
    var maxNewTokens: Int = 256

    @Option(name: .long, help: ArgumentHelp("0 takes the likeliest token.", valueName: "t"))
    var temperature: Double = 0

    @Option(name: .long, help: ArgumentHelp("Tokens of the answers to a custom data set.", valueName: "n"))
    var customOutputLen: Int?

    @Flag(name: .long, help: "Go on after the token that ends an answer.")
    var ignoreEos = false

    @Option(name: .long, help: ArgumentHelp("Sample from the likeliest tokens of this total probability.", valueName: "p"))
    var topP: Double?

    @Option(name: .long, help: ArgumentHelp("Sample from this many tokens.", valueName: "k"))
    var topK: Int?

    @Option(
        name: .long, help: ArgumentHelp("Sample from tokens of at least this share of the likeliest one's probability.", valueName: "p"))
    var minP: Double?

    @Option(name: .long, help: ArgumentHelp("1 leaves repetition alone.", valueName: "r"))
    var repetitionPenalty: Double?

    @Option(name: .long, help: ArgumentHelp("Penalty for frequent tokens.", valueName: "f"))
    var frequencyPenalty: Double?

    @Option(name: .long, help: ArgumentHelp("Penalty for tokens that were there.", valueName: "f"))
    var presencePenalty: Double?

    @Option(name: .long, help: ArgumentHelp("Ask for the log probabilities of so many tokens.", valueName: "n"))
    var logprobs: Int?

    /// Tokens of an answer where all are of one length.
    var outputLength: Int { randomOutputLen ?? customOutputLen ?? sharegptOutputLen ?? maxNewTokens }
}

/// When requests are sent.
struct ArrivalOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Number of requests.", valueName: "n"))
    var numPrompts: Int?

    @Option(name: .long, help: ArgumentHelp("How long requests are sent, such as `60` (seconds) or `10min`.", valueName: "duration"))
    var duration: String?

    @Option(
        name: [.customLong("concurrency"), .customLong("max-concurrency")],
        help: ArgumentHelp("Requests in flight: always so many without a rate, at most so many with one.", valueName: "n"))
    var concurrency: Int?

    @Option(
        name: .long, help: ArgumentHelp("Arrivals a second, such as `2`, `120/min`; `inf` sends everything at once.", valueName: "rate"))
    var requestRate: String?

    @Option(name: .long, help: ArgumentHelp("Shape of the gamma distribution of arrivals; 1 is Poisson.", valueName: "shape"))
    var burstiness: Double = 1

    @Option(name: .long, help: ArgumentHelp("linear or exponential: how the rate rises.", valueName: "name"))
    var rampUpStrategy: String?

    @Option(name: .long, help: ArgumentHelp("Rate at which the ramp begins.", valueName: "rate"))
    var rampUpStartRps: Double?

    @Option(name: .long, help: ArgumentHelp("Rate at which the ramp ends.", valueName: "rate"))
    var rampUpEndRps: Double?

    @Option(
        name: .long, help: ArgumentHelp("Replay the arrivals and lengths of this trace (Azure, Mooncake, BurstGPT).", valueName: "file"))
    var trace: String?

    @Option(
        name: [.customLong("num-warmups"), .customLong("warmup-requests")],
        help: ArgumentHelp("Requests before the measurement, in no figure (3).", valueName: "n"))
    var numWarmups: Int?

    @Flag(name: .long, help: "With a rate and --concurrency: queue arrivals past the cap instead of dropping them.")
    var queue = false

    @Option(name: .long, help: ArgumentHelp("Send a rejected request (429, 503) again up to this many times.", valueName: "n"))
    var retry: Int = 0

    @Option(name: .long, help: ArgumentHelp("Seed of every random choice.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(name: .long, help: ArgumentHelp("Lengths of the phases: quick, protocol or none.", valueName: "name"))
    var preset: String = "quick"

    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp("Objectives in milliseconds: ttft:200 tpot:50 e2el:5000.", valueName: "slo"))
    var goodput: [String] = []
}

/// What is written besides the run directory.
struct LoadTestOutputOptions: ParsableArguments {
    /// Stands for a result whose name is to be made up; no file is called so.
    static let unnamed = "/"

    @Option(name: .long, help: ArgumentHelp("CSV with a row for each request.", valueName: "file"))
    var output: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "JSON as `vllm bench serve --save-result` writes it, with the energy; without a name into --result-dir.", valueName: "file"))
    var saveResult: String?

    @Option(name: .long, help: ArgumentHelp("Folder of a result without a name.", valueName: "dir"))
    var resultDir: String?

    @Option(name: .long, help: ArgumentHelp("Name of a result without a name.", valueName: "file"))
    var resultFilename: String?

    @Flag(name: .long, help: "Put the lists of each request into the result too.")
    var saveDetailed = false

    @Option(name: .long, help: ArgumentHelp("Metrics with percentiles in the result: ttft,tpot,itl,e2el.", valueName: "list"))
    var percentileMetrics: String = "ttft,tpot,itl"

    @Option(name: .long, help: ArgumentHelp("Percentiles in the result, such as 50,90,99.", valueName: "list"))
    var metricPercentiles: String = "99"

    @Option(name: .long, help: ArgumentHelp("A label in the result.", valueName: "text"))
    var label: String?
}

/// Options of `vllm bench serve` that change nothing here; accepted so that its command lines can be pasted.
struct IdleOptions: ParsableArguments {
    @Option(name: .long, help: .hidden) var tokenizer: String?
    @Option(name: .long, help: .hidden) var tokenizerMode: String?
    @Option(name: .long, help: .hidden) var readyCheckTimeoutSec: Double?
    @Option(name: .long, parsing: .upToNextOption, help: .hidden) var metadata: [String] = []
    @Option(name: .long, help: .hidden) var requestIdPrefix: String?
    @Flag(name: .long, help: .hidden) var trustRemoteCode = false
    @Flag(name: .long, help: .hidden) var disableTqdm = false
    @Flag(name: .long, help: .hidden) var disableShuffle = false
}
