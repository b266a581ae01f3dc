import JouleModel

/// In which formats a run kept its weights and computed.
struct RunPrecision: Hashable, Sendable {
    /// Of the weights, which is what a model's name says.
    let weights: Precision
    /// Of the arithmetic: kernels unpack weights of few bits unless the activations have as few.
    let arithmetic: Precision
    /// Of the cache: as long as nobody says otherwise, the wide type that the model was made with.
    let cacheBytes: Double

    /// - Returns: nil where neither worker nor configuration names a type.
    init?(_ recording: Recording) {
        let configuration = recording.modelConfiguration?.config
        let named =
            recording.process?.dtype ?? configuration?["dtype"]?.text ?? configuration?["torch_dtype"]?.text
            ?? configuration?["text_config"]?["dtype"]?.text ?? configuration?["text_config"]?["torch_dtype"]?.text
        let asked = recording.experiment.backend.torchDtype
        let quantization = configuration?["quantization_config"]
        // gpt-oss names no type beside its quantisation; engines compute in bfloat16.
        let fallback = quantization?["quant_method"]?.text == "mxfp4" ? "bfloat16" : nil
        guard let wide = (asked == .auto ? named ?? fallback : asked.rawValue).flatMap(Precision.init(named:)) else { return nil }
        cacheBytes = wide.bytes
        if let loaded = recording.experiment.backend.quantization {
            weights = loaded.bits == 4 ? .int4 : .int8
            arithmetic = wide
            return
        }
        switch quantization?["quant_method"]?.text {
        case "fp8", "fbgemm_fp8": (weights, arithmetic) = (.fp8, .fp8)
        case "mxfp4": (weights, arithmetic) = (.mxfp4, wide)
        case "awq", "gptq", "bitsandbytes":
            let bits = (quantization?["bits"] ?? quantization?["w_bit"])?.number ?? (quantization?["load_in_8bit"] == .bool(true) ? 8 : 4)
            (weights, arithmetic) = (bits > 4 ? .int8 : .int4, wide)
        case "compressed-tensors":
            let groups = quantization?["config_groups"]
            var group: JSONValue?
            if case .object(let members)? = groups { group = members.sorted { $0.key < $1.key }.first?.value }
            let isFloat = group?["weights"]?["type"]?.text == "float"
            let isNarrow = (group?["weights"]?["num_bits"]?.number ?? 8) <= 4
            weights = isNarrow ? .int4 : isFloat ? .fp8 : .int8
            let hasNarrowActivations = (group?["input_activations"]?["num_bits"]?.number ?? 16) == 8
            arithmetic = hasNarrowActivations ? (isFloat ? .fp8 : .int8) : wide
        default: (weights, arithmetic) = (wide, wide)
        }
    }
}
