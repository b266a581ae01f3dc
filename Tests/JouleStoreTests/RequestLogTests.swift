import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleStore

/// `requests.jsonl`, from the recorder's line to the reader.
struct RequestLogTests {
    private static func randomRequest(_ random: inout SeededRandom, _ index: Int) -> RequestTimeline {
        func maybe<Value>(_ value: (inout SeededRandom) -> Value) -> Value? { Bool.random(using: &random) ? value(&random) : nil }
        func stamp() -> Instant? { maybe { Instant(nanoseconds: Int64.random(in: 0..<Int64.max / 4, using: &$0)) } }
        let texts = ["", "plain", "a \"quoted\" word", "line\nbreak", "null\u{0}byte", "é😀\u{2028}", "\\", "{\"index\":1}"]
        return RequestTimeline(
            index: index, promptID: texts.randomElement(using: &random) ?? "", phase: Phase.allCases.randomElement(using: &random) ?? .load,
            outcome: [.completed, .failed, .cancelled].randomElement(using: &random) ?? .failed,
            error: maybe { texts.randomElement(using: &$0) ?? "" }, batch: maybe { Int.random(in: 0...99, using: &$0) },
            scheduled: stamp() ?? Instant(nanoseconds: 0), sent: stamp(), firstToken: stamp(), lastToken: stamp(), bodyEnd: stamp(),
            inputTokens: maybe { Int.random(in: 0...9_999, using: &$0) }, outputTokens: maybe { Int.random(in: 0...9_999, using: &$0) },
            tokenSource: maybe { _ in .worker }, finishReason: maybe { texts.randomElement(using: &$0) ?? "" },
            anomalies: maybe { [texts.randomElement(using: &$0) ?? "": 2] } ?? [:],
            chunks: (0..<Int.random(in: 0...5, using: &random)).compactMap { _ in
                stamp().map {
                    TokenChunk(
                        instant: $0, tokens: .random(in: 0...9, using: &random),
                        kind: TokenChunk.Kind.allCases.randomElement(using: &random) ?? .output)
                }
            })
    }

    private static func run(_ folder: TemporaryFolder, _ requests: [RequestTimeline]) throws -> RunDirectory {
        let run = RunDirectory(path: folder.path)
        let log = try RequestLog(in: run)
        for request in requests { try log.append(request) }
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
        var requests = (0..<3).map { Self.randomRequest(&random, $0) }
        requests[2].chunks = []
        let folder = try TemporaryFolder()
        let run = try Self.run(folder, requests)
        let bytes = try FileSystem.read(run.file("requests.jsonl"))
        try FileSystem.write(Array(bytes.dropLast(2)), to: run.file("requests.jsonl"))
        let (_, read, notes) = try run.readRecords(channels: [])
        #expect(read == Array(requests.dropLast()))
        #expect(notes == ["requests.jsonl: the last line was cut off and is left out"])
    }

    @Test func `chunks of a request whose line was cut off are left out with a note, and so is half a record`() throws {
        var random = SeededRandom(seed: 7)
        var requests = (0..<2).map { Self.randomRequest(&random, $0) }
        for index in requests.indices { requests[index].chunks = (1...3).map { TokenChunk(instant: Instant(nanoseconds: $0)) } }
        let folder = try TemporaryFolder()
        let run = try Self.run(folder, requests)
        let lines = try FileSystem.read(run.file("requests.jsonl"))
        try FileSystem.write(Array(lines.dropLast(2)), to: run.file("requests.jsonl"))
        let records = try FileSystem.read(run.file("chunks.bin"))
        #expect(records.count == 16 + 6 * 16)
        try FileSystem.write(Array(records.dropLast(5)), to: run.file("chunks.bin"))
        let (_, read, notes) = try run.readRecords(channels: [])
        #expect(read == [requests[0]])
        #expect(
            notes == [
                "requests.jsonl: the last line was cut off and is left out",
                "chunks.bin: 2 records are damaged or belong to no request that ended, and are left out",
                "chunks.bin: the last record was cut off and is left out",
            ])
    }

    @Test func `a warm-up request and a measured one of the same number keep their own chunks`() throws {
        let requests = [Phase.warmup, .measure].enumerated().map { number, phase in
            RequestTimeline(
                index: 0, promptID: "p", phase: phase, outcome: .completed, scheduled: Instant(nanoseconds: 0),
                chunks: [TokenChunk(instant: Instant(nanoseconds: Int64(number)), tokens: 7, events: 2, kind: .reasoning)])
        }
        let folder = try TemporaryFolder()
        #expect(try Self.run(folder, requests).readRecords(channels: []).requests == requests)
    }

    @Test func `a file of chunks of another version is refused`() throws {
        var random = SeededRandom(seed: 8)
        let folder = try TemporaryFolder()
        let run = try Self.run(folder, [Self.randomRequest(&random, 0)])
        var bytes = try FileSystem.read(run.file("chunks.bin"))
        bytes[8] = 2
        try FileSystem.write(bytes, to: run.file("chunks.bin"))
        #expect(throws: Failure.self) { try run.readRecords(channels: []) }
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

    @Test(arguments: [
        #""scheduled_ns":-9223372036854775808"#, #""scheduled_ns":9e300"#, #""scheduled_ns":1,"input_tokens":9223372036854775807"#,
        #""scheduled_ns":1,"output_tokens":-1"#, #""scheduled_ns":1,"reasoning_tokens":9223372036854775807"#,
    ])
    func `a line with numbers that nothing measured is named, and ends nothing else`(fields: String) throws {
        var random = SeededRandom(seed: 7)
        let folder = try TemporaryFolder()
        let run = try Self.run(folder, [Self.randomRequest(&random, 0)])
        let line = try run.readText("requests.jsonl")
        let odd = "{\"index\":1,\"prompt_id\":\"p\",\"phase\":\"measure\",\"outcome\":\"completed\",\(fields)}\n"
        try FileSystem.write(line + odd + line, to: run.file("requests.jsonl"))
        let failure = try #require(throws: Failure.self) { try run.readRecords(channels: []) }
        #expect(failure.code == "store.row" && failure.source?.line == 2)
    }

    @Test func `a run that wrote neither samples nor requests has none`() throws {
        let folder = try TemporaryFolder()
        let channel = SampleJournalTests.channel("GPU-0")
        let (series, requests, notes) = try RunDirectory(path: folder.path).readRecords(channels: [channel])
        #expect(series == [SampleSeries(channel: channel)])
        #expect(requests.isEmpty && notes.isEmpty)
    }
}
