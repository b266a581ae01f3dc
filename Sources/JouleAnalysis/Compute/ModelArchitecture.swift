import JouleModel
import JouleUnits

/// A transformer as far as its arithmetic goes: which matrices each token is multiplied with, and how far it looks back.
///
/// Counts are `Double`, which is exact up to 2⁵³ and does not trap on what a broken file says.
package struct ModelArchitecture: Hashable, Sendable {
    /// A matrix that a token's vector is multiplied with.
    package struct Projection: Hashable, Sendable {
        package let inputs: Double
        package let outputs: Double
        package let hasBias: Bool

        init(_ inputs: Double, _ outputs: Double, bias: Bool = false) {
            self.inputs = inputs
            self.outputs = outputs
            hasBias = bias
        }

        var weights: Double { inputs * outputs }
        var parameters: Double { weights + (hasBias ? outputs : 0) }
    }

    /// One attention with its caches.
    package struct Attention: Hashable, Sendable {
        /// What every new token is multiplied with.
        var projections: [Projection]
        /// In cross attention: what every token of the encoder is multiplied with once, its key and its value.
        var encoderProjections: [Projection] = []
        var heads: Double
        /// Elements of a query and a key, and of a value, of one head.
        var keyWidth: Double
        var valueWidth: Double
        /// How many tokens back it looks, itself included; nil looks back to the beginning.
        var window: Double?
        /// Elements that the cache keeps for each token of the context.
        var cacheElements: Double
        /// Parameters beside matrices: norms of queries and keys, sinks, relative positions.
        var extraParameters = 0.0

        /// Operations of one query against one key and its value: a multiplication and an addition for each element of both.
        var operationsPerPair: Double { 2 * heads * (keyWidth + valueWidth) }
    }

    package enum FeedForward: Hashable, Sendable {
        case dense([Projection])
        /// `active` of `count` experts work on a token, besides those that all tokens share.
        case experts(router: [Projection], expert: [Projection], count: Double, active: Double, shared: [Projection])
    }

    package struct Layer: Hashable, Sendable {
        var attention: Attention
        /// Of a decoder that has an encoder beside it.
        var crossAttention: Attention?
        var feedForward: FeedForward
        var normParameters: Double
    }

    package enum Kind: String, Hashable, Sendable {
        case decoder, encoder
        case encoderDecoder = "encoder-decoder"
    }

    /// `model_type` of the configuration.
    package let modelType: String
    package let kind: Kind
    /// The layers that make tokens; of an encoder, its only ones.
    var layers: [Layer]
    /// Those that read the prompt, in a model with both.
    var encoderLayers: [Layer] = []
    /// Matrices around the layers that every token passes (projections between two widths of embeddings).
    var outerProjections: [Projection] = []
    /// Tables that are looked up, not multiplied with: tokens, positions, types.
    var embeddingParameters: Double
    /// From the hidden state to the vocabulary; nil for encoders without one.
    var head: Projection?
    /// Whether the head is the table of token embeddings.
    var tiesHead: Bool
    /// Norms outside the layers.
    var outerParameters: Double
    /// The data type of the weights as the configuration names it; nil where it does not.
    package var dtype: String?
    /// What the count leaves out.
    package var notes: [String] = []
}

extension [ModelArchitecture.Projection] {
    var weights: Double { reduce(0) { $0 + $1.weights } }
    var parameters: Double { reduce(0) { $0 + $1.parameters } }
}

extension ModelArchitecture.Attention {
    var parameters: Double { projections.parameters + encoderProjections.parameters + extraParameters }
}

extension ModelArchitecture.FeedForward {
    var parameters: Double {
        switch self {
        case .dense(let matrices): matrices.parameters
        case .experts(let router, let expert, let count, _, let shared):
            router.parameters + expert.parameters * count + shared.parameters
        }
    }

    var activeParameters: Double {
        switch self {
        case .dense(let matrices): matrices.parameters
        case .experts(let router, let expert, _, let active, let shared):
            router.parameters + expert.parameters * active + shared.parameters
        }
    }

    /// Weights that one token is multiplied with.
    var activeWeights: Double {
        switch self {
        case .dense(let matrices): matrices.weights
        case .experts(let router, let expert, _, let active, let shared):
            router.weights + expert.weights * active + shared.weights
        }
    }
}

extension ModelArchitecture {
    private var allLayers: [Layer] { encoderLayers + layers }

    /// All parameters, a shared table counted once.
    package var parameters: Double { total(\.parameters) }

    /// Those that work on one token: all but the experts that it is not sent to.
    package var activeParameters: Double { total(\.activeParameters) }

    /// Weights of attention projections and feed-forward matrices: no norms, no head, no embeddings.
    package var projectionParameters: Double {
        allLayers.reduce(0) { sum, layer in
            let attention = layer.attention.projections.parameters
            let cross = (layer.crossAttention?.projections.parameters ?? 0) + (layer.crossAttention?.encoderProjections.parameters ?? 0)
            return sum + attention + cross + layer.feedForward.parameters
        }
    }

    private func total(_ feedForward: (FeedForward) -> Double) -> Double {
        let inLayers = allLayers.reduce(0) { sum, layer in
            sum + layer.attention.parameters + (layer.crossAttention?.parameters ?? 0) + feedForward(layer.feedForward)
                + layer.normParameters
        }
        let ofHead = tiesHead ? 0 : head?.parameters ?? 0
        return inLayers + outerProjections.parameters + embeddingParameters + outerParameters + ofHead
    }
}
