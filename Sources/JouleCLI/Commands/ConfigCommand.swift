import ArgumentParser
import Foundation
import JouleConfiguration
import JouleModel

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check, show and convert configurations; list their keys.",
        subcommands: [Validate.self, Show.self, Convert.self, Schema.self, Reference.self])

    struct Validate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Check a configuration and report every mistake with its place.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var source: Source

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                let resolved = try source.resolve()
                resolved.warnings.forEach(console.warning)
                console.result("\(source.config): valid\(Self.described(resolved.loaded)) (\(Count.of(resolved.files.count, "file")) read)")
                return ExitStatus.success
            }
        }

        /// How much a study is to run.
        private static func described(_ loaded: LoadedFile) -> String {
            switch loaded {
            case .experiment: return ""
            case .study(let study):
                let (members, fewest, most) = (study.study.members.count, study.fewestRuns, study.mostRuns)
                let runs = fewest == most ? Count.of(members * most, "run") : "\(members * fewest) to \(members * most) runs"
                return study.isRepetition ? ", \(runs)" : ", a study of \(Count.of(members, "member")), \(runs)"
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the resolved configuration, defaults included.",
            discussion: """
                The output is a valid file again and describes the same experiment or study. Secrets are not in it. Of a study it holds what \
                its members have in common, and then `sweep`, `order`, `study` and `slurm`.
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var source: Source

        @Flag(name: .long, help: "Print JSON instead of YAML.")
        var json = false

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                let resolved = try source.resolve()
                resolved.warnings.forEach(console.warning)
                console.result(json ? resolved.json() : resolved.yaml())
                return ExitStatus.success
            }
        }
    }

    struct Convert: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rewrite a file of an older tool in today's keys.",
            discussion: """
                Reads the nested kind (backend, scenario, metrics, reporter) and the flat kind (model_name, max_output_tokens …), lays the \
                older tool's own defaults under what the file says, and prints the result with every default written out. What has no \
                meaning here is named on standard error.
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var source: Source

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                let converted = try source.loader.convert(source.config, overrides: source.set)
                converted.warnings.forEach(console.warning)
                console.result(converted.yaml)
                return ExitStatus.success
            }
        }
    }

    struct Schema: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a JSON Schema of configuration files, for editors.",
            discussion: "Save it and name it in the first line of a file: `# yaml-language-server: $schema=joulebench.schema.json`.")
        @OptionGroup var global: GlobalOptions

        func run() async throws { global.console.result(ConfigurationSchema.json()) }
    }

    struct Reference: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print every key with its values, default and meaning, as Markdown.")
        @OptionGroup var global: GlobalOptions

        func run() async throws { global.console.result(ConfigurationSchema.reference()) }
    }

    struct Source: ParsableArguments {
        @Argument(help: ArgumentHelp("Configuration file, YAML or JSON.", valueName: "config"))
        var config: String

        @Option(name: .long, help: ArgumentHelp("Set one key; may be repeated.", valueName: "key=value"))
        var set: [String] = []

        var loader: ConfigurationLoader { ConfigurationLoader(environment: ProcessInfo.processInfo.environment) }

        func resolve() throws(Failures) -> ResolvedFile { try loader.resolve(config, overrides: set) }
    }
}
