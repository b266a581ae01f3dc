import ArgumentParser
import Foundation
import JouleConfiguration
import JouleModel

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check or show a configuration.", subcommands: [Validate.self, Show.self])

    struct Validate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Check a configuration and report every mistake with its place.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var source: Source

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                let loaded = try source.load()
                loaded.warnings.forEach(console.warning)
                console.result("\(source.config): valid (\(loaded.files.count == 1 ? "1 file" : "\(loaded.files.count) files") read)")
                return ExitStatus.success
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the resolved configuration, defaults included.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var source: Source

        @Flag(name: .long, help: "Print JSON instead of YAML.")
        var json = false

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                let loaded = try source.load()
                loaded.warnings.forEach(console.warning)
                console.result(json ? ConfigurationRenderer.json(loaded.experiment) : ConfigurationRenderer.yaml(loaded.experiment))
                return ExitStatus.success
            }
        }
    }

    struct Source: ParsableArguments {
        @Argument(help: ArgumentHelp("Configuration file, YAML or JSON.", valueName: "config"))
        var config: String

        @Option(name: .long, help: ArgumentHelp("Set one key; may be repeated.", valueName: "key=value"))
        var set: [String] = []

        func load() throws(Failures) -> LoadedConfiguration {
            try ConfigurationLoader(environment: ProcessInfo.processInfo.environment).load(config, overrides: set)
        }
    }
}
