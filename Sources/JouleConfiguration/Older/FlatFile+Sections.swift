import JouleModel

/// The keys of a flat file that hold further ones.
extension FlatFile {
    /// Older and newer names of the options of each section; `decoder_config` may also prefix all of its own.
    static let sections: [String: [String: String]] = [
        "batching_options": [
            "batch_size___fixed_batching": "batch_size", "adaptive_batching": "dynamic_batching", "adaptive_max_tokens": "max_batch_tokens",
        ],
        "sharding_config": [:],
        "latency_simulation": ["simulate": "enabled"],
        "decoder_config": Dictionary(
            uniqueKeysWithValues: ["temperature", "top_k", "top_p", "do_sample", "repetition_penalty"].map { ("decoder_\($0)", $0) }),
        "quantization_config": [:],
    ]

    /// One file with one name for each option, so that files can be laid over each other. Two names of one option are reported, and so is a
    /// section that is none.
    static func canonical(_ node: ConfigNode, reading: inout Reading) -> ConfigNode {
        var kept: [ConfigNode.Entry] = []
        for entry in node.entries ?? [] {
            guard let names = sections[entry.key], !entry.value.isNull else {
                kept.append(entry)
                continue
            }
            guard let options = entry.value.entries else {
                if entry.value.content != .unreadable {
                    reading.report(
                        "config.wrong-type", "`\(entry.key)` is a section of keys and is \(entry.value.kind)", at: entry.value.origin)
                }
                continue
            }
            var seen: [String: String] = [:]
            var section: [ConfigNode.Entry] = []
            for option in options {
                let name = names[option.key] ?? option.key
                if let first = seen[name] {
                    reading.report(
                        "config.duplicate-key", "`\(entry.key).\(option.key)` and `\(first)` are two names of one key",
                        at: option.keyOrigin, remedy: "keep one of the two")
                    continue
                }
                seen[name] = option.key
                section.append(ConfigNode.Entry(key: name, keyOrigin: option.keyOrigin, value: option.value))
            }
            kept.append(ConfigNode.Entry(key: entry.key, keyOrigin: entry.keyOrigin, value: .map(section, at: entry.value.origin)))
        }
        return .map(kept, at: node.origin)
    }

    private func options(of entry: ConfigNode.Entry) -> [ConfigNode.Entry] { (entry.value.entries ?? []).filter { !$0.value.isNull } }

    /// What a switch of a section says; nil where it is not there, or is no switch, which is reported.
    private func flag(_ name: String, of entry: ConfigNode.Entry, _ reading: inout Reading) -> Bool? {
        guard let node = entry.value[name], !node.isNull else { return nil }
        return Shape<Bool>.flag.decode(Setting(path: "\(entry.key).\(name)", node: node), &reading)
    }

    private static func plain(_ text: String, at origin: Origin) -> ConfigNode { ConfigNode(.scalar(text, isQuoted: false), at: origin) }

    private static func text(_ node: ConfigNode) -> String? {
        if case .scalar(let text, _) = node.content { text } else { nil }
    }

    mutating func placeBatching(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        let limit = "max_batch_size___adaptive_batching"
        let isAdaptive = flag("dynamic_batching", of: entry, &reading) ?? false
        let hasLimit = entry.value[limit].map { !$0.isNull } ?? false
        let size = "scenario.input_shapes.batch_size"
        for option in options(of: entry) {
            switch option.key {
            case "batch_size" where isAdaptive && hasLimit: leaveOut(option, "batches grow with their tokens, up to \(limit)", &reading)
            case "batch_size": set(size, option.value, option.keyOrigin)
            case limit where isAdaptive: set(size, option.value, option.keyOrigin)
            case "dynamic_batching": set("scenario.dynamic_batching", option.value, option.keyOrigin)
            case "max_batch_tokens" where isAdaptive: set("scenario.max_batch_tokens", option.value, option.keyOrigin)
            case limit, "max_batch_tokens": leaveOut(option, "batches are of a fixed size", &reading)
            default:
                reportUnknown(
                    option, "`batching_options.\(option.key)`", known: ["batch_size", "dynamic_batching", "max_batch_tokens"], &reading)
            }
        }
    }

    mutating func placeSharding(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        var strategy = "no_shard"
        let named = entry.value["strategy"].flatMap { $0.isNull ? nil : $0 }
        if let named {
            guard let text = Shape<String>.text().decode(Setting(path: "sharding_config.strategy", node: named), &reading) else { return }
            strategy = text.lowercased()
        }
        for option in options(of: entry) {
            switch (option.key, strategy) {
            case ("strategy", "none"), ("strategy", "no_shard"): continue
            case ("num_shards", "none"), ("num_shards", "no_shard"):
                if Self.text(option.value) != "1" { leaveOut(option, "no strategy says how to split the model", &reading) }
            case ("strategy", "tensor_parallel"), ("strategy", "pipeline_parallel"):
                placeShards(option, as: strategy, entry.value["num_shards"], &reading)
            case ("num_shards", "tensor_parallel"), ("num_shards", "pipeline_parallel"): continue
            case ("strategy", "full_shard"), ("strategy", "auto"), ("strategy", "balanced"):
                let map = strategy == "balanced" ? strategy : "auto"
                set("backend.device_map", Self.plain(map, at: option.value.origin), option.keyOrigin)
            case ("num_shards", _): leaveOut(option, "a model is spread over the devices of gpu_list", &reading)
            case ("strategy", _):
                reading.report(
                    "config.invalid-value", "Invalid sharding strategy: `\(strategy)`", at: option.value.origin,
                    remedy: "known are NO_SHARD, FULL_SHARD, tensor_parallel, pipeline_parallel")
            default: reportUnknown(option, "`sharding_config.\(option.key)`", known: ["strategy", "num_shards"], &reading)
            }
        }
    }

