/// An error for people: what happened, with the value and the place, and what to do next.
package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stable and machine-readable, `area.what`: `meter.permission`, `config.unknown-key`. Texts may change, codes do not.
    package let code: String
    package let message: String
    /// What lies behind it: the system's own words, the last lines of a child's standard error.
    package let cause: String?
    package let remedy: String?
    /// `file:line:column`, where a file is to blame.
    package let source: SourcePlace?

    package init(_ code: String, _ message: String, cause: String? = nil, remedy: String? = nil, source: SourcePlace? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.remedy = remedy
        self.source = source
    }

    package var description: String {
        var text = "\(source.map { "\($0): " } ?? "")\(message) [\(code)]"
        if let cause { text += ": \(cause)" }
        if let remedy { text += " (\(remedy))" }
        return text
    }
}

/// Several failures reported at once, such as every mistake of one configuration file.
package struct Failures: Error, Sendable {
    package let all: [Failure]
    package init(_ all: [Failure]) { self.all = all }
}

/// A place in a text file; lines and columns count from 1.
package struct SourcePlace: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    package let line: Int
    package let column: Int
    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }
    package var description: String { "\(file):\(line):\(column)" }
}
