import JouleModel

extension ModelArchitecture {
    /// The families that can be counted, by `model_type`.
    private enum Family: String, CaseIterable {
        case llama, mistral, ministral, mixtral, phi3, smollm3
        case qwen2, qwen2MoE = "qwen2_moe", qwen3, qwen3MoE = "qwen3_moe"
        case gemma, gemma2, gemma3 = "gemma3_text"
        case gptOSS = "gpt_oss"
        case deepSeek2 = "deepseek_v2", deepSeek3 = "deepseek_v3"
        case phi, gpt2, gptNeoX = "gpt_neox", opt
        case bert, roberta, xlmRoberta = "xlm-roberta"
        case t5, mt5, bart

        func read(_ fields: ConfigurationFields) throws(Complaint) -> ModelArchitecture {
            switch self {
            case .llama: try ModelArchitecture.llama(fields)
            case .smollm3: try ModelArchitecture.llama(fields, tiesHead: true)
            case .mistral, .ministral, .mixtral, .phi3: try ModelArchitecture.llama(fields, windows: .everywhere)
            case .qwen2, .qwen2MoE: try ModelArchitecture.llama(fields, windows: .upperLayers, inputBias: true)
            case .qwen3: try ModelArchitecture.llama(fields, windows: .upperLayers, headWidth: 128, normsHeads: true)
            case .qwen3MoE: try ModelArchitecture.llama(fields, windows: .upperLayers, normsHeads: true)
            case .gemma: try ModelArchitecture.llama(fields, headWidth: 256, tiesHead: true)
            case .gemma2: try ModelArchitecture.llama(fields, windows: .everyOther, headWidth: 256, norms: 4, tiesHead: true)
            case .gemma3:
                try ModelArchitecture.llama(
                    fields, windows: .allButEvery(6), headWidth: 256, norms: 4, normsHeads: true, tiesHead: true)
            case .gptOSS:
                try ModelArchitecture.llama(
                    fields, windows: .everyOther, headWidth: 64, inputBias: true, outputBias: true, hasSinks: true, expertBias: true)
            case .deepSeek2, .deepSeek3: try ModelArchitecture.deepSeek(fields)
            case .phi: try ModelArchitecture.phi(fields)
            case .gpt2: try ModelArchitecture.gpt2(fields)
            case .gptNeoX: try ModelArchitecture.gptNeoX(fields)
            case .opt: try ModelArchitecture.opt(fields)
            case .bert, .roberta, .xlmRoberta: try ModelArchitecture.bert(fields)
            case .t5, .mt5: try ModelArchitecture.t5(fields)
            case .bart: try ModelArchitecture.bart(fields)
            }
        }
    }

    /// Names under which families stand that differ in nothing that counts, or in what is not text.
    private static let aliases = [
        "gemma3": "gemma3_text", "mistral3": "mistral", "deepseek_v32": "deepseek_v3", "kimi_k2": "deepseek_v3", "umt5": "t5",
    ]

    /// What a model's `config.json` says, of a model that is also image or sound its text part.
    ///
    /// - Returns: why there is no count where the family is not known or a length is missing.
    package static func read(_ configuration: JSONValue) -> Reading<ModelArchitecture> {
        guard case .object(let members) = configuration else { return .absent(reason: "its configuration is no JSON object") }
        guard let outer = members["model_type"]?.text else {
            return .absent(reason: "its configuration has no `model_type`")
        }
        var values = configuration
        var notes: [String] = []
        var type = outer
        if case .object(var inner)? = members["text_config"] {
            // What the parts share stands outside.
            for key in ["tie_word_embeddings", "torch_dtype", "dtype"] where inner[key] == nil { inner[key] = members[key] }
            values = .object(inner)
            type = inner["model_type"]?.text ?? outer
            notes.append("only the text part of the model is counted")
        }
        guard let family = Family(rawValue: aliases[type] ?? type) else {
            let known = Family.allCases.map(\.rawValue).joined(separator: ", ")
            return .absent(reason: "models of the type `\(type)` cannot be counted; those that can are \(known)")
        }
        if family == .gemma3 { values = withGemma3Defaults(values) }
        do throws(ConfigurationFields.Complaint) {
            var model = try family.read(ConfigurationFields(values, modelType: type))
            model.dtype = (values["dtype"] ?? values["torch_dtype"])?.text
            model.notes += notes
            return .value(model)
        } catch {
            return .absent(reason: error.reason)
        }
    }

    /// The published files of Gemma 3 leave out what is as in the library's `Gemma3TextConfig`.
    private static func withGemma3Defaults(_ values: JSONValue) -> JSONValue {
        guard case .object(var members) = values else { return values }
        for (key, value) in [
            ("vocab_size", 262_208), ("num_attention_heads", 8), ("num_key_value_heads", 4), ("sliding_window", 4_096),
        ] as [(String, Int64)] where members[key] == nil { members[key] = .integer(value) }
        return .object(members)
    }
}

/// Which layers look back over a window alone, where the configuration has no list of them.
enum WindowPattern: Sendable {
    case nowhere, everywhere
    /// From `max_window_layers` on, and only where `use_sliding_window` says so (Qwen).
    case upperLayers
    /// The first, the third, … (Gemma 2, gpt-oss).
    case everyOther
    /// All but each n-th, unless `sliding_window_pattern` says another n (Gemma 3).
    case allButEvery(Int)

    /// The window of each layer, nil where it looks back to the beginning.
    func windows(
        _ fields: ConfigurationFields, layers: Int
    ) throws(ConfigurationFields.Complaint) -> [Double?] {
        guard let window = fields.optional("sliding_window"), window > 0 else { return Array(repeating: nil, count: layers) }
        if case .upperLayers = self, !fields.flag("use_sliding_window", or: false) { return Array(repeating: nil, count: layers) }
        if let types = fields.texts("layer_types"), types.count == layers {
            var windows: [Double?] = []
            for type in types {
                switch type {
                case "full_attention": windows.append(nil)
                case "sliding_attention": windows.append(window)
                default: throw .init(reason: "layers of the type `\(type)` cannot be counted")
                }
            }
            return windows
        }
        return (0..<layers).map { layer in
            switch self {
            case .nowhere: nil
            case .everywhere: window
            case .upperLayers: Double(layer) >= fields.optional("max_window_layers") ?? 28 ? window : nil
            case .everyOther: layer % 2 == 0 ? window : nil
            case .allButEvery(let step):
                (layer + 1) % max(Int(fields.optional("sliding_window_pattern", "_sliding_window_pattern") ?? Double(step)), 1) == 0
                    ? nil : window
            }
        }
    }
}
