import ArgumentParser
import JouleModel
import Logging

/// In commands a flag is one of the command line; the model's `Flag` is reached through the values that carry it.
typealias Flag = ArgumentParser.Flag

/// Options that every command takes.
struct GlobalOptions: ParsableArguments {
    @Flag(name: .long, help: "Say more about what is going on.")
    var verbose = false

    @Flag(name: .long, help: "Print results and errors only.")
    var quiet = false

    @Option(name: .long, help: ArgumentHelp("Also write the log to this file.", valueName: "file"))
    var logFile: String?

    @Flag(name: .long, help: "Print without colours.")
    var noColor = false

    var console: Console { Console(quiet: quiet, color: !noColor) }

    func logger() throws(Failure) -> Logger { try LogLines.logger(verbose: verbose, file: logFile) }
}

/// Where results go.
struct ResultsOptions: ParsableArguments {
    @Option(name: [.customShort("o"), .customLong("results-dir")], help: ArgumentHelp("Folder of all results.", valueName: "dir"))
    var resultsDirectory: String?
}

/// Options of every command that measures.
struct MeterOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp(MeterOptions.help(orNone: true), valueName: "list"))
    var meters: String?

    @Option(name: .long, help: ArgumentHelp("Time between samples, such as `100ms`.", valueName: "duration"))
    var samplePeriod: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Take the samples of the agent on another machine; may be repeated (see `agent`).", valueName: "host:port"))
    var agent: [String] = []

    @Option(name: .long, help: ArgumentHelp("The environment variable that holds the agents' token.", valueName: "var"))
    var agentTokenEnv: String?

    @Flag(name: .long, help: "Do not start when no energy can be measured here (exit 69).")
    var requireEnergy = false

    @Flag(name: .long, help: "Exit 3 when a flag of grade invalid is raised.")
    var strict = false
}
