import JouleModel

/// How one request is answered otherwise than usual. Every key of docs/stub-server.md's table of behaviours has its property here.
package struct Behaviour: Hashable, Sendable {
    // When.
    package var firstToken: Int64?
    package var interToken: Int64?
    package var tokens: Int?
    /// Wait before the head.
    package var delay: Int64 = 0
    package var burst: Bool?
    /// The arrivals of all tokens, in the place of the rates; what the client allows still cuts the answer short.
    package var arrivals: [Arrival] = []
    /// In the place of the prompt's words.
    package var promptTokens: Int?
    /// Of the deviations, in the place of the settings' own and the request's number.
    package var seed: UInt64?

    // The head.
    package var status: Int?
    package var body: Body?
    package var headers: [NamedText] = []
    /// Status codes sent ahead of the head, such as 100 and 103.
    package var informational: [Int] = []
    package var http10 = false
    package var connectionClose = false
    package var framing: Framing?
    package var contentLength: Int?
    package var contentLengthOffset = 0
    package var trailers: [NamedText] = []
    package var headWithFirstToken = false
    /// Bytes instead of any HTTP.
    package var raw: [UInt8]?

    // How it breaks off.
    package var rupture: Rupture?
    package var flood: Flood?

    // The stream.
    package var plainJSON = false
    package var tokensPerChunk = 1
    package var choices: Int?
    package var pieces: [String] = []
    package var role: RoleChunk?
    package var reasoningTokens = 0
    package var reasoningField: ReasoningField?
    package var toolCall: String?
    package var usage: UsageStyle?
    package var energy: Energy?
    package var finish: FinishPlace?
    /// Replaces the reason; an empty text is `null`.
    package var finishReason: String?
    package var done = DoneMark.usual
    package var inserts: [Insert] = []
    package var events: [Event]?
    package var commentEvery: Int?

    // Bytes of the stream.
    package var lineEnd = LineEnd.lf
    package var space = true
    package var multiline = false
    package var byteOrderMark = false
    /// Everything in one write, at the end.
    package var oneWrite = false
    package var cut: Cut?

    package init() {}
}

extension Behaviour {
    /// Tokens that come together.
    package struct Arrival: Hashable, Sendable {
        /// From the start of work on the request, in nanoseconds; never before the arrival ahead of it.
        package var offset: Int64
        package var tokens: Int
        package init(offset: Int64, tokens: Int) {
            self.offset = offset
            self.tokens = tokens
        }
    }

    /// The energy that an answer reports of itself.
    package struct Energy: Hashable, Sendable {
        package enum Form: String, CaseIterable, Sendable {
            /// `: energy {…}` at the end of a stream; `energy: {…}` in an answer that is none.
            case comment
            /// A member `energy` of the last chunk, or of the answer.
            case member
            /// Inside `usage`.
            case usage
            /// `impact: {energy: {total, unit}}` in watt-milliseconds.
            case impact
        }
        package var joulesPerToken: Double
        package var form: Form
    }

    package enum Framing: String, CaseIterable, Sendable { case chunked, length, until_close }
    package enum RoleChunk: String, CaseIterable, Sendable { case none, with_head, with_first_token, each }
    package enum ReasoningField: String, CaseIterable, Sendable { case reasoning, reasoning_content, both, inline }
    package enum UsageStyle: String, CaseIterable, Sendable { case none, final, with_choices, null_each, zero_each, continuous }
    package enum FinishPlace: String, CaseIterable, Sendable { case with_last, separate, none }
    package enum DoneMark: String, CaseIterable, Sendable { case usual, none, twice, spaces, no_blank_line, no_newline }
    package enum LineEnd: String, CaseIterable, Sendable { case lf, cr, crlf, mixed }
    package enum ErrorStyle: String, CaseIterable, Sendable { case vllm, object, string, flat, detail, text, html, empty }

    /// The body of an answer with a `status`.
    package enum Body: Hashable, Sendable {
        case style(ErrorStyle)
        case text(String, contentType: String)
    }

    /// Where an answer breaks off, and how.
    package struct Rupture: Hashable, Sendable {
        package enum Place: Hashable, Sendable {
            case beforeHead
            /// After so many tokens of output; 0 is after the head.
            case tokens(Int)
            /// After so many bytes behind the head.
            case bytes(Int)
            /// When all but `[DONE]` (and the end of the framing) is written.
            case beforeDone
        }
        package enum Manner: String, CaseIterable, Sendable { case close, reset, stall, restart }

        package var place: Place
        package var manner: Manner
        /// The length of a stall, after which the answer goes on, or of the time a restarted server does not listen; nil is for ever.
        package var span: Int64?
        package init(_ place: Place, _ manner: Manner, span: Int64? = nil) {
            self.place = place
            self.manner = manner
            self.span = span
        }
    }

    /// Bytes behind the head as fast as they are taken.
    package struct Flood: Hashable, Sendable {
        package enum Kind: String, CaseIterable, Sendable { case bytes, tokens, frame }
        package var kind: Kind
        /// Where it ends; nil is never.
        package var limit: Int?
    }

    /// Something between two tokens of a stream.
    package struct Insert: Hashable, Sendable {
        package enum Kind: String, CaseIterable, Sendable {
            case invalid_json, error, error_event, error_line, comment, empty_content, null_content, empty_delta, no_delta, no_choices,
                role,
                prompt_progress, large_token, raw
        }
        package var kind: Kind
        /// The index of the token before which it stands; a number past the last is at the end.
        package var beforeToken: Int
        package var text: String?
        package var bytes: Int
        /// The stream ends behind it, as usual (`[DONE]`) or at once.
        package var then: Then
        package enum Then: String, CaseIterable, Sendable { case go_on, done, end }
    }

    /// One event of a stream that is given as a whole.
    package struct Event: Hashable, Sendable {
        package enum Content: Hashable, Sendable {
            case role
            case content(String)
            case reasoning(String)
            case finish(String)
            case usage(completionTokens: Int)
            /// The text behind `data:`.
            case data(String)
            /// Bytes as they are, outside of any frame.
            case raw(String)
            case done
        }
        /// From the start of work on the request, in nanoseconds.
        package var offset: Int64
        package var content: Content
        /// Tokens that it counts for.
        package var tokens: Int
    }

    /// Cuts each write into TCP segments.
    package struct Cut: Hashable, Sendable {
        /// Offsets within each write.
        package var offsets: [Int]
        /// And one cut each so many bytes.
        package var every: Int?
        /// Wait between two segments, in nanoseconds.
        package var gap: Int64
        package init(offsets: [Int], every: Int?, gap: Int64) {
            self.offsets = offsets
            self.every = every
            self.gap = gap
        }
    }
}
