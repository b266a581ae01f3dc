import JouleModel

/// A file of the older framework, whose keys lie flat at its top: each one put where its meaning is here.
///
/// Places stay those of the old file, so that a complaint points into it. A key that means nothing here is reported and left out.
struct FlatFile {
    private(set) var root: ConfigNode
    private let whole: ConfigNode

    /// Keys that only such a file has at its top.
    private static let marks: Set<String> = [
        "config_name", "model_name", "max_output_tokens", "min_output_tokens", "num_input_prompts", "is_encoder_decoder", "task_type",
        "inference_type", "decode_token_to_text", "fp_precision", "batching_options", "sharding_config", "decoder_config",
        "quantization_config", "query_rate", "cycle_id",
    ]

    /// Whether a file is of this kind. A `backend` that is a section makes it one of ours.
    static func recognizes(_ node: ConfigNode) -> Bool {
        let entries = node.entries ?? []
        return entries.contains { marks.contains($0.key) } && node["backend"]?.entries == nil
    }

    /// Whether a file beside one of this kind is of it too: it holds nothing but keys of the framework.
    static func couldBe(_ node: ConfigNode) -> Bool {
        recognizes(node) || (node["backend"]?.entries == nil && (node.entries ?? []).allSatisfy { known.contains($0.key) })
    }

    /// What the framework does where a file is silent: 512 tokens in, 128 out, sampling, half precision, one prompt. Of these only what the
    /// backend can honour, for nobody wrote them.
    static func defaults(for root: ConfigNode) -> ConfigNode {
        OlderDefaults.tree(
            [
                ("backend.type", "pytorch"), ("backend.torch_dtype", "float16"), ("scenario.num_samples", "1"),
                ("scenario.max_input_tokens", "512"), ("scenario.generate_kwargs.max_new_tokens", "128"),
                ("scenario.generate_kwargs.temperature", "1.0"), ("scenario.generate_kwargs.top_k", "50"),
                ("scenario.generate_kwargs.do_sample", "true"),
            ], for: OlderDefaults.kind(in: root) ?? .pytorch)
    }

    /// - Parameter node: in the names that `canonical` gives, of one file or of several laid over each other.
    init(_ node: ConfigNode, reading: inout Reading) {
        whole = node
        root = .map([], at: node.origin)
        for entry in node.entries ?? [] where !entry.value.isNull { place(entry, &reading) }
    }

    // MARK: Keys

    /// Keys that only changed their name.
    private static let renamed: [String: String] = [
        "config_name": "name", "model_name": "backend.model", "backend": "backend.type", "gpu_list": "backend.device_ids",
        "num_processes": "backend.processes", "fp_precision": "backend.torch_dtype", "max_input_tokens": "scenario.max_input_tokens",
        "num_input_prompts": "scenario.num_samples", "save_outputs": "scenario.save_outputs",
        "decode_token_to_text": "scenario.decode_token_to_text", "seed": "seed", "output_dir": "output_dir",
        "max_output_tokens": "scenario.generate_kwargs.max_new_tokens", "min_output_tokens": "scenario.generate_kwargs.min_new_tokens",
    ]

    /// Keys without a meaning here, and why.
    private static let meaningless: [String: String] = [
        "is_encoder_decoder": "the worker reads it from the model's own configuration",
        "inference_type": "the backend decides how tokens are made", "cycle_id": "repetitions are counted by the study",
        "extra_metadata": "a run writes its environment down itself",
    ]

    private mutating func place(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        switch entry.key {
        case "task_type": placeTask(entry)
        case "query_rate": placeRate(entry, &reading)
        case "batching_options": placeBatching(entry, &reading)
        case "sharding_config": placeSharding(entry, &reading)
        case "latency_simulation": placeDelays(entry, &reading)
        case "decoder_config": placeDecoder(entry, &reading)
        case "quantization_config": placeQuantization(entry, &reading)
        default:
            if let name = Self.renamed[entry.key] {
                set(name, entry.value, entry.keyOrigin)
            } else if let reason = Self.meaningless[entry.key] {
                leaveOut(entry, reason, &reading)
            } else {
                reportUnknown(entry, "`\(entry.key)`", known: Self.known, &reading)
            }
        }
    }

    private static let known =
        renamed.keys.sorted() + meaningless.keys.sorted() + ["task_type", "query_rate", "_extends"] + sections.keys.sorted()

    /// `text_generation` and `text-generation` are one task.
    private mutating func placeTask(_ entry: ConfigNode.Entry) {
        var value = entry.value
        if case .scalar(let text, let isQuoted) = value.content {
            value = ConfigNode(.scalar(text.replacing("_", with: "-"), isQuoted: isQuoted), at: value.origin)
        }
        set("backend.task", value, entry.keyOrigin)
    }

    private mutating func placeRate(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        guard OlderDefaults.kind(named: whole["backend"])?.isServer == true else {
            return leaveOut(entry, "a worker answers one batch after the other; for a server the rate is `load.rate`", &reading)
        }
        set("load.arrival", ConfigNode(.scalar("constant", isQuoted: false), at: entry.keyOrigin), entry.keyOrigin)
        set("load.rate", entry.value, entry.keyOrigin)
    }

    // MARK: Parts

    mutating func set(_ name: String, _ value: ConfigNode, _ keyOrigin: Origin) {
        root = root.setting(value, at: ConfigurationKey.split(name)[...], keyOrigin: keyOrigin)
    }

    func leaveOut(_ entry: ConfigNode.Entry, _ reason: String, _ reading: inout Reading) {
        let older = Self.sections.values.lazy.compactMap { $0.first { $0.value == entry.key }?.key }.first
        let name = "`\(entry.key)`" + (older.map { " (`\($0)`)" } ?? "")
        reading.warn("config.no-effect", "\(name) has no meaning here and is left out: \(reason)", at: entry.keyOrigin)
    }

    func reportUnknown(_ entry: ConfigNode.Entry, _ name: String, known: [String], _ reading: inout Reading) {
        let guess = Spelling.nearest(to: entry.key, among: known).map { "did you mean `\($0)`? " } ?? ""
        reading.report(
            "config.unknown-key", "unknown key \(name) in a file of the older framework", at: entry.keyOrigin,
            remedy: "\(guess)known are: \(known.joined(separator: ", "))")
    }

    /// How many devices the file names; nil where it names none as a list.
    var deviceCount: Int? {
        guard case .list(let items) = whole["gpu_list"]?.content else { return nil }
        return items.count
    }
}
