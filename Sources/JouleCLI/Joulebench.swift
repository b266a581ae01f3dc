import ArgumentParser
import JouleModel

/// The command-line tool.
package struct Joulebench: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "joulebench",
        abstract: "Measures the energy, carbon, cost, latency and throughput of running language models, and says how sure it is.",
        discussion: """
            Results go to standard output, everything else to standard error. Exit codes: 0 complete; 1 failed, or no request completed; \
            3 finished with failed requests; 64 usage or configuration; 69 a needed meter or backend is unavailable; 130 and 143 \
            interrupted, with partial results kept.
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, SweepCommand.self, LoadTestCommand.self, AnalyzeCommand.self, FitCommand.self, MeasureCommand.self,
            LogPowerCommand.self,
            MetersCommand.self, AgentCommand.self, CarbonCommand.self, DoctorCommand.self, ConfigCommand.self, FormatsCommand.self,
            DatasetsCommand.self, EstimateCommand.self, SetupCommand.self,
        ])

    @Flag(name: [.customShort("v"), .customLong("print-version")], help: .hidden)
    var shortVersion = false

    package init() {}

    package func run() async throws {
        if shortVersion {
            print(Version.text)
            return
        }
        throw CleanExit.helpRequest(self)
    }

    /// The entry of the executable.
    package static func start() async {
        await main(withOptionalValues(Array(CommandLine.arguments.dropFirst())))
    }

    /// `--save-result` may stand without a value, as in `vllm bench serve`; it then gets one that stands for a name to be made up.
    static func withOptionalValues(_ arguments: [String]) -> [String] {
        guard arguments.first == LoadTestCommand.configuration.commandName else { return arguments }
        var result: [String] = []
        for (index, argument) in arguments.enumerated() {
            result.append(argument)
            guard argument == "--save-result" else { continue }
            let next = index + 1 < arguments.count ? arguments[index + 1] : "-"
            if next.hasPrefix("-") { result[result.count - 1] = "--save-result=\(LoadTestOutputOptions.unnamed)" }
        }
        return result
    }
}

enum Version {
    static let number = ProductVersion.number
    static let text = "joulebench \(number)"
}

/// Runs the body of a command; failures become messages with remedies and the exit code that belongs to them.
func reporting(_ console: Console, _ body: () async throws -> Int32) async throws {
    let status: Int32
    do {
        status = try await body()
    } catch let failures as Failures {
        failures.all.forEach(console.error)
        status = failures.all.map(ExitStatus.of).max() ?? ExitStatus.failed
    } catch let failure as Failure {
        console.error(failure)
        status = ExitStatus.of(failure)
    } catch is CancellationError {
        status = ExitStatus.interrupted(by: 2)
    }
    if status != ExitStatus.success { throw ExitCode(status) }
}
