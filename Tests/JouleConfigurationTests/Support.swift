import JouleConfiguration
import JouleModel
import Testing

/// Files that exist only in a test.
func files(_ contents: [String: String]) -> FileReading {
    { path in
        guard let text = contents[path] else { throw UnreadableInTest() }
        return Array(text.utf8)
    }
}

struct UnreadableInTest: Error, CustomStringConvertible {
    var description: String { "no such file" }
}

/// The two keys that every configuration needs.
let minimal = "backend: {type: pytorch, model: m}\n"

func load(
    _ text: String, others: [String: String] = [:], environment: [String: String] = [:], overrides: [String] = []
) throws(Failures) -> LoadedConfiguration {
    let all = others.merging(["bench.yaml": text]) { $1 }
    return try ConfigurationLoader(environment: environment, readFile: files(all)).load("bench.yaml", overrides: overrides)
}

func experiment(_ text: String, environment: [String: String] = [:], overrides: [String] = []) throws(Failures) -> Experiment {
    try load(text, environment: environment, overrides: overrides).experiment
}

/// What loading complains about; empty when it succeeds.
func failures(
    _ text: String, others: [String: String] = [:], environment: [String: String] = [:], overrides: [String] = []
) -> [Failure] {
    do {
        _ = try load(text, others: others, environment: environment, overrides: overrides)
        return []
    } catch {
        return error.all
    }
}

/// The one complaint about a text.
func failure(
    _ text: String, others: [String: String] = [:], environment: [String: String] = [:], overrides: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> Failure {
    let all = failures(text, others: others, environment: environment, overrides: overrides)
    #expect(all.count == 1, "\(all)", sourceLocation: sourceLocation)
    return try #require(all.first, sourceLocation: sourceLocation)
}
