import JouleModel

/// One row of a data set.
package struct DatasetRow: Hashable, Sendable {
    /// From 0, in the data set's order.
    package let number: Int
    /// What the prompt is called: `line-12`, `row-11`.
    package let id: String
    package let fields: [String: JSONValue]

    package init(number: Int, id: String? = nil, fields: [String: JSONValue]) {
        self.number = number
        self.id = id ?? "row-\(number)"
        self.fields = fields
    }

    package var columns: String { fields.keys.sorted().joined(separator: ", ") }
}

/// A value of a row. Equal to `JSONValue`, but looks for texts first: a conversation of a thousand turns is almost nothing else.
struct Cell: Decodable {
    let value: JSONValue

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            value = .string(text)
        } else if let cells = try? container.decode([Cell].self) {
            value = .array(cells.map(\.value))
        } else if let cells = try? container.decode([String: Cell].self) {
            value = .object(cells.mapValues(\.value))
        } else {
            value = try container.decode(JSONValue.self)
        }
    }
}
