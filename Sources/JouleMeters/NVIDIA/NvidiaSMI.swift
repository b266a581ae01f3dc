import JouleModel
import JouleUnits

/// The driver's command-line tool, where it lies on this machine.
package struct NvidiaSMI: Hashable, Sendable {
    private let tool: CommandTool
    package var executable: String { tool.executable }

    package init(executable: String) { tool = CommandTool(executable: executable) }

    /// Nil when no folder of the search path has it. Under WSL it lies in a folder of its own.
    package init?(searchPath: String? = CommandTool.searchPath) {
        guard let found = CommandTool(named: "nvidia-smi", searchPath: searchPath, alsoIn: ["/usr/lib/wsl/lib"]) else { return nil }
        tool = found
    }

    /// Without persistence mode the driver initialises each GPU anew for a first question, which takes seconds.
    static let patience = Duration.seconds(30)

    /// What the tool prints, once. Blocks the calling thread.
    func output(_ arguments: [String]) throws(Failure) -> String {
        try tool.output(arguments, patience: Self.patience, withErrors: false, alsoLookAt: "`dmesg`")
    }
}
