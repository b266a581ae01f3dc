import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleStore

/// `requests.jsonl`, from the recorder's line to the reader.
struct RequestLogTests {
    private static func randomRequest(_ random: inout SeededRandom, _ index: Int) -> RequestTimeline {
        func maybe<Value>(_ value: (inout SeededRandom) -> Value) -> Value? { Bool.random(using: &random) ? value(&random) : nil }
        func stamp() -> Instant? { maybe { Instant(nanoseconds: Int64.random(in: 0...Int64.max, using: &$0)) } }
        let texts = ["", "plain", "a \"quoted\" word", "line\nbreak", "null\u{0}byte", "é😀\u{2028}", "\\", "{\"index\":1}"]
        return RequestTimeline(
            index: index, promptID: texts.randomElement(using: &random) ?? "", phase: Phase.allCases.randomElement(using: &random) ?? .load,
            outcome: [.completed, .failed, .cancelled].randomElement(using: &random) ?? .failed,
            error: maybe { texts.randomElement(using: &$0) ?? "" }, batch: maybe { Int.random(in: 0...99, using: &$0) },
            scheduled: stamp() ?? Instant(nanoseconds: 0), sent: stamp(), firstToken: stamp(), lastToken: stamp(), bodyEnd: stamp(),
            inputTokens: maybe { Int.random(in: 0...9_999, using: &$0) }, outputTokens: maybe { Int.random(in: 0...9_999, using: &$0) },
            tokenSource: maybe { _ in .worker }, finishReason: maybe { texts.randomElement(using: &$0) ?? "" },
            tokenInstants: (0..<Int.random(in: 0...5, using: &random)).compactMap { _ in stamp() },
            anomalies: maybe { [texts.randomElement(using: &$0) ?? ""] } ?? [])
    }

    private static func run(_ folder: TemporaryFolder, _ requests: [RequestTimeline]) throws -> RunDirectory {
        let run = RunDirectory(path: folder.path)
        let log = try AppendLog(path: run.file("requests.jsonl"))
        for request in requests {
            let line = try JSONText.encodeLine(request)
            try log.append { $0 += line }
        }
        try log.sync()
        return run
    }

    @Test(arguments: [1, 20_261_121] as [UInt64]) func `requests written and read back are the same requests`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let requests = (0..<300).map { Self.randomRequest(&random, $0) }
        let folder = try TemporaryFolder()
        let (_, read, notes) = try Self.run(folder, requests).readRecords(channels: [])
        #expect(read == requests, "seed \(seed)")
        #expect(notes.isEmpty)
    }

    @Test func `answers do not get into the log of requests`() throws {
        var random = SeededRandom(seed: 4)
        var request = Self.randomRequest(&random, 0)
        request.text = "forty-two"
        let folder = try TemporaryFolder()
        let run = try Self.run(folder, [request])
        #expect(!(try run.readText("requests.jsonl")).contains("forty-two"))
    }

    @Test func `a last line that was cut off is left out with a note`() throws {
        var random = SeededRandom(seed: 5)
        let requests = (0..<3).map { Self.randomRequest(&random, $0) }
        let folder = try TemporaryFolder()
        let run = try Self.run(folder, requests)
        let bytes = try FileSystem.read(run.file("requests.jsonl"))
        try FileSystem.write(Array(bytes.dropLast(2)), to: run.file("requests.jsonl"))
        let (_, read, notes) = try run.readRecords(channels: [])
        #expect(read == Array(requests.dropLast()))
        #expect(notes == ["requests.jsonl: the last line was cut off and is left out"])
    }

    @Test func `a line in the middle that cannot be read is named by file and line`() throws {
        var random = SeededRandom(seed: 6)
        let folder = try TemporaryFolder()
        let run = try Self.run(folder, [Self.randomRequest(&random, 0)])
        let line = try run.readText("requests.jsonl")
        try FileSystem.write(line + "{\"index\":\n" + line, to: run.file("requests.jsonl"))
        let failure = try #require(throws: Failure.self) { try run.readRecords(channels: []) }
        #expect(failure.code == "store.row")
        #expect(failure.source == SourcePlace(file: run.file("requests.jsonl"), line: 2, column: 1))
    }

    @Test func `a run that wrote neither samples nor requests has none`() throws {
        let folder = try TemporaryFolder()
        let channel = SampleJournalTests.channel("GPU-0")
        let (series, requests, notes) = try RunDirectory(path: folder.path).readRecords(channels: [channel])
        #expect(series == [SampleSeries(channel: channel)])
        #expect(requests.isEmpty && notes.isEmpty)
    }
}
