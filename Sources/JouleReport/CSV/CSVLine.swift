/// Lines of comma-separated values after RFC 4180.
package enum CSVLine {
    /// The fields as one line without its end; a field with a comma, a quote or a line break is quoted.
    package static func join(_ fields: some Sequence<String>) -> String { fields.map(quoted).joined(separator: ",") }

    private static func quoted(_ field: String) -> String {
        // By scalar, because "\r\n" is a single Character that equals neither of its halves.
        let special: Set<Unicode.Scalar> = [",", "\"", "\n", "\r"]
        let edges = field.first == " " || field.last == " "
        guard edges || field.unicodeScalars.contains(where: special.contains) else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
