import JouleModel

/// A file of the older framework, whose keys lie flat at its top: each one put where its meaning is here.
///
/// Places stay those of the old file, so that a complaint points into it. A key that means nothing here is reported and left out.
struct FlatFile {
    private(set) var root: ConfigNode
    private let fileOrigin: Origin

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

    /// What the framework does where a file is silent: 512 tokens in, 128 out, sampling, half precision, one prompt.
    static let defaults: ConfigNode = {
        let values: [(String, String)] = [
            ("backend.type", "pytorch"), ("backend.torch_dtype", "float16"), ("scenario.num_samples", "1"),
            ("scenario.max_input_tokens", "512"), ("scenario.generate_kwargs.max_new_tokens", "128"),
            ("scenario.generate_kwargs.temperature", "1.0"), ("scenario.generate_kwargs.top_k", "50"),
            ("scenario.generate_kwargs.do_sample", "true"),
        ]
        return values.reduce(ConfigNode.map([], at: .program)) { root, pair in
            root.setting(
                ConfigNode(.scalar(pair.1, isQuoted: false), at: .program), at: ConfigurationKey.split(pair.0)[...], keyOrigin: .program)
        }
    }()

    init(_ node: ConfigNode, reading: inout Reading) {
        fileOrigin = node.origin
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

    private static let sections = ["batching_options", "sharding_config", "latency_simulation", "decoder_config", "quantization_config"]

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

    private static let known = renamed.keys.sorted() + meaningless.keys.sorted() + ["task_type", "query_rate", "_extends"] + sections

    /// `text_generation` and `text-generation` are one task.
    private mutating func placeTask(_ entry: ConfigNode.Entry) {
        var value = entry.value
        if case .scalar(let text, let isQuoted) = value.content {
            value = ConfigNode(.scalar(text.replacing("_", with: "-"), isQuoted: isQuoted), at: value.origin)
        }
        set("backend.task", value, entry.keyOrigin)
    }

    private mutating func placeRate(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        leaveOut(entry, "a worker answers one batch after the other; for a server the rate is `load.rate`", &reading)
    }

    private mutating func placeBatching(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        for option in options(of: entry, &reading) {
            switch option.key {
            case "batch_size", "batch_size___fixed_batching", "max_batch_size___adaptive_batching":
                // The adaptive kind's limit counts only where the fixed size is not said.
                let isLimit = option.key == "max_batch_size___adaptive_batching"
                if !isLimit || root[["scenario", "input_shapes", "batch_size"]] == nil {
                    set("scenario.input_shapes.batch_size", option.value, option.keyOrigin)
                }
            case "adaptive_batching", "dynamic_batching": set("scenario.dynamic_batching", option.value, option.keyOrigin)
            case "adaptive_max_tokens", "max_batch_tokens":
                guard Self.isOn(entry.value["adaptive_batching"]) || Self.isOn(entry.value["dynamic_batching"]) else {
                    leaveOut(option, "batches are of a fixed size", &reading)
                    continue
                }
                set("scenario.max_batch_tokens", option.value, option.keyOrigin)
            default:
                reportUnknown(
                    option, "`batching_options.\(option.key)`", known: ["batch_size", "dynamic_batching", "max_batch_tokens"], &reading)
            }
        }
    }

    private mutating func placeSharding(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        let strategy = entry.value["strategy"].flatMap(Self.text)?.lowercased() ?? "no_shard"
        let shards = entry.value["num_shards"]
        for option in options(of: entry, &reading) {
            switch (option.key, strategy) {
            case ("strategy", "none"), ("strategy", "no_shard"), ("num_shards", "none"), ("num_shards", "no_shard"): continue
            case ("strategy", "tensor_parallel"), ("strategy", "pipeline_parallel"):
                if let shards { set("backend.\(strategy)", shards, option.keyOrigin) }
            case ("num_shards", "tensor_parallel"), ("num_shards", "pipeline_parallel"): continue
            case ("strategy", "full_shard"), ("strategy", "auto"), ("strategy", "balanced"):
                let map = ConfigNode(.scalar(strategy == "balanced" ? "balanced" : "auto", isQuoted: false), at: option.value.origin)
                set("backend.device_map", map, option.keyOrigin)
            case ("num_shards", _): leaveOut(option, "a model is spread over the devices of gpu_list", &reading)
            case ("strategy", _):
                reading.report(
                    "config.invalid-value", "Invalid sharding strategy: `\(strategy)`", at: option.value.origin,
                    remedy: "known are NO_SHARD, FULL_SHARD, tensor_parallel, pipeline_parallel")
            default: reportUnknown(option, "`sharding_config.\(option.key)`", known: ["strategy", "num_shards"], &reading)
            }
        }
    }

    /// Delays are bare seconds in the old file.
    private mutating func placeDelays(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        for option in options(of: entry, &reading) {
            switch option.key {
            case "enabled", "simulate": set("latency_simulation.enabled", option.value, option.keyOrigin)
            case "delay_min", "delay_max":
                var value = option.value
                if let seconds = Self.text(value).flatMap(Double.init) {
                    value = ConfigNode(.scalar("\(seconds)s", isQuoted: false), at: value.origin)
                }
                set("latency_simulation.\(option.key)", value, option.keyOrigin)
            case "simulate_burst", "burst_interval", "burst_size":
                if option.key == "simulate_burst", Self.isOn(option.value) {
                    reading.report(
                        "config.not-honoured", "`latency_simulation.simulate_burst`: a worker has no bursts", at: option.keyOrigin,
                        remedy: "measure bursts against a server: load.arrival: burst")
                }
            default: reportUnknown(option, "`latency_simulation.\(option.key)`", known: ["enabled", "delay_min", "delay_max"], &reading)
            }
        }
    }

    private mutating func placeDecoder(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        for option in options(of: entry, &reading) {
            let name = option.key.hasPrefix("decoder_") ? String(option.key.dropFirst(8)) : option.key
            switch name {
            case "temperature", "top_k", "top_p", "do_sample", "repetition_penalty":
                set("scenario.generate_kwargs.\(name)", option.value, option.keyOrigin)
            case "decoding_mode": placeMode(option, of: entry, &reading)
            default:
                reportUnknown(
                    option, "`decoder_config.\(option.key)`", known: ["decoding_mode", "temperature", "top_k", "top_p", "do_sample"],
                    &reading)
            }
        }
    }

    private mutating func placeMode(_ option: ConfigNode.Entry, of entry: ConfigNode.Entry, _ reading: inout Reading) {
        func constant(_ text: String) -> ConfigNode { ConfigNode(.scalar(text, isQuoted: false), at: option.value.origin) }
        switch Self.text(option.value) {
        case "greedy":
            for (name, value) in [("do_sample", "false"), ("temperature", "0"), ("top_k", "0")] {
                set("scenario.generate_kwargs.\(name)", constant(value), option.keyOrigin)
            }
        case "top_k", "top_p", "sample", "sampling": set("scenario.generate_kwargs.do_sample", constant("true"), option.keyOrigin)
        case let other:
            reading.report(
                "config.invalid-value", "Invalid decoding mode: `\(other ?? option.value.kind)`", at: option.value.origin,
                remedy: "known are greedy, top_k, top_p")
        }
    }

    private mutating func placeQuantization(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        let isFour = Self.isOn(entry.value["load_in_4bit"])
        let isEight = Self.isOn(entry.value["load_in_8bit"])
        let isOff = entry.value["quantization"].map { !Self.isOn($0) && !$0.isNull } ?? (!isFour && !isEight)
        var kept: [ConfigNode.Entry] = []
        for option in options(of: entry, &reading) {
            switch option.key {
            case "quantization": continue
            case "load_in_4bit", "load_in_8bit": kept.append(option)
            case "bnb_4bit_compute_dtype": if isFour { kept.append(Self.renamed(option, "compute_dtype")) }
            case "bnb_4bit_quant_type": if isFour { kept.append(Self.renamed(option, "quant_type")) }
            case "bnb_4bit_use_double_quant": if isFour { kept.append(Self.renamed(option, "double_quant")) }
            case "cached_flops_for_quantised_models": leaveOut(option, "quantised weights do not reduce FLOPs", &reading)
            default:
                reportUnknown(
                    option, "`quantization_config.\(option.key)`", known: ["quantization", "load_in_4bit", "load_in_8bit"], &reading)
            }
        }
        let value =
            isOff || !(isFour || isEight)
            ? ConfigNode(.scalar("none", isQuoted: false), at: entry.value.origin) : ConfigNode.map(kept, at: entry.value.origin)
        set("backend.quantization", value, entry.keyOrigin)
    }

    // MARK: Parts

    private mutating func set(_ name: String, _ value: ConfigNode, _ keyOrigin: Origin) {
        root = root.setting(value, at: ConfigurationKey.split(name)[...], keyOrigin: keyOrigin)
    }

    private func options(of entry: ConfigNode.Entry, _ reading: inout Reading) -> [ConfigNode.Entry] {
        guard let options = entry.value.entries else {
            if entry.value.content != .unreadable {
                reading.report(
                    "config.wrong-type", "`\(entry.key)` is a section of keys and is \(entry.value.kind)", at: entry.value.origin)
            }
            return []
        }
        return options.filter { !$0.value.isNull }
    }

    private func leaveOut(_ entry: ConfigNode.Entry, _ reason: String, _ reading: inout Reading) {
        reading.warn("config.no-effect", "`\(entry.key)` has no meaning here and is left out: \(reason)", at: entry.keyOrigin)
    }

    private func reportUnknown(_ entry: ConfigNode.Entry, _ name: String, known: [String], _ reading: inout Reading) {
        let guess = Spelling.nearest(to: entry.key, among: known).map { "did you mean `\($0)`? " } ?? ""
        reading.report(
            "config.unknown-key", "unknown key \(name) in a file of the older framework", at: entry.keyOrigin,
            remedy: "\(guess)known are: \(known.joined(separator: ", "))")
    }

    private static func renamed(_ entry: ConfigNode.Entry, _ name: String) -> ConfigNode.Entry {
        ConfigNode.Entry(key: name, keyOrigin: entry.keyOrigin, value: entry.value)
    }

    private static func text(_ node: ConfigNode) -> String? {
        if case .scalar(let text, _) = node.content { text } else { nil }
    }

    private static func isOn(_ node: ConfigNode?) -> Bool {
        node.flatMap(text).map { ["true", "yes", "on"].contains($0.lowercased()) } ?? false
    }
}
