import JouleModel
import JouleReport

/// What MLflow keeps of a run, in pieces that its server takes.
enum MLflowRecord {
    /// Limits of `runs/log-batch`, and of names and values; those of older servers where they are tighter.
    static let mostMetrics = 1_000
    static let mostParameters = 100
    static let longestName = 250
    static let longestParameter = 500
    static let longestTag = 5_000

    static func tags(of run: SentRun) -> [(name: String, value: String)] {
        let summary = run.summary
        let texts: [(String, String?)] = [
            ("joulebench.version", run.recording.environment.joulebench), ("joulebench.run_id", summary.runID),
            ("joulebench.digest", run.digest), ("joulebench.host", run.host), ("joulebench.run_directory", run.directory),
            ("joulebench.status", summary.status.rawValue), ("joulebench.status_reason", summary.statusReason),
            ("joulebench.headline_scope", summary.headlineScope.rawValue), ("joulebench.energy_method", run.energyMethod),
            ("joulebench.energy_reason", summary.energyReason), ("joulebench.window", summary.windowVerdict.rawValue),
            ("joulebench.flags", run.flags.map(\.rawValue).joined(separator: ",")),
            ("mlflow.source.name", "joulebench"), ("mlflow.source.type", "LOCAL"),
        ]
        return texts.compactMap { name, value in value.flatMap { $0.isEmpty ? nil : (name, cut($0, to: longestTag)) } }
    }

    /// The parts of the bodies of as many calls as are needed.
    static func batches(of run: SentRun, timestamp: JSONValue) -> [[String: JSONValue]] {
        let metrics = RunMetrics.all(of: run.summary).map { metric in
            JSONValue.object([
                "key": .string(name(metric.name)), "value": .number(metric.value), "timestamp": timestamp, "step": .integer(0),
            ])
        }
        let parameters = run.parameters.map { parameter in
            JSONValue.object([
                "key": .string(name(parameter.name)), "value": .string(cut(parameter.value, to: longestParameter)),
            ])
        }
        return pieces(parameters, of: mostParameters).map { ["params": .array($0)] }
            + pieces(metrics, of: mostMetrics).map { ["metrics": .array($0)] }
    }

    static func pairs(_ pairs: [(name: String, value: String)]) -> JSONValue {
        .array(pairs.map { .object(["key": .string($0.name), "value": .string($0.value)]) })
    }

    /// A name with letters, digits and `_-./: ` alone.
    static func name(_ text: String) -> String {
        let plain = text.unicodeScalars.map { scalar -> Character in
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "_-./: ".unicodeScalars.contains(scalar))
            return isPlain ? Character(scalar) : "_"
        }
        return String(String(plain).prefix(longestName))
    }

    /// At most so many scalars, with an ellipsis where something is missing.
    static func cut(_ text: String, to limit: Int) -> String {
        guard text.unicodeScalars.count > limit else { return text }
        var cut = String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))
        cut.append("…")
        return String(cut)
    }

    private static func pieces<Element>(_ all: [Element], of size: Int) -> [[Element]] {
        stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
    }
}
