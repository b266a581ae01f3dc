/// What is asked of the model.
package struct ScenarioSpec: Hashable, Sendable {
    package enum Selection: String, Sendable, Hashable, CaseIterable { case first, shuffled, random }

    /// As `DatasetReference` reads it.
    package var datasetName = "builtin:quickstart"
    /// What the hub calls a configuration or subset.
    package var datasetConfig: String?
    /// nil: `train`.
    package var split: String?
    package var textColumnName: String?
    /// As `PromptTemplate` reads it; nil goes by the column or the data set.
    package var template: String?
    /// Positions that a worker's prompts are padded to, at least.
    package var padTo: Int?
    package var sampleCount = 10
    package var selection: Selection = .first
    package var truncation = true
    package var maxInputTokens: Int?
    /// Exactly so many tokens of each prompt: prompts of the data set are joined until that many are there, and cut.
    package var inputLength: Int?
    package var batchSize = 1
    /// Batches of as many prompts as `maxBatchTokens` has room for, at most `batchSize`; else each has `batchSize`.
    package var dynamicBatching = false
    /// The most tokens of a batch as the model sees it: its longest prompt times its number of prompts.
    package var maxBatchTokens: Int?
    /// Puts prompts of like lengths into one batch.
    package var sortsByLength = false
    package var generation = GenerationSpec()
    /// Lengths of synthetic prompts, in tokens; only for `dataset_name: synthetic`.
    package var promptLengths: LengthDistribution?
    /// The exact output length of each request, in tokens; replaces min and max of `generation`.
    package var outputLengths: LengthDistribution?
    /// A beginning of this many tokens that all synthetic prompts share.
    package var sharedPrefixTokens = 0
    /// Begins each prompt with words of its own, so that no prefix cache can answer for it.
    package var uniquePrefix = false
    /// Requests of a conversation: each but the first carries what was said before it.
    package var turns = 1
    package var saveOutputs = false
    /// Saved outputs are texts; else the ids of their tokens.
    package var decodesOutputs = true
    /// What is asked of the model's thinking.
    package var reasoning = ReasoningSpec()

    package init() {}

    /// Whether prompts must be counted before batches can be made of them.
    package var needsLengths: Bool { dynamicBatching || sortsByLength }

    /// Where a prompt is cut, and whether it is.
    package var inputLimit: Int? { inputLength ?? maxInputTokens }
    package var cutsInputs: Bool { truncation || inputLength != nil }
}

/// Sampling and length limits of every request; greedy unless told otherwise.
package struct GenerationSpec: Hashable, Sendable {
    package var maxNewTokens = 256
    package var minNewTokens = 0
    package var temperature = 0.0
    package var topP = 1.0
    package var topK: Int?
    /// nil: sampling exactly when the temperature is above zero.
    package var doSample: Bool?
    package var repetitionPenalty = 1.0
    package var ignoreEOS = false
    package var stop: [String] = []

    package init() {}

    package var samples: Bool { doSample ?? (temperature > 0) }
}

/// A distribution of lengths in tokens, drawn with the experiment's seed and kept inside its bounds.
package struct LengthDistribution: Hashable, Sendable {
    package enum Kind: String, Sendable, Hashable, CaseIterable { case fixed, uniform, normal, lognormal }

    package var kind: Kind
    /// Mean of the distribution before it is cut at its bounds; for `uniform` the middle of the bounds.
    package var mean: Double
    /// Standard deviation; 0 for `fixed`, unused by `uniform`.
    package var standardDeviation: Double
    package var minimum: Int
    package var maximum: Int

    package init(kind: Kind, mean: Double, standardDeviation: Double = 0, minimum: Int, maximum: Int) {
        self.kind = kind
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Always the same length.
    package static func fixed(_ length: Int) -> LengthDistribution {
        LengthDistribution(kind: .fixed, mean: Double(length), minimum: length, maximum: length)
    }
}
