import JouleModel
import JouleUnits

extension ModelArchitecture {
    /// Bytes of all weights as they lie in memory.
    package func weightBytes(_ width: WeightWidth) -> Double {
        bytes(width) { $0.count }
            + (embeddingParameters + outerParameters + outerProjections.parameters + (tiesHead ? 0 : head?.parameters ?? 0)) * width.other
    }

    /// Bytes of weights that one decoding step reads for a batch: tables are looked up and not read, and of the experts only those that a
    /// token is sent to. With tokens spread evenly over E experts, k for each, a batch of B is expected to touch E·(1 − (1 − k/E)^B).
    package func stepWeightBytes(_ width: WeightWidth, batch: Double) -> Double {
        bytes(width, layers: layers) { experts in
            guard experts.count > 0 else { return 0 }
            return experts.count * (1 - power(1 - min(experts.active / experts.count, 1), max(batch, 1)))
        } + ((head?.parameters ?? 0) + outerProjections.parameters) * width.other
    }

    /// Elements of keys and values that the cache keeps for each token, over all layers.
    package var cacheElementsPerToken: Double { layers.reduce(0) { $0 + $1.attention.cacheElements } }

    /// Elements of keys and values that one step reads at a context of so many tokens.
    package func stepCacheElements(context: Double, encoderTokens: Double = 0) -> Double {
        layers.reduce(0) { sum, layer in
            let own = layer.attention.cacheElements * min(context, layer.attention.window ?? context)
            return sum + own + (layer.crossAttention.map { $0.cacheElements * encoderTokens } ?? 0)
        }
    }

    private func bytes(
        _ width: WeightWidth, layers: [Layer]? = nil, expertsRead: ((count: Double, active: Double)) -> Double
    ) -> Double {
        (layers ?? encoderLayers + self.layers).reduce(0) { sum, layer in
            let attention = layer.attention
            let cross = layer.crossAttention
            let matrices = attention.projections.parameters + (cross?.projections.parameters ?? 0)
            // Of the cross attention's own keys and values nothing is read after the prompt; they weigh little in either case.
            let others = attention.extraParameters + (cross?.extraParameters ?? 0) + layer.normParameters
            let crossed = layers == nil ? (cross?.encoderProjections.parameters ?? 0) * width.projection : 0
            let feedForward =
                switch layer.feedForward {
                case .dense(let dense): dense.parameters * width.projection
                case .experts(let router, let expert, let count, let active, let shared):
                    // Routers stay in the checkpoint's own type.
                    router.parameters * width.other + expert.parameters * expertsRead((count, active)) * width.expert
                        + shared.parameters * width.projection
                }
            return sum + matrices * width.projection + others * width.other + crossed + feedForward
        }
    }
}

/// x to the power of y for x from 0 to 1, by squaring over the whole part and linearly between.
private func power(_ base: Double, _ exponent: Double) -> Double {
    var result = 1.0
    var square = base
    var rest = Int(min(exponent, 1e9))
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    let fraction = exponent.rounded(.down) == exponent ? 0 : exponent - exponent.rounded(.down)
    return result * (1 - fraction * (1 - base))
}

/// Bytes that one weight takes, by where it stands, the scales of quantised groups included.
package struct WeightWidth: Hashable, Sendable {
    /// Matrices of attention and feed-forward.
    package var projection: Double
    /// Matrices of experts.
    package var expert: Double
    /// Embeddings, head, norms and routers, which quantisation leaves alone.
    package var other: Double

    package init(all bytes: Double) {
        projection = bytes
        expert = bytes
        other = bytes
    }

    /// - Parameters:
    ///   - precision: the type in which the run computes.
    ///   - configuration: the model's `config.json`, whose `quantization_config` says how its weights are kept.
    ///   - loaded: what the run itself quantised to while loading.
    /// - Returns: why it is not known where the way of quantising is not.
    package static func read(precision: Precision, configuration: JSONValue?, loaded: Quantization?) -> Reading<WeightWidth> {
        var width = WeightWidth(all: precision.isSixteenBitOrWider ? precision.bytes : Precision.bfloat16.bytes)
        if !precision.isSixteenBitOrWider {
            if precision == .mxfp4 {
                width.expert = precision.bytes
            } else {
                width.projection = precision.bytes
                width.expert = precision.bytes
            }
        }
        if let loaded {
            // bitsandbytes: four bits and a 32-bit scale for each 64 weights, or with scales quantised themselves 0.127 bits.
            let bits = loaded.bits == 4 ? 4 + (loaded.doubleQuantization ? 0.127 : 0.5) : Double(loaded.bits)
            width.projection = bits / 8
            width.expert = bits / 8
            return .value(width)
        }
        guard let given = configuration?["quantization_config"], case .object = given else { return .value(width) }
        guard let method = given["quant_method"]?.text ?? (given["load_in_4bit"] != nil ? "bitsandbytes" : nil) else {
            return .absent(reason: "the configuration does not name its `quant_method`")
        }
        guard let bits = storedBits(method, given) else {
            return .absent(reason: "how many bits the quantisation `\(method)` keeps is not known")
        }
        width.expert = bits / 8
        if method != "mxfp4" { width.projection = bits / 8 }
        return .value(width)
    }

    private static func storedBits(_ method: String, _ given: JSONValue) -> Double? {
        switch method {
        case "fp8", "fbgemm_fp8": return 8
        case "mxfp4":
            // OCP Microscaling Formats 1.0: four bits each and a shared exponent of eight for 32 of them.
            return 4.25
        case "bitsandbytes": return given["load_in_4bit"] == .bool(true) ? 4.5 : 8
        case "awq", "gptq":
            guard let bits = (given["bits"] ?? given["w_bit"])?.number else { return nil }
            let group = (given["group_size"] ?? given["q_group_size"])?.number ?? 128
            // A 16-bit scale and a zero point for each group.
            return group > 0 ? bits + (16 + bits) / group : bits
        case "compressed-tensors":
            guard case .object(let groups)? = given["config_groups"],
                let weights = groups.sorted(by: { $0.key < $1.key }).first?.value["weights"],
                let bits = weights["num_bits"]?.number
            else { return nil }
            let group = weights["group_size"]?.number
            return bits + (group.map { $0 > 0 ? 16 / $0 : 0 } ?? 0)
        default: return nil
        }
    }
}
