import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleSinks

struct ClickHouseSinkTests {
    /// A server that has a table with some columns, or none.
    private static func server(
        columns: [String]?, _ other: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Reply? = { _ in nil }
    ) -> LoopbackServer {
        LoopbackServer { request in
            if let reply = other(request) { return reply }
            if request.text.hasPrefix("EXISTS") { return .init(columns == nil ? "0\n" : "1\n") }
            if request.text.hasPrefix("DESCRIBE") { return .init((columns ?? []).map { "\($0)\tString\t\t\n" }.joined()) }
            return .init()
        }
    }

    private func sink(_ server: LoopbackServer, _ variables: [String: String] = [:], table: String? = nil) throws -> ClickHouseSink {
        try ClickHouseSink(ReporterSpec(kind: .clickhouse, url: server.url, table: table), variables: variables)
    }

    private func statement(_ request: LoopbackServer.Request) -> String {
        URLComponents(string: request.target)?.queryItems?.first { $0.name == "query" }?.value ?? request.text
    }

    @Test func `a table that is not there is made, and gets the run as one row`() async throws {
        let server = Self.server(columns: nil)
        let run = try TestRun()
        _ = try await sink(server).send(run.sent)
        let statements = server.requests.map(statement)
        #expect(statements.count == 3 && statements[0] == "EXISTS TABLE `joulebench_runs`")
        #expect(statements[1].hasPrefix("CREATE TABLE IF NOT EXISTS `joulebench_runs` (`started_at` DateTime('UTC')"))
        #expect(statements[1].contains("`energy_joules` Nullable(Float64)") && statements[1].contains("`flags` Array(String)"))
        #expect(statements[2].hasPrefix("INSERT INTO `joulebench_runs` (`started_at`, "))
        #expect(statements[2].hasSuffix(") FORMAT JSONEachRow"))
        let row = try #require(server.requests[2].json)
        #expect(row["started_at"] == .string("2026-11-21 09:30:00") && row["run_id"] == .string("exp_20261121_093000"))
        #expect(row["energy_joules"]?.number == 31_512 && row["energy_plus_minus_joules"]?.number == 1_580)
        #expect(row["gpu_energy_joules"]?.number == 31_512 && row["net_over_idle_host_joules"] == .null)
        #expect(row["flags"]?.list.count == 2 && row["invalid_flags"] == .array([.string("implausible")]))
        #expect(row["output_tokens"] == .integer(768))
        let summary = try JSONDecoder().decode(Summary.self, from: Data((row["summary"]?.text ?? "").utf8))
        #expect(summary == run.sent.summary)
        #expect(!server.requests[2].body.contains(UInt8(ascii: "\n")), "a row is a line")
    }

    @Test func `a table of an older version gets the columns that it lacks, and no other`() async throws {
        let run = try TestRun()
        let all = ClickHouseRow.columns(of: run.sent).map(\.name)
        let server = Self.server(columns: all.filter { $0 != "dataset" && $0 != "grams_co2e" } + ["a_column_of_theirs"])
        _ = try await sink(server, table: "energy.runs").send(run.sent)
        let statements = server.requests.map(statement)
        #expect(
            statements[2] == "ALTER TABLE `energy`.`runs` ADD COLUMN `dataset` String, ADD COLUMN `grams_co2e` Nullable(Float64)")
        #expect(statements.count == 4)
        let whole = Self.server(columns: all)
        _ = try await sink(whole).send(run.sent)
        #expect(whole.requests.map { statement($0).prefix(8) } == ["EXISTS T", "DESCRIBE", "INSERT I"])
    }

    @Test func `columns that another run adds at the same moment are no failure`() async throws {
        let run = try TestRun()
        let all = ClickHouseRow.columns(of: run.sent).map(\.name)
        let described = Guarded(0)
        let server = Self.server(columns: ["run_id"]) { request in
            if request.text.hasPrefix("ALTER") { return .init("Code: 44: column exists already", status: 500) }
            guard request.text.hasPrefix("DESCRIBE") else { return nil }
            let look = described.withLock { count in
                count += 1
                return count
            }
            return look == 1 ? nil : .init(all.map { "\($0)\tString\n" }.joined())
        }
        _ = try await sink(server).send(run.sent)
        #expect(server.requests.last.map(statement)?.hasPrefix("INSERT") == true)
    }

    @Test func `user and password go out as headers, and a refusal names what to do`() async throws {
        let server = Self.server(columns: nil) { _ in .init("Code: 193, Wrong password for user joule", status: 401) }
        let run = try TestRun()
        let sink = try sink(server, ["CLICKHOUSE_USER": "joule", "CLICKHOUSE_PASSWORD": "sesame"])
        let failure = try #require(try await failure { _ = try await sink.send(run.sent) })
        let headers = try #require(server.requests.first?.headers)
        #expect(headers["x-clickhouse-user"] == "joule" && headers["x-clickhouse-key"] == "sesame")
        #expect(failure.code == "reporter.key" && failure.cause?.contains("Wrong password for user joule") == true)
        #expect(failure.remedy?.contains("password_env") == true && !failure.description.contains("sesame"))
    }

    @Test func `any text is one line of JSON that reads back as it was`() async throws {
        var random = SeededRandom(seed: 23)
        for _ in 0..<200 {
            let text = Texts.odd(&random)
            let row = ClickHouseRow.columns(of: try TestRun(name: text, model: text, reason: text).sent)
            let object = JSONValue.object(Dictionary(uniqueKeysWithValues: row.map { ($0.name, $0.value) }))
            let line = object.line()
            #expect(!line.contains(UInt8(ascii: "\n")) && !line.contains(UInt8(ascii: "\r")))
            let back = try JSONDecoder().decode(JSONValue.self, from: Data(line))
            #expect(back["name"] == .string(text) && back["status_reason"] == .string(text), "seed 23")
        }
    }

    @Test func `the columns have names and types for ever`() throws {
        let run = try TestRun()
        let columns = ClickHouseRow.columns(of: run.sent).map { "\($0.name) \($0.type)" }.joined(separator: "\n") + "\n"
        #expect(try Golden().difference(columns, from: "clickhouse_columns.txt") == nil)
    }
}

enum Texts {
    private static let pieces: [String] = [
        "\"", "'", "`", "\\", "\n", "\r\n", "\t", "\u{0}", "\u{1}", "\u{7f}", "\u{2028}", "é", "日本", "👩‍🔬", "{", "}", "$", "%s", "a", " ",
        "/", ",", "\u{FEFF}",
    ]

    /// A text of what formats trip over.
    static func odd(_ random: inout SeededRandom) -> String {
        (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }
}