    /// As many shards as the file says, or as it names devices.
    private mutating func placeShards(_ option: ConfigNode.Entry, as strategy: String, _ shards: ConfigNode?, _ reading: inout Reading) {
        if let shards, !shards.isNull {
            set("backend.\(strategy)", shards, option.keyOrigin)
        } else if let deviceCount {
            set("backend.\(strategy)", Self.plain("\(deviceCount)", at: option.value.origin), option.keyOrigin)
        } else {
            reading.report(
                "config.missing-key", "`sharding_config.strategy` is \(strategy), and nothing says over how many devices",
                at: option.value.origin, remedy: "add sharding_config.num_shards, or gpu_list")
        }
    }

    /// Delays are bare seconds in the old file.
    mutating func placeDelays(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        let bursts = flag("simulate_burst", of: entry, &reading) ?? false
        for option in options(of: entry) {
            switch option.key {
            case "enabled": set("latency_simulation.enabled", option.value, option.keyOrigin)
            case "delay_min", "delay_max":
                var value = option.value
                if let seconds = Self.text(value).flatMap(Double.init) { value = Self.plain("\(seconds)s", at: value.origin) }
                set("latency_simulation.\(option.key)", value, option.keyOrigin)
            case "simulate_burst":
                guard bursts else { continue }
                reading.report(
                    "config.not-honoured", "`latency_simulation.simulate_burst`: a worker has no bursts", at: option.keyOrigin,
                    remedy: "measure bursts against a server: load.arrival: burst")
            case "burst_interval", "burst_size": if !bursts { leaveOut(option, "there are no bursts", &reading) }
            default: reportUnknown(option, "`latency_simulation.\(option.key)`", known: ["enabled", "delay_min", "delay_max"], &reading)
            }
        }
    }

    /// The mode first: what the file says besides is said about it.
    mutating func placeDecoder(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        let options = options(of: entry)
        let mode = options.first { $0.key == "decoding_mode" }
        let isGreedy = mode.flatMap { Self.text($0.value) } == "greedy"
        if let mode { placeMode(mode, &reading) }
        for option in options {
            switch option.key {
            case "decoding_mode": continue
            case "temperature", "top_k", "top_p", "do_sample":
                guard isGreedy else {
                    set("scenario.generate_kwargs.\(option.key)", option.value, option.keyOrigin)
                    continue
                }
                let asksForNothing = ["0", "0.0", "false"].contains(Self.text(option.value)?.lowercased() ?? "")
                if !asksForNothing { leaveOut(option, "greedy decoding draws nothing", &reading) }
            case "repetition_penalty": set("scenario.generate_kwargs.repetition_penalty", option.value, option.keyOrigin)
            default:
                reportUnknown(
                    option, "`decoder_config.\(option.key)`", known: ["decoding_mode", "temperature", "top_k", "top_p", "do_sample"],
                    &reading)
            }
        }
    }

    private mutating func placeMode(_ option: ConfigNode.Entry, _ reading: inout Reading) {
        let origin = option.value.origin
        switch Self.text(option.value) {
        case "greedy":
            for (name, value) in [("do_sample", "false"), ("temperature", "0"), ("top_k", "0")] {
                set("scenario.generate_kwargs.\(name)", Self.plain(value, at: origin), option.keyOrigin)
            }
        case "top_k", "top_p", "sample", "sampling":
            set("scenario.generate_kwargs.do_sample", Self.plain("true", at: origin), option.keyOrigin)
        case let other:
            reading.report(
                "config.invalid-value", "Invalid decoding mode: `\(other ?? option.value.kind)`", at: origin,
                remedy: "known are greedy, top_k, top_p")
        }
    }

    mutating func placeQuantization(_ entry: ConfigNode.Entry, _ reading: inout Reading) {
        let before = reading.failures.count
        let isMeant = flag("quantization", of: entry, &reading)
        let isFour = flag("load_in_4bit", of: entry, &reading) ?? false
        let isEight = flag("load_in_8bit", of: entry, &reading) ?? false
        let isOn = isMeant != false && (isFour || isEight)
        var kept: [ConfigNode.Entry] = []
        for option in options(of: entry) {
            switch option.key {
            case "quantization": continue
            case "load_in_4bit", "load_in_8bit":
                if isOn {
                    kept.append(option)
                } else if isFour || isEight, Self.text(option.value)?.lowercased() != "false" {
                    leaveOut(option, "`quantization` is false", &reading)
                }
            case "bnb_4bit_compute_dtype", "bnb_4bit_quant_type", "bnb_4bit_use_double_quant":
                if isOn, isFour {
                    let names = ["bnb_4bit_compute_dtype": "compute_dtype", "bnb_4bit_quant_type": "quant_type"]
                    kept.append(
                        ConfigNode.Entry(key: names[option.key] ?? "double_quant", keyOrigin: option.keyOrigin, value: option.value))
                } else {
                    leaveOut(option, "weights are not loaded in 4 bits", &reading)
                }
            case "cached_flops_for_quantised_models": leaveOut(option, "quantised weights do not reduce FLOPs", &reading)
            default:
                reportUnknown(
                    option, "`quantization_config.\(option.key)`", known: ["quantization", "load_in_4bit", "load_in_8bit"], &reading)
            }
        }
        if isMeant == true, !isOn, reading.failures.count == before {
            reading.report(
                "config.invalid-value", "`quantization_config.quantization` is true, and neither load_in_4bit nor load_in_8bit is",
                at: entry.value["quantization"]?.origin, remedy: "set one of the two, or quantization: false")
        }
        let origin = entry.value.origin
        set("backend.quantization", isOn ? .map(kept, at: origin) : Self.plain("none", at: origin), entry.keyOrigin)
    }
}
