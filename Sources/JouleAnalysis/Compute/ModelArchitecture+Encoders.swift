/// Encoders, and models that have one beside their decoder.
extension ModelArchitecture {
    /// The model without what is put on top of it for a task (pooler, heads).
    static func bert(_ fields: ConfigurationFields) throws(Complaint) -> ModelArchitecture {
        let hidden = try fields.count("hidden_size")
        let tables =
            try fields.count("vocab_size") + fields.count("max_position_embeddings", or: 512) + fields.count("type_vocab_size", or: 2)
        let layer = Layer(
            attention: plainAttention(hidden, heads: try fields.count("num_attention_heads")),
            feedForward: plain(hidden, try fields.count("intermediate_size")), normParameters: 4 * hidden)
        return ModelArchitecture(
            modelType: fields.modelType, kind: .encoder,
            layers: Array(repeating: layer, count: try fields.layers("num_hidden_layers")), embeddingParameters: tables * hidden,
            head: nil, tiesHead: true, outerParameters: 2 * hidden)
    }

    static func t5(_ fields: ConfigurationFields) throws(Complaint) -> ModelArchitecture {
        let hidden = try fields.count("d_model")
        let width = try fields.count("d_kv")
        let heads = try fields.count("num_heads")
        let inner = try fields.count("d_ff")
        let vocabulary = try fields.count("vocab_size")
        let encoderCount = try fields.layers("num_layers")
        let decoderCount = try fields.layers("num_decoder_layers", or: encoderCount)
        let isGated = fields.text("feed_forward_proj")?.hasPrefix("gated") ?? (fields.modelType == "mt5")
        let feedForward: FeedForward = isGated ? .dense(gated(hidden, inner)) : plain(hidden, inner, bias: false)
        let all = heads * width
        let inward = [Projection(hidden, all), Projection(hidden, all), Projection(hidden, all)]
        let attention = Attention(
            projections: inward + [Projection(all, hidden)], heads: heads, keyWidth: width, valueWidth: width, window: nil,
            cacheElements: 2 * all)
        var first = attention
        // The first layer of each stack holds the relative positions of all of it.
        first.extraParameters = try fields.count("relative_attention_num_buckets", or: 32) * heads
        let cross = crossAttention(
            Projection(hidden, all), back: Projection(all, hidden), heads: heads, width: width)
        let encoder = (0..<encoderCount).map { index in
            Layer(attention: index == 0 ? first : attention, feedForward: feedForward, normParameters: 2 * hidden)
        }
        let decoder = (0..<decoderCount).map { index in
            Layer(
                attention: index == 0 ? first : attention, crossAttention: cross, feedForward: feedForward, normParameters: 3 * hidden)
        }
        return ModelArchitecture(
            modelType: fields.modelType, kind: .encoderDecoder, layers: decoder, encoderLayers: encoder,
            embeddingParameters: vocabulary * hidden, head: Projection(hidden, vocabulary),
            tiesHead: fields.flag("tie_word_embeddings", or: fields.modelType != "mt5"), outerParameters: 2 * hidden)
    }

    static func bart(_ fields: ConfigurationFields) throws(Complaint) -> ModelArchitecture {
        let hidden = try fields.count("d_model")
        let vocabulary = try fields.count("vocab_size")
        let positions = try fields.count("max_position_embeddings", or: 1_024) + 2
        let encoder = Layer(
            attention: plainAttention(hidden, heads: try fields.count("encoder_attention_heads")),
            feedForward: plain(hidden, try fields.count("encoder_ffn_dim")), normParameters: 4 * hidden)
        let heads = try fields.count("decoder_attention_heads")
        let cross = crossAttention(
            Projection(hidden, hidden, bias: true), back: Projection(hidden, hidden, bias: true), heads: heads,
            width: (hidden / heads).rounded(.down))
        let decoder = Layer(
            attention: plainAttention(hidden, heads: heads), crossAttention: cross,
            feedForward: plain(hidden, try fields.count("decoder_ffn_dim")), normParameters: 6 * hidden)
        return ModelArchitecture(
            modelType: fields.modelType, kind: .encoderDecoder,
            layers: Array(repeating: decoder, count: try fields.layers("decoder_layers")),
            encoderLayers: Array(repeating: encoder, count: try fields.layers("encoder_layers")),
            embeddingParameters: (vocabulary + 2 * positions) * hidden, head: Projection(hidden, vocabulary),
            tiesHead: fields.flag("tie_word_embeddings", or: true), outerParameters: 4 * hidden)
    }

    /// Queries of the decoder against keys and values that the encoder's tokens get once.
    private static func crossAttention(_ inward: Projection, back: Projection, heads: Double, width: Double) -> Attention {
        Attention(
            projections: [inward, back], encoderProjections: [inward, inward], heads: heads, keyWidth: width, valueWidth: width,
            window: nil, cacheElements: 2 * heads * width)
    }
}
