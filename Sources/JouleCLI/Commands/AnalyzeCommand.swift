import ArgumentParser
import Foundation
import JouleModel
import JouleReport
import JouleRunner
import JouleStore

struct AnalyzeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze", abstract: "Compute all figures anew from a recording, ours or one taken by other tools.",
        discussion: """
            With RUN the files of that run are read and its summary, attribution and report written anew; the same recording gives the same bytes. \
            With --set the figures are those of other settings, and a later analyze without it goes back to the run's own. \
            With --power-log and --requests-log the energy of requests is computed from captured logs: power logs of this tool, of \
            nvidia-smi, of MLPerf's power recorder (spl.txt) and of the older toolkit; request logs of `load-test --output` and of the older toolkit.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var results: ResultsOptions

    @Argument(help: ArgumentHelp("A run, by its folder or its id.", valueName: "run"))
    var recording: String?

    @Option(name: .long, help: ArgumentHelp("Captured power log.", valueName: "file"))
    var powerLog: String?

    @Option(name: .long, help: ArgumentHelp("Captured log of requests.", valueName: "file"))
    var requestsLog: String?

    @Option(name: .long, help: ArgumentHelp("Captured power log of the idle machine.", valueName: "file"))
    var idleLog: String?

    @Option(name: .long, help: ArgumentHelp("Idle power, instead of a log of it.", valueName: "watts"))
    var idlePower: Double?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Zone of captured power logs whose times name none (nvidia-smi, spl.txt), such as `+02:00`; this machine's by default.",
            valueName: "±HH:MM"))
    var utcOffset: String?

    @Option(name: .long, help: ArgumentHelp("Take the weights of prefill and decode from this fit.", valueName: "file"))
    var fit: String?

    @Option(name: .long, help: ArgumentHelp("Write the result as the older toolkit's summary.", valueName: "file"))
    var toolkitSummary: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Compute a run with another value of a key of carbon, compute or attribution, such as `carbon.zone=FRA`; may be repeated.",
            valueName: "key=value"))
    var set: [String] = []

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            switch (recording, powerLog, requestsLog) {
            case (let run?, nil, nil): return try await recompute(run, console)
            case (nil, let power?, let requests?):
                guard set.isEmpty else {
                    throw Failure("usage.analyze", "--set changes the settings of a run, and captured logs have none", remedy: "name a run")
                }
                return try captured(power, requests, console)
            default:
                throw Failure(
                    "usage.analyze", "analyze takes a run, or captured logs",
                    remedy: "name a run, or both --power-log and --requests-log")
            }
        }
    }

    private func recompute(_ name: String, _ console: Console) async throws -> Int32 {
        let directory = try StoredRuns.find(name, results: results.resultsDirectory ?? "results")
        AbandonedRuns.mark(directory)
        if let fit {
            let given = try JSONText.decode(EnergyFit.self, from: try FileSystem.read(fit), path: fit)
            try directory.write(given, to: RunResults.fitFile)
        }
        let variables = ProcessInfo.processInfo.environment
        let analysis =
            set.isEmpty ? nil : try await RunResults.reanalysis(of: directory, settings: set, variables: variables)
        if analysis == nil { try await RunResults.carbon(of: directory, variables: variables) }
        let summary = try RunResults.write(directory, as: analysis).summary
        if let toolkitSummary { try FileSystem.write(ToolkitSummary.json(summary), to: toolkitSummary) }
        if json {
            console.result(try directory.readText("summary.json"))
        } else {
            console.result(
                TerminalSummary.render(summary, runDirectory: directory.path, width: min(console.width, 100), color: console.outputColor))
        }
        return ExitStatus.success
    }
}
