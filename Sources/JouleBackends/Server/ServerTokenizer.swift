import JouleModel
import JouleUnits

/// Asks a server how many tokens texts are, at its page `/tokenize`.
package struct ServerTokenizer: Sendable {
    /// Sends a body to a page below the base URL; throws when no answer came.
    package typealias Post = @Sendable (_ path: String, _ body: [UInt8], _ limit: Duration) async throws -> ServerPage

    package static let path = "/tokenize"
    private static let patience: Duration = .seconds(30)
    /// Questions that are asked beside each other: servers answer them out of one thread.
    private static let together = 8

    private let dialect: ServerDialect
    private let model: String
    private let addsSpecial: Bool
    private let post: Post

    /// nil for dialects without such a page.
    ///
    /// - Parameter addsSpecial: whether the tokens around a text count, as the completions API adds them.
    package init?(dialect: ServerDialect, model: String, addsSpecial: Bool, post: @escaping Post) {
        guard dialect.hasTokenizer else { return nil }
        self.dialect = dialect
        self.model = model
        self.addsSpecial = addsSpecial
        self.post = post
    }

    /// Tokens of each text, in their order; nil for one that the server refuses.
    ///
    /// - Throws: `server.tokenize` when the server has no such page or gives no counts.
    package func counts(of texts: [String]) async throws -> [Int?] {
        var counts: [Int?] = Array(repeating: nil, count: texts.count)
        try await withThrowingTaskGroup(of: (Int, Int?).self) { group in
            for (place, text) in texts.enumerated() {
                if place >= Self.together, let (done, count) = try await group.next() { counts[done] = count }
                group.addTask { (place, try await count(question(text))) }
            }
            while let (done, count) = try await group.next() { counts[done] = count }
        }
        return counts
    }

    /// Tokens of a chat whose only message is this text, with the template around it; nil where a server does not count chats.
    package func countOfChat(_ text: String) async -> Int? {
        guard dialect == .vllm else { return nil }
        var json = JSONBytes()
        json.open("{")
        json.member("model", model)
        json.separate()
        json.raw(String(decoding: EncodedPrompt(text: text, api: .chat).bytes, as: UTF8.self))
        json.close("}")
        return try? await count(json.bytes)
    }

    private func question(_ text: String) -> [UInt8] {
        var json = JSONBytes()
        json.open("{")
        switch dialect {
        case .llamacpp:
            json.member("content", text)
            json.member("add_special", addsSpecial)
        case .tgi:
            json.member("inputs", text)
            json.member("add_special_tokens", addsSpecial)
        case .vllm, .sglang, .openai, .ollama, .trtllm:
            json.member("model", model)
            json.member("prompt", text)
            json.member("add_special_tokens", addsSpecial)
        }
        json.close("}")
        return json.bytes
    }

    private func count(_ question: [UInt8]) async throws -> Int? {
        let page: ServerPage
        do {
            page = try await post(Self.path, question, Self.patience)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Failure("server.tokenize", "the server does not count tokens", cause: ServerProbe.reason(error))
        }
        // A text may be too long for the model.
        if page.status == 400 || page.status == 413 || page.status == 422 { return nil }
        guard page.status == 200, let answer = page.json() else {
            throw Failure(
                "server.tokenize", "the server does not count tokens: status \(page.status) for \(Self.path)",
                cause: page.status == 200 ? page.text : nil)
        }
        if case .integer(let count)? = answer["count"], RequestTimeline.plausibleTokens.contains(Int(count)) { return Int(count) }
        if case .array(let tokens)? = answer["tokens"] { return tokens.count }
        if case .array(let tokens) = answer { return tokens.count }
        throw Failure("server.tokenize", "the server does not count tokens: \(Self.path) says no count", cause: page.text)
    }
}

extension ServerDialect {
    /// Whether servers of this kind have a page `/tokenize`.
    fileprivate var hasTokenizer: Bool {
        switch self {
        case .vllm, .sglang, .llamacpp, .tgi: true
        case .openai, .ollama, .trtllm: false
        }
    }
}
