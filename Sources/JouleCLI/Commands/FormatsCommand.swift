import ArgumentParser
import Foundation
import JouleConfiguration
import JouleModel
import JouleRunner
import JouleStore

struct FormatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "formats", abstract: "How families of models are told to think, and what would be sent.",
        subcommands: [List.self, Explain.self])

    struct Source: ParsableArguments {
        @Option(name: .long, help: ArgumentHelp("Formats of your own, laid over those built in.", valueName: "file"))
        var formats: String?

        @Flag(name: .long, help: "Print JSON.")
        var json = false
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the families in the order in which their patterns are tried.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var source: Source

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                let listing = try FormatListing(formatsFile: source.formats, variables: ProcessInfo.processInfo.environment)
                console.result(source.json ? String(decoding: try JSONText.encode(listing), as: UTF8.self) : listing.text)
                return ExitStatus.success
            }
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show which family a model is of, why, and the bytes that would be sent.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var source: Source

        @Argument(help: ArgumentHelp("Name of the model; it is not loaded.", valueName: "model"))
        var model: String

        @Option(name: .long, help: ArgumentHelp("none, low, medium or high.", valueName: "effort"))
        var effort: String?

        @Option(name: .long, help: ArgumentHelp("Kind of backend, as in `backend.type`.", valueName: "type"))
        var backend = "vllm"

        @Option(name: .long, help: ArgumentHelp("chat or completions; of servers.", valueName: "api"))
        var api: String?

        @Flag(name: .long, help: "Switch thinking off.")
        var noThinking = false

        @Option(name: .long, help: ArgumentHelp("The most tokens of thinking.", valueName: "tokens"))
        var thinkingBudget: Int?

        @Option(name: .long, help: ArgumentHelp("The user's words.", valueName: "text"))
        var prompt = "Why is the sky blue?"

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                // Nothing but the options has a say.
                let loaded = try ConfigurationLoader(environment: [:]).build(name: "explain", overrides: overrides)
                loaded.warnings.forEach(console.warning)
                let explanation = try FormatExplanation(
                    loaded.experiment, prompt: prompt, variables: ProcessInfo.processInfo.environment)
                explanation.warnings.forEach(console.warning)
                console.result(source.json ? String(decoding: try JSONText.encode(explanation), as: UTF8.self) : explanation.text)
                return ExitStatus.success
            }
        }

        private var overrides: [String] {
            let parameters = "scenario.reasoning_params"
            var overrides = ["backend.type=\(YAMLScalar.quoted(backend))", "backend.model=\(YAMLScalar.quoted(model))"]
            if backend == "command" { overrides.append("backend.command=[worker]") }
            if let api { overrides.append("backend.api=\(YAMLScalar.quoted(api))") }
            if let effort { overrides.append("\(parameters).reasoning_effort=\(YAMLScalar.quoted(effort))") }
            if let thinkingBudget { overrides.append("\(parameters).thinking_budget=\(thinkingBudget)") }
            overrides.append(noThinking ? "\(parameters).enable_thinking=false" : "scenario.reasoning=true")
            if let formats = source.formats { overrides.append("scenario.formats_file=\(YAMLScalar.quoted(formats))") }
            return overrides
        }
    }
}
