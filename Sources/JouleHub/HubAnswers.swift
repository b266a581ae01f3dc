import JouleModel

/// The list of configurations and splits of a data set.
struct SplitList: Codable {
    struct Split: Codable, Hashable {
        let config: String
        let split: String
    }
    let splits: [Split]
}

/// A page of rows.
struct RowPage: Codable {
    struct Feature: Codable {
        let name: String
    }
    struct Row: Codable {
        let number: Int
        let fields: [String: JSONValue]
        /// Columns of which the service sent only the beginning.
        let truncated: [String]

        private enum CodingKeys: String, CodingKey {
            case number = "row_idx"
            case fields = "row"
            case truncated = "truncated_cells"
        }
    }

    let features: [Feature]
    let rows: [Row]
    let total: Int
    /// Whether the service knows only the first part of the split.
    let isPartial: Bool?

    private enum CodingKeys: String, CodingKey {
        case features, rows
        case total = "num_rows_total"
        case isPartial = "partial"
    }
}

/// What a data set is, before any of its rows is looked at.
package struct HubDescription: Codable, Hashable, Sendable {
    package let id: String
    package let config: String
    package let split: String
    /// The commit whose rows these are; nil where the hub does not say it.
    package let revision: String?
    package let rows: Int
    package let columns: [String]
    package let isPartial: Bool
}
