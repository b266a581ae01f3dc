/// Decoders of the Llama kind: rotary positions, root-mean-square norms, a gated feed-forward.
extension ModelArchitecture {
    typealias Complaint = ConfigurationFields.Complaint

    /// - Parameters:
    ///   - windows: which layers look back over `sliding_window` alone.
    ///   - headWidth: of a head, where the configuration does not say it; nil divides the hidden width by the heads.
    ///   - inputBias: of the projections to queries, keys and values. A configuration's `attention_bias` sets this and the next.
    ///   - norms: of the hidden width, in each layer.
    ///   - normsHeads: whether queries and keys have norms of their own.
    ///   - hasSinks: whether each head has a learnt sink.
    static func llama(
        _ fields: ConfigurationFields, windows: WindowPattern = .nowhere, headWidth: Double? = nil, inputBias: Bool = false,
        outputBias: Bool = false, norms: Double = 2, normsHeads: Bool = false, hasSinks: Bool = false, expertBias: Bool = false,
        tiesHead: Bool = false
    ) throws(Complaint) -> ModelArchitecture {
        let hidden = try fields.count("hidden_size")
        let heads = try fields.count("num_attention_heads")
        let pairs = try fields.count("num_key_value_heads", or: heads)
        let width = try fields.count("head_dim", or: headWidth ?? (hidden / heads).rounded(.down))
        let count = try fields.layers("num_hidden_layers")
        let vocabulary = try fields.count("vocab_size")
        let bias = fields.flag("attention_bias", or: false)
        let window = try windows.windows(fields, layers: count)
        var layers: [Layer] = []
        for index in 0..<count {
            let attention = Attention(
                projections: [
                    Projection(hidden, heads * width, bias: bias || inputBias), Projection(hidden, pairs * width, bias: bias || inputBias),
                    Projection(hidden, pairs * width, bias: bias || inputBias), Projection(heads * width, hidden, bias: bias || outputBias),
                ],
                heads: heads, keyWidth: width, valueWidth: width, window: window[index], cacheElements: 2 * pairs * width,
                extraParameters: (normsHeads ? 2 * width : 0) + (hasSinks ? heads : 0))
            layers.append(
                Layer(
                    attention: attention, feedForward: try feedForward(fields, hidden: hidden, layer: index, expertBias: expertBias),
                    normParameters: norms * hidden))
        }
        return ModelArchitecture(
            modelType: fields.modelType, kind: .decoder, layers: layers, embeddingParameters: vocabulary * hidden,
            head: Projection(hidden, vocabulary), tiesHead: fields.flag("tie_word_embeddings", or: tiesHead), outerParameters: hidden)
    }

    private static func feedForward(
        _ fields: ConfigurationFields, hidden: Double, layer: Int, expertBias: Bool
    ) throws(Complaint) -> FeedForward {
        let count = fields.optional("num_local_experts", "num_experts") ?? 0
        let step = max(fields.optional("decoder_sparse_step") ?? 1, 1)
        let isSparse = count > 0 && !fields.numbers("mlp_only_layers").contains(Double(layer)) && (layer + 1) % Int(step) == 0
        guard isSparse else {
            return .dense(gated(hidden, try fields.count("intermediate_size"), bias: fields.flag("mlp_bias", or: false)))
        }
        let active = try fields.count("num_experts_per_tok", "experts_per_token")
        let inner = try fields.count("moe_intermediate_size", "intermediate_size")
        var shared: [Projection] = []
        if let width = fields.optional("shared_expert_intermediate_size"), width > 0 {
            // With the gate that weighs it.
            shared = gated(hidden, width) + [Projection(hidden, 1)]
        }
        return .experts(
            router: [Projection(hidden, count, bias: expertBias)], expert: gated(hidden, inner, bias: expertBias), count: count,
            active: min(active, count), shared: shared)
    }

    /// Gate, up and down.
    static func gated(_ hidden: Double, _ inner: Double, bias: Bool = false) -> [Projection] {
        [Projection(hidden, inner, bias: bias), Projection(hidden, inner, bias: bias), Projection(inner, hidden, bias: bias)]
    }

