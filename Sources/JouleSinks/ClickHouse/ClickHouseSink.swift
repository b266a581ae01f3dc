import Foundation
import JouleHTTP
import JouleModel
import JouleUnits

/// ClickHouse by its HTTP interface: one row a run, in a table that is made where there is none and widened where columns are missing.
///
/// Only statements that 18.16 and today's versions read alike are used.
package struct ClickHouseSink: Sink {
    package static let usualTable = "joulebench_runs"

    package let destination: String
    private let client: ServiceClient
    /// `table` or `database.table`, each part quoted.
    private let table: String

    /// - Throws: `reporter.url`, `reporter.key`.
    package init(_ reporter: ReporterSpec, variables: [String: String]) throws(Failure) {
        let keys = ServiceKeys(service: "ClickHouse", variables: variables)
        var headers: [(name: String, value: String)] = []
        if let user = try keys.value(of: reporter.userVariable, else: "CLICKHOUSE_USER") { headers.append(("X-ClickHouse-User", user)) }
        if let password = try keys.value(of: reporter.passwordVariable, else: "CLICKHOUSE_PASSWORD") {
            headers.append(("X-ClickHouse-Key", password))
            // A key without a user is none: the server wants both or neither.
            if headers.count == 1 { headers.append(("X-ClickHouse-User", "default")) }
        }
        client = try ServiceClient(
            service: "ClickHouse", url: reporter.url ?? "http://localhost:8123", variable: "reporter.url",
            keyRemedy:
                "name the variables of user and password in user_env and password_env; the user needs SELECT and INSERT on the table, "
                + "and CREATE or ALTER where it is missing or lacks columns",
            authorization: headers)
        let name = reporter.table ?? Self.usualTable
        table = name.split(separator: ".").map { "`\($0)`" }.joined(separator: ".")
        destination = "\(client.shown), table \(name)"
    }

    package func send(_ run: SentRun) async throws(Failure) -> String? {
        let row = ClickHouseRow.columns(of: run)
        if try await query("EXISTS TABLE \(table)").first == "1" {
            try await widen(to: row)
        } else {
            // Of two rows of one run the later stays.
            let columns = row.map { "`\($0.name)` \($0.type)" }.joined(separator: ", ")
            try await query(
                "CREATE TABLE IF NOT EXISTS \(table) (\(columns)) ENGINE = ReplacingMergeTree(`sent_at`) "
                    + "PARTITION BY toYYYYMM(`started_at`) ORDER BY (`started_at`, `run_id`, `host`)")
        }
        let names = row.map { "`\($0.name)`" }.joined(separator: ", ")
        let object = JSONValue.object(Dictionary(uniqueKeysWithValues: row.map { ($0.name, $0.value) }))
        try await query("INSERT INTO \(table) (\(names)) FORMAT JSONEachRow", body: object.line())
        return nil
    }

    /// Adds the columns that a table of an older version does not have. `ADD COLUMN IF NOT EXISTS` is younger than 18.16, so a race is
    /// told by looking again.
    private func widen(to row: [ClickHouseRow.Column]) async throws(Failure) {
        let missing = Self.missing(row, in: try await query("DESCRIBE TABLE \(table) FORMAT TabSeparated"))
        guard !missing.isEmpty else { return }
        let additions = missing.map { "ADD COLUMN `\($0.name)` \($0.type)" }.joined(separator: ", ")
        do throws(Failure) {
            try await query("ALTER TABLE \(table) \(additions)")
        } catch {
            guard Self.missing(row, in: try await query("DESCRIBE TABLE \(table) FORMAT TabSeparated")).isEmpty else { throw error }
        }
    }

    private static func missing(_ row: [ClickHouseRow.Column], in description: [String]) -> [ClickHouseRow.Column] {
        let present = Set(description.compactMap { $0.split(separator: "\t").first.map(String.init) })
        return row.filter { !present.contains($0.name) }
    }

    /// The lines of the answer. The statement stands in the URL where a body carries data.
    @discardableResult
    private func query(_ statement: String, body: [UInt8]? = nil) async throws(Failure) -> [String] {
        let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        var page = "/"
        if body != nil { page += "?query=" + (statement.addingPercentEncoding(withAllowedCharacters: plain) ?? "") }
        let reply = try await client.answer("POST", page, type: "text/plain; charset=utf-8", body: body ?? Array(statement.utf8))
        // An old server answers 500 to a statement that is wrong; its words are the point.
        guard reply.isSuccess else {
            throw client.refusal(reply, of: statement.split(separator: " ").prefix(2).joined(separator: " "))
        }
        return reply.text.split(separator: "\n").map(String.init)
    }
}
