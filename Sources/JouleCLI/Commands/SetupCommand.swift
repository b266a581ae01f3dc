import ArgumentParser
import Foundation
import JouleBackends
import JouleSinks

struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Install what a backend or a reporter needs.", subcommands: [PyTorch.self, WandB.self])

    struct PyTorch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pytorch", abstract: "Make the Python environment of the PyTorch worker, with the built-in model.",
            discussion: "Safe to repeat: an environment that is complete is left alone. Set JOULEBENCH_CACHE to put it elsewhere.")

        @OptionGroup var global: GlobalOptions

        @Option(name: .long, help: ArgumentHelp("Interpreter to make the environment from, 3.10 or newer.", valueName: "program"))
        var python: String = "python3"

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Another package index to look in besides pip's own, such as PyTorch's for CPU-only wheels.", valueName: "url"))
        var indexURL: String?

        @Flag(name: .long, help: "Install again even when the environment is complete.")
        var force = false

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                var setup = WorkerSetup(installation: WorkerInstallation())
                setup.python = python
                setup.indexURL = indexURL
                setup.force = force
                let changed = try await setup.run { console.note("setup: \($0)") }
                if !changed { console.note("setup: \(setup.installation.virtualEnvironment) is complete") }
                return ExitStatus.success
            }
        }
    }

    struct WandB: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "wandb", abstract: "Make the Python environment of the reporter `wandb`.",
            discussion: "Safe to repeat: an environment that is complete is left alone. Set JOULEBENCH_CACHE to put it elsewhere.")

        @OptionGroup var global: GlobalOptions

        @Option(name: .long, help: ArgumentHelp("Interpreter to make the environment from, 3.10 or newer.", valueName: "program"))
        var python: String = "python3"

        @Flag(name: .long, help: "Install again even when the environment is complete.")
        var force = false

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                let installation = WandBInstallation(variables: ProcessInfo.processInfo.environment)
                let changed = try await installation.set(up: python, force: force) { console.note("setup: \($0)") }
                if !changed { console.note("setup: \(installation.virtualEnvironment) is complete") }
                return ExitStatus.success
            }
        }
    }
}
