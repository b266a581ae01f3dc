import JouleConfiguration
import JouleModel

/// The formats that are known, as `formats list` shows them.
package struct FormatListing: Encodable, Sendable {
    private struct Row: Encodable {
        let family: String
        let type: ReasoningFormat.Kind
        let patterns: [String]
        let thinksByDefault: Bool
        let enableFlag: String?
        let disableFlag: String?
        let prefix: String?
        let suffix: String?
        let description: String?
        /// Models that have words of their own.
        let models: [String]
        let source: String

        private enum CodingKeys: String, CodingKey {
            case family, type, patterns, prefix, suffix, description, source
            case thinksByDefault = "default_enabled"
            case enableFlag = "enable_flag"
            case disableFlag = "disable_flag"
            case models = "model_overrides"
        }
    }

    private let rows: [Row]

    private enum CodingKeys: String, CodingKey { case rows = "formats" }

    private init(_ registry: FormatRegistry) {
        rows = registry.formats.map { format in
            let words = format.words
            return Row(
                family: format.family, type: words.kind, patterns: format.patterns, thinksByDefault: words.thinksByDefault,
                enableFlag: words.enableFlag, disableFlag: words.disableFlag, prefix: words.prefix, suffix: words.suffix,
                description: words.description, models: format.overrides.map(\.model), source: format.source ?? "built-in")
        }
    }

    /// The formats of the tool with the user's laid over them.
    ///
    /// - Parameters:
    ///   - formatsFile: the user's file; nil takes the one in the configuration folder, if it is there.
    ///   - variables: the environment that says where that is.
    /// - Throws: mistakes of the file with their places.
    package init(formatsFile: String?, variables: [String: String]) throws(Failures) {
        self.init(try FormatsLoader(environment: variables).load(formatsFile))
    }

    /// A table in the order in which patterns are tried.
    package var text: String {
        let header = ["family", "type", "default", "strings", "patterns", "from"]
        let cells = rows.map { row in
            [
                row.family, row.type.rawValue, row.thinksByDefault ? "on" : "off", Self.strings(row),
                (row.patterns + row.models.map { "= \($0)" }).joined(separator: "  "), row.source,
            ]
        }
        let widths = header.indices.map { column in ([header] + cells).map { $0[column].count }.max() ?? 0 }
        return ([header] + cells).map { line in
            zip(line, widths).map { $0.padding(to: $1) }.joined(separator: "  ").trimmingTrailingSpaces
        }.joined(separator: "\n")
    }

    private static func strings(_ row: Row) -> String {
        if row.type == .harmony { return "effort low, medium, high" }
        let on = [row.enableFlag, row.prefix, row.suffix].compactMap(\.self).map(FormatExplanation.quoted)
        let off = row.disableFlag.map { ["off: \(FormatExplanation.quoted($0))"] } ?? []
        return (on + off).joined(separator: ", ")
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    fileprivate var trimmingTrailingSpaces: String {
        var end = endIndex
        while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
        return String(self[..<end])
    }
}
