extension Summary {
    /// The lengths of synthetic prompts as they were asked for and as they were answered, over the whole measured phase.
    package struct PromptLengths: Hashable, Sendable, Codable {
        /// How they were made.
        package var record: PromptLengthRecord
        /// Completed requests with both lengths; of conversations the first turns alone, for later ones carry what was said before.
        package var compared: Int
        /// Those whose length was reported as it was asked for.
        package var equal: Int
        /// Reported tokens less those asked for; nil where nothing was compared. With a chat template its tokens are in it.
        package var leastDifference: Int?
        package var greatestDifference: Int?

        package init(record: PromptLengthRecord, compared: Int, equal: Int) {
            self.record = record
            self.compared = compared
            self.equal = equal
        }

        private enum CodingKeys: String, CodingKey {
            case record, compared, equal
            case leastDifference = "least_difference"
            case greatestDifference = "greatest_difference"
        }
    }

    /// The completed requests of one turn of their conversations.
    package struct Turn: Hashable, Sendable, Codable {
        /// From 1.
        package var turn: Int
        package var completed: Int
        /// Of any other outcome: a conversation ends there.
        package var failed: Int
        package var timeToFirstToken: Distribution
        package var inputTokens: Distribution
        /// Of the answers that say it.
        package var cachedInputTokens: Distribution

        package init(
            turn: Int, completed: Int, failed: Int, timeToFirstToken: Distribution, inputTokens: Distribution, cached: Distribution
        ) {
            self.turn = turn
            self.completed = completed
            self.failed = failed
            self.timeToFirstToken = timeToFirstToken
            self.inputTokens = inputTokens
            cachedInputTokens = cached
        }

        private enum CodingKeys: String, CodingKey {
            case turn, completed, failed
            case timeToFirstToken = "time_to_first_token"
            case inputTokens = "input_tokens"
            case cachedInputTokens = "cached_input_tokens"
        }
    }
}