    /// Multi-head latent attention and finely cut experts (DeepSeek-AI, "DeepSeek-V2", 2024, arXiv:2405.04434).
    ///
    /// Keys and values are unfolded from their latent vector once for each new token, as the paper writes it down; engines that fold that
    /// matrix into the queries do other work for the same result. The cache holds the latent vector and the rotary key.
    static func deepSeek(_ fields: ConfigurationFields) throws(Complaint) -> ModelArchitecture {
        let hidden = try fields.count("hidden_size")
        let heads = try fields.count("num_attention_heads")
        let plain = try fields.count("qk_nope_head_dim")
        let rotary = try fields.count("qk_rope_head_dim")
        let valueWidth = try fields.count("v_head_dim")
        let latent = try fields.count("kv_lora_rank")
        let vocabulary = try fields.count("vocab_size")
        let bias = fields.flag("attention_bias", or: false)
        let keyWidth = plain + rotary
        let queryRank = fields.optional("q_lora_rank") ?? 0
        let queries =
            queryRank > 0
            ? [Projection(hidden, queryRank, bias: bias), Projection(queryRank, heads * keyWidth)] : [Projection(hidden, heads * keyWidth)]
        let attention = Attention(
            projections: queries + [
                Projection(hidden, latent + rotary, bias: bias), Projection(latent, heads * (plain + valueWidth)),
                Projection(heads * valueWidth, hidden, bias: bias),
            ],
            heads: heads, keyWidth: keyWidth, valueWidth: valueWidth, window: nil, cacheElements: latent + rotary,
            extraParameters: latent + queryRank)
        let experts = fields.optional("n_routed_experts") ?? 0
        let firstSparse = fields.optional("first_k_dense_replace") ?? 0
        let every = max(Int(fields.optional("moe_layer_freq") ?? 1), 1)
        var layers: [Layer] = []
        for index in 0..<(try fields.layers("num_hidden_layers")) {
            let feedForward: FeedForward
            if experts > 0, Double(index) >= firstSparse, index % every == 0 {
                let inner = try fields.count("moe_intermediate_size")
                let shared = fields.optional("n_shared_experts") ?? 0
                feedForward = .experts(
                    router: [Projection(hidden, experts)], expert: gated(hidden, inner), count: experts,
                    active: min(try fields.count("num_experts_per_tok"), experts), shared: shared > 0 ? gated(hidden, inner * shared) : [])
            } else {
                feedForward = .dense(gated(hidden, try fields.count("intermediate_size")))
            }
            layers.append(Layer(attention: attention, feedForward: feedForward, normParameters: 2 * hidden))
        }
        return ModelArchitecture(
            modelType: fields.modelType, kind: .decoder, layers: layers, embeddingParameters: vocabulary * hidden,
            head: Projection(hidden, vocabulary), tiesHead: fields.flag("tie_word_embeddings", or: false), outerParameters: hidden)
    }

    // MARK: Decoders with plain feed-forwards

    /// Attention over all heads with a bias everywhere, as it was before grouped queries.
    static func plainAttention(
        _ hidden: Double, heads: Double, pairs: Double? = nil, bias: Bool = true, window: Double? = nil
    ) -> Attention {
        let width = (hidden / heads).rounded(.down)
        let ofPairs = (pairs ?? heads) * width
        return Attention(
            projections: [
                Projection(hidden, heads * width, bias: bias), Projection(hidden, ofPairs, bias: bias),
                Projection(hidden, ofPairs, bias: bias), Projection(heads * width, hidden, bias: bias),
            ],
            heads: heads, keyWidth: width, valueWidth: width, window: window, cacheElements: 2 * ofPairs)
    }

    /// Up and down.
    static func plain(_ hidden: Double, _ inner: Double, bias: Bool = true) -> FeedForward {
        .dense([Projection(hidden, inner, bias: bias), Projection(inner, hidden, bias: bias)])
    }

