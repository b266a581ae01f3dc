import JouleBackends
import JouleModel
import JouleTestSupport
import Testing

struct StreamPropertyTests {
    private static let parts: [String] = [
        content("a"), content("\\ud83d"), content("\\ude00"), chat(#"{"reasoning":"r"}"#), chat(#"{"tool_calls":[{"index":0}]}"#),
        chat("{}"), finish, done,
        frame("{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":9}}"), ": c\n\n", "event: x\n", "\r\n", "\r", "data\n",
        "data: no\n\n",
        chat(#"{"content":"u"}"#, usage: #"{"completion_tokens":4}"#), frame(#"{"error":"e"}"#), "\u{FEFF}", "error: x\n\n", "<think>", "{",
        content("</think>"),
    ]

    private static func cut(_ bytes: [UInt8], _ random: inout SeededRandom) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 1...40, using: &random))
            pieces.append(bytes[start..<end])
            start = end
        }
        return pieces
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func `how a stream is cut into reads does not matter`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<150 {
            let body = (0..<Int.random(in: 0...12, using: &random)).map { _ in Self.parts.randomElement(using: &random) ?? "" }.joined()
            let types = ["text/event-stream", "application/json", nil]
            let feed = StreamFeed(contentType: types.randomElement(using: &random) ?? nil, inlineReasoning: .tagged)
            let whole = feed.read([Array(body.utf8)])
            let pieces = feed.read(Self.cut(Array(body.utf8), &random))
            #expect(pieces.withoutReads == whole.withoutReads, "seed \(seed): \(body)")
            for kind in TokenChunk.Kind.allCases { #expect(pieces.tokens(kind) == whole.tokens(kind), "seed \(seed): \(body)") }
        }
    }

    @Test(arguments: [5, 6, 7, 8] as [UInt64]) func `no bytes break the laws of a response`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<1_000 {
            var bytes = Array(
                (0..<Int.random(in: 0...10, using: &random)).map { _ in Self.parts.randomElement(using: &random) ?? "" }.joined().utf8)
            for _ in 0..<Int.random(in: 0...6, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes.randomElement(using: &random) ?? 0, at: place)
                default: bytes.append(contentsOf: bytes[place...].prefix(30))
                }
            }
            let course = (0..<3).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            // Traps where a law is broken.
            (course + bytes).withUnsafeBytes { fuzzStream($0) }
        }
    }
}
