import JouleUnits

/// What the tasks of a Slurm job array ask for; only submitting reads it, so no experiment depends on it.
package struct SlurmSpec: Hashable, Sendable {
    /// The longest that a task may take, in whole seconds; Slurm itself counts minutes.
    package enum TimeLimit: Hashable, Sendable {
        case seconds(Int)
        case unlimited

        /// As sbatch reads it, `days-hours:minutes:seconds`.
        package var argument: String {
            switch self {
            case .unlimited: "UNLIMITED"
            case .seconds(let all):
                "\(all / 86_400)-\(Self.padded(all / 3_600 % 24)):\(Self.padded(all / 60 % 60)):\(Self.padded(all % 60))"
            }
        }

        private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    }

    /// What is done in the task's shell before the program starts.
    package enum Setup: Hashable, Sendable {
        /// Lines of bash, as they stand: `module load cuda/12.4`.
        case lines([String])
        /// Variables to export.
        case variables([String: String])
    }

    /// One or several, by commas; nil leaves it to the cluster.
    package var partition: String?
    /// Generic resources of each task, such as `gpu:a100:1`.
    package var gres: String?
    package var time: TimeLimit?
    package var account: String?
    package var environment: Setup = .lines([])
    /// Machines of each task.
    package var nodes = 1
    /// Runs that one task makes, one after the other.
    package var tasksPerJob = 1

    package init() {}
}
