extension ModelArchitecture {
    /// Floating-point operations by what they are for; a multiplication with its addition counts as two.
    ///
    /// Counted are matrix products alone. Norms, activations, softmax, rotary positions and the choice of a token are left out, as is usual:
    /// they are no matrix products, and small beside them.
    package struct Work: Hashable, Sendable {
        /// Attention projections, feed-forward matrices, routers.
        package var projections = 0.0
        /// Queries against keys, and weights against values.
        package var attention = 0.0
        /// The head, for the positions whose logits are computed.
        package var logits = 0.0

        package var total: Double { projections + attention + logits }

        package static func + (left: Work, right: Work) -> Work {
            Work(
                projections: left.projections + right.projections, attention: left.attention + right.attention,
                logits: left.logits + right.logits)
        }

        package static func * (work: Work, factor: Double) -> Work {
            Work(projections: work.projections * factor, attention: work.attention * factor, logits: work.logits * factor)
        }
    }

    /// The positions of a prompt whose logits are computed: engines need the last one alone.
    package enum LogitPositions: Hashable, Sendable { case last, all }

    /// Reading a prompt, up to the logits of the first token.
    ///
    /// Of a causal attention over T tokens half of the square is computed: 4·h·L·T²/2 for a model without windows, with h the width of
    /// all heads. Each position so counts half of its own diagonal element.
    /// - Parameter cached: tokens at the beginning that a prefix cache holds: looked at, and not computed again.
    package func prefill(_ tokens: Int, cached: Int = 0, logits: LogitPositions = .last) -> Work {
        let end = Double(max(tokens, 0))
        let begin = min(Double(max(cached, 0)), end)
        let fresh = end - begin
        guard fresh > 0 else { return Work() }
        switch kind {
        case .decoder:
            let positions = logits == .all ? fresh : 1
            return Work(
                projections: fresh * perToken(layers), attention: causal(layers, from: begin, to: end),
                logits: positions * perLogits)
        case .encoder:
            return Work(projections: fresh * perToken(layers), attention: square(layers, tokens: end))
        case .encoderDecoder:
            // The encoder has no cache: it reads the whole prompt, and the decoder makes its keys and values once.
            let encoder = Work(
                projections: end * perToken(encoderLayers) + end * crossProjections, attention: square(encoderLayers, tokens: end))
            return encoder + decode(at: 0, encoderTokens: tokens)
        }
    }

    /// One step: the token at `position` (from 0), with its logits.
    /// - Parameter encoderTokens: the length of the prompt in a model with an encoder; of no meaning to others.
    package func decode(at position: Int, encoderTokens: Int = 0) -> Work {
        decode(from: position, to: position + 1, encoderTokens: encoderTokens)
    }

    /// The steps for the tokens at positions from `begin` up to and without `end`.
    package func decode(from begin: Int, to end: Int, encoderTokens: Int = 0) -> Work {
        guard kind != .encoder, end > begin, begin >= 0 else { return Work() }
        let steps = Double(end - begin)
        return Work(
            projections: steps * perToken(layers),
            attention: causal(layers, from: Double(begin), to: Double(end)) + steps * cross(tokens: Double(max(encoderTokens, 0))),
            logits: steps * perLogits)
    }

    /// One request: its prompt, and a step for each output token but the first, which comes from the prompt's last position.
    package func request(inputTokens: Int, cachedTokens: Int = 0, outputTokens: Int) -> (prefill: Work, decode: Work) {
        let steps = max(outputTokens - 1, 0)
        let first = kind == .encoderDecoder ? 1 : inputTokens
        return (
            prefill(inputTokens, cached: min(cachedTokens, max(inputTokens - 1, 0))),
            decode(from: first, to: first + steps, encoderTokens: inputTokens)
        )
    }

    // MARK: Parts

    /// Operations of the matrices for one token.
    private func perToken(_ layers: [Layer]) -> Double {
        let weights = layers.reduce(0) { sum, layer in
            sum + layer.attention.projections.weights + (layer.crossAttention?.projections.weights ?? 0)
                + layer.feedForward.activeWeights
        }
        return 2 * (weights + outerProjections.weights)
    }

    private var perLogits: Double { 2 * (head?.weights ?? 0) }

    private var crossProjections: Double {
        2 * layers.reduce(0) { $0 + ($1.crossAttention?.encoderProjections.weights ?? 0) }
    }

    private func cross(tokens: Double) -> Double {
        layers.reduce(0) { $0 + ($1.crossAttention.map { $0.operationsPerPair * tokens } ?? 0) }
    }

    private func square(_ layers: [Layer], tokens: Double) -> Double {
        layers.reduce(0) { $0 + $1.attention.operationsPerPair * tokens * min(tokens, $1.attention.window ?? tokens) }
    }

    private func causal(_ layers: [Layer], from begin: Double, to end: Double) -> Double {
        layers.reduce(0) { sum, layer in
            sum + layer.attention.operationsPerPair * Self.keys(from: begin, to: end, window: layer.attention.window)
        }
    }

    /// Keys that the queries at the positions from `begin` to `end` look at: the area below min(position, window).
    static func keys(from begin: Double, to end: Double, window: Double?) -> Double {
        func area(_ position: Double) -> Double {
            guard let window, position > window else { return position * position / 2 }
            return window * window / 2 + (position - window) * window
        }
        return area(end) - area(begin)
    }
}
