/// Lines of comma-separated values after RFC 4180.
package enum CSVLine {
    /// The fields as one line without its end; a field with a comma, a quote or a line break is quoted.
    package static func join(_ fields: some Sequence<String>) -> String { fields.map(quoted).joined(separator: ",") }

    private static func quoted(_ field: String) -> String {
        // By byte, because "\r\n" is a single Character that equals neither of its halves.
        let bytes = field.utf8
        let isSpecial = { (byte: UInt8) in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        }
        let edges = bytes.first == UInt8(ascii: " ") || bytes.last == UInt8(ascii: " ")
        guard edges || bytes.contains(where: isSpecial) else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
