/// An error for people: what happened, with the value and the place, and what to do next. No URL in it shows user, password or query.
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
        self.message = URLSecrets.masked(in: message)
        self.cause = cause.map { URLSecrets.masked(in: $0) }
        self.remedy = remedy.map { URLSecrets.masked(in: $0) }
        self.source = source
    }

    package var description: String {
        var text = "\(source.map { "\($0): " } ?? "")\(message) [\(code)]"
        if let cause { text += ": \(cause)" }
        if let remedy { text += " (\(remedy))" }
        return text
    }
}

extension Failure {
    /// What a failure is due to, by its code.
    package enum Blame: Sendable, Hashable {
        /// The command line, the configuration, the data that it names.
        case usage
        /// A meter, a device, a backend or a server that is not there.
        case unavailable
        /// What happened on the way.
        case run
    }

    package var blame: Blame {
        switch code {
        case "server.key", "server.endpoint", "server.launch", "reporter.key", "reporter.url": return .usage
        case "server.died": return .run
        case "slurm.missing", "slurm.unreachable": return .unavailable
        default: break
        }
        switch code.prefix(while: { $0 != "." }) {
        case "config", "usage", "workload", "dataset", "format", "endpoint", "request", "load", "trace", "rate", "json", "estimate",
            "slurm":
            return .usage
        case "meter", "device", "quantization": return .unavailable
        // A package that the worker cannot import is a backend that is not to be had here.
        case "backend", "process", "server", "hub", "environment", "reporter": return .unavailable
        default: return .run
        }
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
