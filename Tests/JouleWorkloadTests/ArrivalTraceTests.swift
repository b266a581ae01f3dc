import JouleModel
import JouleUnits
import JouleWorkload
import Testing

private func trace(_ text: String) throws -> ArrivalTrace { try ArrivalTrace(Array(text.utf8), file: "t") }

private func failures(_ text: String) -> [Failure] {
    let error = #expect(throws: Failures.self) { _ = try trace(text) }
    return error?.all ?? []
}

struct ArrivalTraceTests {
    @Test func `an Azure trace is read to the digit`() throws {
        let read = try trace(
            "\u{FEFF}TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-12-31 23:59:59.9799600,4808,10\r\n2024-01-01 00:00:00.0000001,3180,8\r\n\r\n"
        )
        #expect(read.format == .azure)
        #expect(read.entries.map(\.offset) == [.zero, .nanoseconds(20_040_100)])
        #expect(read.entries.map(\.inputTokens) == [4_808, 3_180])
        #expect(read.entries.map(\.outputTokens) == [10, 8])
        #expect(read.warnings.isEmpty)
    }

    @Test func `stamps with an offset and over a leap day are told apart`() throws {
        let read = try trace(
            """
            TIMESTAMP,ContextTokens,GeneratedTokens
            2024-02-28 23:59:59.5+00:00,1,1
            2024-03-01T01:00:00.5+01:00,1,1
            2024-03-01T00:00:01Z,1,1
            """)
        #expect(read.entries.map(\.offset) == [.zero, .seconds(86_401), .milliseconds(86_401_500)])
    }

    @Test func `a Mooncake trace is read`() throws {
        let read = try trace(
            #"{"timestamp": 27482, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]}"# + "\n"
                + #"{"timestamp": 30535.5, "input_length": 6472, "output_length": 26}"#)
        #expect(read.format == .mooncake)
        #expect(read.entries.map(\.offset) == [.zero, .microseconds(3_053_500)])
        #expect(read.entries.map(\.inputTokens) == [6_955, 6_472])
    }

    @Test(
        arguments: [
            ("Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type", "ChatGPT,", ""),
            ("Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type", "7,1.5,ChatGPT,", ""),
        ])
    func `BurstGPT is read with both headers, failed rows counted, order restored`(header: String, middle: String, end: String) throws {
        let read = try trace(
            "\(header)\n5,\(middle)472,18,490,Conversation log\n45.25,\(middle)1087,230,1317,API log\n44,\(middle)10,0,10,API log\n9,\(middle)3,4,7,API log"
        )
        #expect(read.format == .burstGPT)
        #expect(read.entries.map(\.offset) == [.zero, .seconds(4), .milliseconds(40_250)])
        #expect(read.entries.map(\.outputTokens) == [18, 4, 230])
        #expect(read.skipped == 1)
        #expect(read.warnings.map(\.code) == ["trace.unordered", "trace.skipped"])
    }

    @Test func `bad lines are named by their numbers`() {
        let all = failures(
            "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9,1,1\n\nyesterday,1,1\n2023-11-16 18:17:04,x,1\n2023-11-16 18:17:05,1"
        )
        #expect(all.map(\.code) == ["trace.bad-line", "trace.bad-line", "trace.bad-line"])
        #expect(all.compactMap(\.source?.line) == [4, 5, 6])
        #expect(all.first?.message == "line 4 of `t` is no request: `yesterday` is no time")
    }

    @Test func `requests that are more than a year apart are no trace`() {
        let text = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
        let rows = ["-4611686018", "4611686018"].map { "\($0),m,1,1,2,API log\n" }.joined()
        #expect(failures(text + rows).map(\.code) == ["trace.too-long"])
    }

    @Test func `a file of another kind and one without answers are refused`() {
        #expect(failures("a,b\n1,2").map(\.code) == ["trace.unknown-format"])
        #expect(failures(" \n").map(\.code) == ["trace.empty"])
        #expect(failures("Timestamp,Model,Request tokens,Response tokens\n1,x,5,0").map(\.code) == ["trace.empty"])
    }
}
