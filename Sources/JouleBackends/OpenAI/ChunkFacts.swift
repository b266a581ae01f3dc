import JouleUnits

/// What one event of an answer says, as far as it matters to a measurement; a plain value without references.
struct ChunkFacts {
    struct Flags: OptionSet {
        let rawValue: UInt16

        /// The data is JSON throughout.
        static let isJSON = Flags(rawValue: 1 << 0)
        /// A member `choices`, be it empty.
        static let choicesMember = Flags(rawValue: 1 << 1)
        /// At least one choice.
        static let choice = Flags(rawValue: 1 << 2)
        /// Text that a reader sees: `content`, `text` or `refusal`, not empty.
        static let output = Flags(rawValue: 1 << 3)
        static let reasoning = Flags(rawValue: 1 << 4)
        /// A fragment of a tool call, or of a function call of the older kind.
        static let toolCall = Flags(rawValue: 1 << 5)
        static let finish = Flags(rawValue: 1 << 6)
        /// More than one choice, or one whose index is not 0.
        static let severalChoices = Flags(rawValue: 1 << 7)
        /// A member `usage` that is an object.
        static let usage = Flags(rawValue: 1 << 8)
        /// A member `error` that says something, `object: "error"`, or a message or detail in the place of choices.
        static let error = Flags(rawValue: 1 << 9)
        /// A count that is negative, no whole number or beyond all reason.
        static let oddCount = Flags(rawValue: 1 << 10)

        static let tokens: Flags = [.output, .reasoning, .toolCall]
    }

    /// A string inside the event's data, between its quotation marks, still escaped.
    struct TextRange {
        var offset = 0
        var count = 0
        var isEscaped = false
    }

    var flags: Flags = []
    /// What the server says that the answer has taken so far.
    var energy: Joules?
    var usage = UsageCounts()
    /// Output of the choice with index 0; only there when `hasEscapes` or not, never empty.
    var output: TextRange?
    /// Reasoning of the choice with index 0.
    var reasoning: TextRange?
    var finishReason: TextRange?
    /// The words of an error: its message, or what stands in the place of one.
    var message: TextRange?

    /// How the event counts in the record of arrivals; nil without a choice. Text that a reader sees comes before all else.
    var hasTokens: Bool { !flags.isDisjoint(with: .tokens) }

    /// Whether the event belongs to the interface at all.
    var isRecognised: Bool { !flags.isDisjoint(with: [.choicesMember, .usage, .error]) }
}

/// Token counts of one `usage` object; nil is absent, which differs from zero.
struct UsageCounts: Hashable {
    var prompt: Int?
    var completion: Int?
    var cached: Int?
    var reasoning: Int?

    /// Servers fill usage with zeros, send it running or send it twice: of each count the greatest stands.
    mutating func keepGreatest(of other: UsageCounts) {
        prompt = Self.greater(prompt, other.prompt)
        completion = Self.greater(completion, other.completion)
        cached = Self.greater(cached, other.cached)
        reasoning = Self.greater(reasoning, other.reasoning)
    }

    private static func greater(_ left: Int?, _ right: Int?) -> Int? {
        guard let left, let right else { return left ?? right }
        return max(left, right)
    }
}
