import JouleModel

/// Asks how long prompts become: the fields of `GenerateRequest` that decide it.
struct CountRequest: Encodable {
    /// The protocol takes 4096; fewer keep a line of long prompts short of its longest.
    static let mostPrompts = 512

    let requests: [GenerateRequest.Item]
    let truncation: Bool
    let maxInputTokens: Int?
    let chat: GenerateRequest.Chat?

    private enum CodingKeys: String, CodingKey {
        case requests, truncation, chat
        case maxInputTokens = "max_input_tokens"
    }
}

/// Lengths in tokens, in the order of the question; nil for a prompt that would be refused.
struct TokenCounts: Decodable {
    let counts: [Int?]
}