    static func phi(_ fields: ConfigurationFields) throws(Complaint) -> ModelArchitecture {
        let hidden = try fields.count("hidden_size")
        let heads = try fields.count("num_attention_heads")
        let vocabulary = try fields.count("vocab_size")
        let layer = Layer(
            attention: plainAttention(hidden, heads: heads, pairs: try fields.count("num_key_value_heads", or: heads)),
            // One norm, since attention and feed-forward stand beside each other.
            feedForward: plain(hidden, try fields.count("intermediate_size")), normParameters: 2 * hidden)
        return ModelArchitecture(
            modelType: fields.modelType, kind: .decoder,
            layers: Array(repeating: layer, count: try fields.layers("num_hidden_layers")), embeddingParameters: vocabulary * hidden,
            head: Projection(hidden, vocabulary, bias: true), tiesHead: fields.flag("tie_word_embeddings", or: false),
            outerParameters: 2 * hidden)
    }

    static func gpt2(_ fields: ConfigurationFields) throws(Complaint) -> ModelArchitecture {
        let hidden = try fields.count("n_embd", or: 768)
        let vocabulary = try fields.count("vocab_size", or: 50_257)
        let layer = Layer(
            attention: plainAttention(hidden, heads: try fields.count("n_head", or: 12)),
            feedForward: plain(hidden, try fields.count("n_inner", or: 4 * hidden)), normParameters: 4 * hidden)
        return ModelArchitecture(
            modelType: fields.modelType, kind: .decoder, layers: Array(repeating: layer, count: try fields.layers("n_layer", or: 12)),
            embeddingParameters: (vocabulary + (try fields.count("n_positions", "n_ctx", or: 1_024))) * hidden,
            head: Projection(hidden, vocabulary), tiesHead: fields.flag("tie_word_embeddings", or: true), outerParameters: 2 * hidden)
    }

    static func gptNeoX(_ fields: ConfigurationFields) throws(Complaint) -> ModelArchitecture {
        let hidden = try fields.count("hidden_size")
        let vocabulary = try fields.count("vocab_size")
        let layer = Layer(
            attention: plainAttention(
                hidden, heads: try fields.count("num_attention_heads"), bias: fields.flag("attention_bias", or: true)),
            feedForward: plain(hidden, try fields.count("intermediate_size")), normParameters: 4 * hidden)
        return ModelArchitecture(
            modelType: fields.modelType, kind: .decoder,
            layers: Array(repeating: layer, count: try fields.layers("num_hidden_layers")), embeddingParameters: vocabulary * hidden,
            head: Projection(hidden, vocabulary), tiesHead: fields.flag("tie_word_embeddings", or: false), outerParameters: 2 * hidden)
    }

    static func opt(_ fields: ConfigurationFields) throws(Complaint) -> ModelArchitecture {
        let hidden = try fields.count("hidden_size")
        let outer = try fields.count("word_embed_proj_dim", or: hidden)
        let vocabulary = try fields.count("vocab_size")
        let bias = fields.flag("enable_bias", or: true)
        let layer = Layer(
            attention: plainAttention(hidden, heads: try fields.count("num_attention_heads"), bias: bias),
            feedForward: plain(hidden, try fields.count("ffn_dim"), bias: bias), normParameters: 4 * hidden)
        let hasFinalNorm = fields.flag("do_layer_norm_before", or: true) && !fields.flag("_remove_final_layer_norm", or: false)
        return ModelArchitecture(
            modelType: fields.modelType, kind: .decoder,
            layers: Array(repeating: layer, count: try fields.layers("num_hidden_layers")),
            outerProjections: outer == hidden ? [] : [Projection(outer, hidden), Projection(hidden, outer)],
            // Positions begin after two that are reserved.
            embeddingParameters: vocabulary * outer + (try fields.count("max_position_embeddings") + 2) * hidden,
            head: Projection(outer, vocabulary), tiesHead: fields.flag("tie_word_embeddings", or: true),
            outerParameters: hasFinalNorm ? 2 * hidden : 0)
    }
}
