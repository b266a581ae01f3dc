import JouleModel

/// Where prompts come from that are at hand: built in, or in a file that this program reads by itself.
package enum PromptSource: Hashable, Sendable {
    case quickstart
    case file(path: String, DatasetReference.Format, PromptTemplate, turns: Int)

    /// - Parameters:
    ///   - textColumn: the column that holds the prompt.
    ///   - template: as in `scenario.template`; goes before the column.
    /// - Throws: `workload.not-at-hand` for what has to be fetched.
    package init(datasetName name: String, textColumn: String? = nil, template: String? = nil) throws(Failure) {
        var scenario = ScenarioSpec()
        (scenario.datasetName, scenario.textColumnName, scenario.template) = (name, textColumn, template)
        try self.init(scenario)
    }

    package init(_ scenario: ScenarioSpec) throws(Failure) {
        switch try DatasetReference(scenario.datasetName) {
        case .quickstart: self = .quickstart
        case .file(let path, let format) where format != .parquet:
            self = .file(path: path, format, try PromptTemplate(scenario), turns: scenario.turns)
        case .file, .folder, .hub, .synthetic:
            throw Failure(
                "workload.not-at-hand", "the prompts of `\(scenario.datasetName)` are in no file that can be read here",
                remedy: "use a .txt, .jsonl, .csv or .json file")
        }
    }

    /// All prompts, in file order.
    ///
    /// - Parameter readFile: reads a whole file; what it throws is described in the failure.
    package func prompts(readFile: (String) throws -> [UInt8]) throws(Failures) -> [Prompt] {
        try rows(readFile: readFile).compactMap(\.self)
    }

    /// A prompt for each row, in file order; nil for a row that the template leaves out.
    package func rows(readFile: (String) throws -> [UInt8]) throws(Failures) -> [Prompt?] {
        try table(readFile: readFile).prompts
    }

    /// The rows with their columns.
    package func table(readFile: (String) throws -> [UInt8]) throws(Failures) -> PromptTable {
        guard case .file(let path, let format, let template, let turns) = self else { return PromptTable(prompts: QuickstartPrompts.all) }
        let text = try Self.read(path, with: readFile)
        let table = try RowFile(path: path, format: format, template: template, turns: turns).table(text)
        guard table.prompts.contains(where: { $0 != nil }) else {
            let leavesOut = "the template leaves out every row of it; check scenario.template"
            let remedy =
                table.prompts.isEmpty
                ? "write one prompt on each line" : leavesOut + (turns > 1 ? " and scenario.turns" : "")
            throw Failures([Failure("workload.no-prompts", "`\(path)` holds no prompts", remedy: remedy)])
        }
        return table
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
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failures(notText(bytes, in: path)) }
        return text
    }

    /// The lines that are not UTF-8, each with its first wrong byte.
    private static func notText(_ bytes: [UInt8], in path: String) -> [Failure] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().filter { _, line in
            String(validating: line, as: UTF8.self) == nil
        }
        let failures = lines.prefix(RowFile.reportedLines).map { index, line in
            let column = validCharacters(of: line) + 1
            return Failure(
                "workload.encoding", "line \(index + 1) of `\(path)` is not UTF-8 from its character \(column) on",
                remedy: "save the file as UTF-8", source: SourcePlace(file: path, line: index + 1, column: column))
        }
        let rest = lines.count - failures.count
        return rest > 0 ? failures + [Failure("workload.encoding", "\(rest) more lines of `\(path)` are not UTF-8")] : failures
    }

    /// The characters before the first byte that is none.
    private static func validCharacters(of line: ArraySlice<UInt8>) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var bytes = line.makeIterator()
        var count = 0
        while case .valid = parser.parseScalar(from: &bytes) { count += 1 }
        return count
    }

    static func withoutMark(_ text: String) -> String {
        text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
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

/// The rows of prompts that are at hand, and what their columns are.
package struct PromptTable: Hashable, Sendable {
    /// One entry for each row in file order; nil where the template leaves the row out.
    package let prompts: [Prompt?]
    /// nil for lines of text, which have none.
    package var columns: [String]?
    /// As the first row settled it; nil where there are no columns to choose from.
    package var template: PromptTemplate?
}
