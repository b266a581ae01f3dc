import JouleModel

/// A data set that the worker's `datasets` library loads: a path, or a name of the hub.
package struct WorkerTable: Hashable, Sendable {
    package let path: String?
    package let dataset: String?
    package let config: String?
    package let split: String

    package init(path: String? = nil, dataset: String? = nil, config: String? = nil, split: String) {
        self.path = path
        self.dataset = dataset
        self.config = config
        self.split = split
    }
}

/// The request for rows of it.
struct RowsRequest: Encodable {
    let path: String?
    let dataset: String?
    let config: String?
    let split: String
    let indices: [Int]

    init(_ table: WorkerTable, _ indices: [Int]) {
        (path, dataset, config, split) = (table.path, table.dataset, table.config, table.split)
        self.indices = indices
    }
}

/// What the worker says of a data set, with the rows that were asked for.
package struct WorkerRows: Decodable, Sendable {
    package let total: Int
    package let columns: [String]
    /// nil where a file has none.
    package let split: String?
    package let revision: String?
    package let rows: [[String: JSONValue]]
}
