import ArgumentParser
import Foundation
import JouleAnalysis
import JouleModel
import JouleProcess
import JouleReport
import JouleRunner
import JouleStore
import JouleUnits

struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Measure the energy of any command, like `perf stat`.",
        discussion: """
            The command's exit code is passed on and signals are forwarded to it. A line written to the FIFO that the environment \
            variable JOULEBENCH_MARKS names begins a phase with that name; an empty line ends it:  echo prefill > "$JOULEBENCH_MARKS"

            Where meters are named with --meters or --agent and none of them can be read, the command is not started (exit 69).
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var meterOptions: MeterOptions

    @Option(name: .long, help: ArgumentHelp("Measure idle power for this long before the command, for net energy.", valueName: "duration"))
    var idle: String?

    @Option(name: .long, help: ArgumentHelp("Run the command this many times.", valueName: "n"))
    var `repeat`: Int = 1

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("Write the JSON result to this file instead of standard output.", valueName: "file"))
    var output: String?

    @Argument(parsing: .postTerminator, help: "The command and its arguments, after `--`.")
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("name a command after `--`: joulebench measure -- sleep 1") }
        guard `repeat` >= 1 else { throw ValidationError("--repeat must be at least 1") }
    }

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            let idleTime = try idle.map { text throws(Failure) in try DurationOption.parse(text, name: "--idle") }
            let (selection, metrics) = try await meterOptions.selection()
            let session = MeasurementSession(selection, period: metrics.samplePeriod)
            session.failures.forEach(console.warning)
            var missing: [RunEnvironment.Unavailable] = []
            if meterOptions.namesMeters {
                // What was asked for by name must not be missing without a word, and a command that nothing measures is not started.
                guard !session.channels.isEmpty else {
                    await session.stop()
                    throw selection.nothingToRead(beside: session.failures)
                }
                missing = selection.missingByName
                missing.map(\.warning).forEach(console.warning)
            }
            let measurement = CommandMeasurement(session: session, selection: selection, command: command, period: metrics.samplePeriod)
            let result = try await measurement.run(idle: idleTime, times: `repeat`) { console.note($0) }
            AgentNotes.lines(of: result.agents ?? [], since: session.start).forEach(console.note)
            guard let last = result.runs.last else {
                return result.interruptedBy.map(ExitStatus.interrupted) ?? ExitStatus.failed
            }
            if let output {
                try FileSystem.write(try JSONText.encode(result), to: output)
            } else if json {
                console.result(String(decoding: try JSONText.encode(result), as: UTF8.self))
            }
            if !json { console.result(MeasureText.render(result, command: command, missing: missing, showsCost: global.verbose)) }
            return last.exitStatus
        }
    }
}
