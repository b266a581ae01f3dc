/// The columns of one row in their order; what is missing is `NA`, never zero.
struct CSVRow {
    private(set) var columns: [(String, String)] = []
    private var names: Set<String> = []

    init() {}

    /// A name that is there already keeps its first value: a swept key may repeat a column, and a table has each name once.
    mutating func add(_ name: String, _ value: String?) {
        guard names.insert(name).inserted else { return }
        columns.append((name, value ?? RunRow.missing))
    }
    mutating func add(_ name: String, _ value: Int?) { add(name, value.map { "\($0)" }) }
    mutating func add(_ name: String, _ value: Double?) { add(name, value.flatMap { $0.isFinite ? "\($0)" : nil }) }

    /// A list in one field; nothing in it is missing, not an empty text.
    static func list(_ items: [String]) -> String? { items.isEmpty ? nil : items.joined(separator: ",") }
}
