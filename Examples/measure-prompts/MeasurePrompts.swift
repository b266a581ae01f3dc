import JouleKit

/// Runs an experiment from Swift: a configuration file, keys over it, the figures that come back.
///
///     swift run measure-prompts configs/quickstart.yaml scenario.num_samples=2
@main
struct MeasurePrompts {
    static func main() async {
        do {
            var arguments = Array(CommandLine.arguments.dropFirst())
            guard !arguments.isEmpty else { return print("usage: measure-prompts CONFIG [key=value]…") }
            let file = arguments.removeFirst()
            var settings: [String: String] = [:]
            for argument in arguments {
                let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
                settings[parts[0]] = parts.count > 1 ? parts[1] : ""
            }
            let experiment = try Experiment(file: file, settings: settings)
            for warning in experiment.warnings { print("warning: \(warning.message)") }
            let report = try await experiment.run { update in
                if case .phase(let phase) = update { print("phase: \(phase)") }
            }
            print("\(report.id): \(report.status), \(report.completedRequests) requests, \(report.outputTokens) output tokens")
            for name in ["joules_per_output_token", "joules_per_request", "mean_power", "output_tokens_per_second"] {
                if let figure = report.figures[name] { print("\(name): \(figure.text)") }
            }
            print("report: \(report.directory)/report.html")
        } catch {
            print("error: \(error)")
        }
    }
}
