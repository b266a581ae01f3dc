import Foundation
import JouleModel
import JouleReport
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleStore

struct CapturedRequestLogTests {
    static let header = "timestamp_s,latency_s,prompt_tokens,completion_tokens,status_code,error\n"

    static func log(_ text: String) throws(Failure) -> CapturedRequestLog { try CapturedRequestLog(Array(text.utf8), file: "requests.csv") }

    static func failure(_ text: String) -> Failure? {
        do {
            _ = try log(text)
            return nil
        } catch {
            return error
        }
    }

    static func unix(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64((seconds * 1e6).rounded()) * 1_000) }

    @Test func `the older toolkit's table is read, its missing cells are nil`() throws {
        let log = try Self.log(
            Self.header
                + "1700000000.25,1.5,10,40,200,\n1700000001,2.0,12,60.0,200,\n1700000001.5,,,,,timed out\n1700000002,0.5,9,nan,-1,\n")
        #expect(log.requests.map(\.started.nanoseconds).prefix(2) == [1_700_000_000_250_000_000, 1_700_000_001_000_000_000])
        #expect(log.requests.map(\.latency) == [.seconds(1.5), .seconds(2), nil, .milliseconds(500)])
        #expect(log.requests.map(\.inputTokens) == [10, 12, nil, 9])
        #expect(log.requests.map(\.outputTokens) == [40, 60, nil, nil])
        #expect(log.requests.map(\.statusCode) == [200, 200, nil, -1])
        #expect(log.requests.map(\.succeeded) == [true, true, false, false])
        #expect(log.span == Self.unix(1_700_000_000.25)..<Self.unix(1_700_000_003))
        #expect(log.notes.isEmpty && log.unsent == 0)
    }

    @Test func `our own table tells the outcome, and who was never sent`() throws {
        let text =
            CSVLine.join(RequestTable.header) + "\n" + "1700000000.000001,2.000000,12,7,200,,completed,0.1,0.1,1700000000,2,usage,length,\n"
            + "1700000001.000000,1.000000,12,3,200,,incomplete,0.1,0.1,1700000001,,usage,,\n"
            + ",,,,,,dropped,,,1700000002.000000,,,,\n"
        let log = try Self.log(text)
        #expect(log.requests.map(\.outcome) == [.completed, .incomplete])
        #expect(log.requests.map(\.succeeded) == [true, false])
        #expect(abs((log.requests[0].started - Self.unix(1_700_000_000.000001)).nanoseconds) < 250)
        #expect(log.unsent == 1)
        #expect(log.notes == ["requests.csv: 1 request was never sent"])
    }

    @Test func `a quoted error may hold commas, quotes and line breaks`() throws {
        let log = try Self.log(
            "\u{FEFF}" + Self.header.replacing("\n", with: "\r\n")
                + "1700000000,1,10,40,500,\"HTTP 500: \"\"out, of\r\nmemory\"\"\"\r\n1700000001,1,10,x,200,\r\n".replacing("x", with: "41"))
        #expect(log.requests.map(\.error) == ["HTTP 500: \"out, of\r\nmemory\"", nil])
        #expect(log.requests.map(\.outputTokens) == [40, 41])
    }

    @Test func `mistakes are named with the line on which their row begins`() {
        let failure = Self.failure(
            Self.header + "1700000000,1,10,40,500,\"a\nb\"\n1700000001,-1,10,4.5,200,\n1700000002,1\nnow,1,1,1,200,\n")
        #expect(failure?.code == "import.request-log")
        #expect(failure?.message == "4 mistakes in the log of requests")
        #expect(
            failure?.cause
                == "line 4: `-1` is no number of seconds\nline 4: `4.5` is no whole number\nline 5: 2 fields where the header has 6\nline 6: `now` is no number of seconds"
        )
        #expect(failure?.source == SourcePlace(file: "requests.csv", line: 4, column: 2))
    }

    @Test func `a last line that was cut off is left out and noted, unless only its end is missing`() throws {
        let cut = try Self.log(Self.header + "1700000000,1,10,40,200,\n1700000001,1,10,4")
        #expect(cut.requests.count == 1)
        #expect(cut.notes == ["requests.csv: line 3 is cut off and is left out"])
        let whole = try Self.log(Self.header + "1700000000,1,10,40,200,\n1700000001,1,10,41,200,")
        #expect(whole.requests.map(\.outputTokens) == [40, 41])
        let number = try Self.log("timestamp_s,latency_s,completion_tokens\n1700000000,1,40\n1700000001,1,4")
        #expect(number.requests.count == 1 && number.notes.count == 1)
    }

    @Test func `a table without start or latency is refused`() {
        #expect(Self.failure("a,b\n1,2\n")?.message.contains("`timestamp_s`") == true)
        #expect(Self.failure("timestamp_s\n1\n")?.message.contains("`latency_s`") == true)
        #expect(Self.failure("")?.code == "import.request-log")
        #expect(Self.failure(Self.header + "1,1,1,1,200,\"open\n1,1,1,1,200,\n")?.code == "import.csv")
    }

    @Test func `the ends of time are no crash`() throws {
        #expect(try Self.log(Self.header + "4499999999,4499999999,1,1,200,\n").span?.duration == .seconds(4_499_999_999))
        #expect(Self.failure(Self.header + "1,9e9,1,1,200,\n") != nil)
    }

    @Test func `without a request with a length there is no span`() throws {
        #expect(try Self.log(Self.header).span == nil)
        #expect(try Self.log(Self.header + "1700000000,,,,,refused\n").span == nil)
    }

    @Test func `what CSVLine writes comes back, whatever the texts are`() throws {
        let seed = UInt64.random(in: 0 ..< .max)
        var generator = SeededRandom(seed: seed)
        let pieces = [",", "\"", "\n", "\r\n", "a", "é", " ", "1", "e\u{301}", ""]
        for _ in 0..<500 {
            let records = (0..<4).map { _ in
                (0..<3).map { _ in (0..<4).compactMap { _ in pieces.randomElement(using: &generator) }.joined() }
            }
            let text = records.map { CSVLine.join($0) + "\n" }.joined()
            #expect(try CSVRecords(Array(text.utf8), file: "f").records.map(\.fields) == records, "seed \(seed)")
        }
    }

    @Test func `any text is read or refused, never a crash`() {
        let seed = UInt64.random(in: 0 ..< .max)
        var generator = SeededRandom(seed: seed)
        let pieces = [",", "\n", "\"", "1", "2.5", "-", "nan", "é", "\r\n", " ", "1e300", "200", "1700000000", "completed"]
        for _ in 0..<1_000 {
            let text = Self.header + (0..<30).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
            if let log = try? Self.log(text) { #expect(log.requests.allSatisfy { $0.started.nanoseconds >= 0 }, "seed \(seed)") }
        }
    }

    @Test func `a file on disk is read, and a missing one has a reason`() throws {
        let folder = try TemporaryFolder()
        try FileSystem.write(Self.header + "1700000000,1,10,40,200,\n", to: folder.file("r.csv"))
        #expect(try CapturedRequestLog.read(file: folder.file("r.csv")).requests.count == 1)
        #expect(throws: Failure.self) { try CapturedRequestLog.read(file: folder.file("none.csv")) }
    }
}
