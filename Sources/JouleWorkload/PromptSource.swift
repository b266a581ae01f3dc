import JouleModel

/// Where prompts come from.
///
/// Paths are relative to the working directory, as in the tools whose files this program reads, and not to the configuration
/// file: a configuration can then be shared between data sets that lie elsewhere.
package enum PromptSource: Hashable, Sendable {
    case quickstart
    /// One prompt per line; blank lines are skipped.
    case text(path: String)
    /// One JSON object per line. Without a column the first of `JSONLines.columns` that the first line has as a text is taken.
    case jsonLines(path: String, column: String?)

    package init(datasetName name: String, textColumn: String? = nil) throws(Failure) {
        let lowered = name.lowercased()
        if name == "builtin:quickstart" {
            self = .quickstart
        } else if lowered.hasSuffix(".txt") {
            self = .text(path: name)
        } else if lowered.hasSuffix(".jsonl") {
            self = .jsonLines(path: name, column: textColumn)
        } else {
            throw Failure(
                "workload.unknown-dataset", "there is no data set `\(name)`",
                remedy: "known are builtin:quickstart, synthetic, and the path of a .txt or .jsonl file")
        }
    }

    /// All prompts, in file order.
    ///
    /// - Parameter readFile: reads a whole file; what it throws is described in the failure.
    package func prompts(readFile: (String) throws -> [UInt8]) throws(Failures) -> [Prompt] {
        let prompts: [Prompt]
        let path: String
        switch self {
        case .quickstart: return QuickstartPrompts.all
        case .text(let file):
            path = file
            prompts = Self.lines(of: try Self.read(file, with: readFile)).compactMap { line in
                line.isBlank ? nil : Prompt(id: "line-\(line.number)", text: String(line.text))
            }
        case .jsonLines(let file, let column):
            path = file
            prompts = try JSONLines(file: file, column: column).prompts(Self.lines(of: try Self.read(file, with: readFile)))
        }
        guard !prompts.isEmpty else {
            throw Failures([Failure("workload.no-prompts", "`\(path)` holds no prompts", remedy: "write one prompt on each line")])
        }
        return prompts
    }

    struct Line {
        let number: Int
        let text: Substring
        var isBlank: Bool { text.allSatisfy(\.isWhitespace) }
    }

    private static func read(_ path: String, with readFile: (String) throws -> [UInt8]) throws(Failures) -> String {
        let bytes: [UInt8]
        do {
            bytes = try readFile(path)
        } catch {
            let remedy = path.hasPrefix("/") ? nil : "the path is relative to the working directory, not to the configuration file"
            throw Failures([Failure("workload.unreadable", "the prompts `\(path)` cannot be read", cause: "\(error)", remedy: remedy)])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failures([Failure("workload.encoding", "the prompts `\(path)` are not UTF-8", remedy: "save the file as UTF-8")])
        }
        return text
    }

    /// The lines between line feeds, without a byte order mark and without the carriage returns of Windows.
    static func lines(of text: String) -> [Line] {
        let scalars = text.unicodeScalars
        let body = scalars.first == "\u{FEFF}" ? scalars.dropFirst() : scalars[...]
        // Unicode scalars, because CR LF is a single character in a Swift string.
        return body.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
            Line(number: index + 1, text: Substring(line.last == "\r" ? line.dropLast() : line))
        }
    }
}
