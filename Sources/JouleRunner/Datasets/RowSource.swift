import JouleBackends
import JouleHub
import JouleModel

/// A data set whose rows are fetched by their numbers: on the hub, or through the worker's `datasets` library.
protocol RowSource: Sendable {
    /// Of what the rows are; `via` is known when they have been fetched.
    func origin() async -> DatasetOrigin
    var rowCount: Int { get }
    var columns: [String] { get }
    func rows(_ numbers: [Int]) async throws -> [[String: JSONValue]]
    /// What is allowed and probably not meant.
    var warnings: [Failure] { get }
}

extension HubDataset: RowSource {
    func origin() async -> DatasetOrigin {
        DatasetOrigin(
            name: description.id, config: description.config, split: description.split, revision: description.revision,
            rows: description.rows, via: hasAsked ? "hub" : "cache")
    }

    nonisolated var rowCount: Int { description.rows }
    nonisolated var columns: [String] { description.columns }

    nonisolated var warnings: [Failure] {
        guard description.isPartial else { return [] }
        return [
            Failure(
                "workload.partial", "the hub knows only the first \(description.rows) rows of `\(description.id)`",
                remedy: "download the data set to choose from all of it")
        ]
    }
}

/// Rows that the worker's `datasets` library reads; valid as long as the worker lives.
struct LibraryRows: RowSource {
    /// Rows asked for at once: an answer must fit into one line of the protocol.
    private static let portion = 500

    let session: WorkerSession
    let table: WorkerTable
    let facts: WorkerRows

    init(_ session: WorkerSession, _ table: WorkerTable) async throws {
        self.session = session
        self.table = table
        facts = try await session.rows(of: table, numbers: [])
    }

    func origin() async -> DatasetOrigin {
        DatasetOrigin(
            name: table.path ?? table.dataset ?? "", config: table.config, split: facts.split, revision: facts.revision,
            rows: facts.total, via: "datasets library")
    }

    var rowCount: Int { facts.total }
    var columns: [String] { facts.columns }
    var warnings: [Failure] { [] }

    func rows(_ numbers: [Int]) async throws -> [[String: JSONValue]] {
        var found: [[String: JSONValue]] = []
        for start in stride(from: 0, to: numbers.count, by: Self.portion) {
            let asked = Array(numbers[start..<min(start + Self.portion, numbers.count)])
            let answer = try await session.rows(of: table, numbers: asked)
            guard answer.rows.count == asked.count else {
                throw Failure("worker.protocol", "the worker was asked for \(asked.count) rows and gave \(answer.rows.count)")
            }
            found += answer.rows
        }
        return found
    }
}
