import JouleModel

/// A key of the section `slurm`: where and how the tasks of a submitted study run. None of them is a property of an experiment, whose
/// digest is the same on a desk and on a cluster.
struct SlurmKey: Sendable {
    let path: [String]
    let type: String
    let schema: ValueSchema
    let fallback: String
    let summary: String
    let decode: @Sendable (Setting, inout SlurmSpec, inout Reading) -> Void

    var name: String { path.joined(separator: ".") }

    fileprivate init<Value>(
        _ name: String, _ shape: Shape<Value>, fallback: String, _ summary: String,
        write: @escaping @Sendable (inout SlurmSpec, Value) -> Void
    ) {
        path = ["slurm", name]
        type = shape.description
        schema = shape.schema
        self.fallback = fallback
        self.summary = summary
        decode = { setting, spec, reading in
            if let value = shape.decode(setting, &reading) { write(&spec, value) }
        }
    }
}

enum SlurmKeys {
    static let section = ["slurm"]

    static let all: [SlurmKey] = [
        SlurmKey(
            "partition", .slurmNames("partition"), fallback: "the cluster's", "Partition of the tasks; several by commas.",
            write: { $0.partition = $1 }),
        SlurmKey(
            "gres", .slurmResources, fallback: "–", "Generic resources of each task, as `sbatch --gres` takes them.",
            write: { $0.gres = $1 }),
        SlurmKey(
            "time", .slurmTime, fallback: "the partition's",
            "The longest that a task may take; with `tasks_per_job` it is for all runs of a task together.", write: { $0.time = $1 }),
        SlurmKey(
            "account", .slurmName("account"), fallback: "the user's", "Account that the tasks are charged to.", write: { $0.account = $1 }),
        SlurmKey(
            "environment", .slurmSetup, fallback: "–",
            "What a task's shell does first: lines of bash (`module load cuda/12.4`), or a map of variables to export.",
            write: { $0.environment = $1 }),
        SlurmKey(
            "nodes", .count(atLeast: 1), fallback: "1",
            "Machines of each task. Only 1 can be submitted: a run meters the machine that it runs on.", write: { $0.nodes = $1 }),
        SlurmKey(
            "tasks_per_job", .count(atLeast: 1), fallback: "1", "Runs that one task of the array makes, one after the other.",
            write: { $0.tasksPerJob = $1 }),
    ]

    static let names = all.map(\.path)

    /// The section of a file; what it leaves out is left to the cluster.
    static func read(_ root: ConfigNode, reading: inout Reading) -> SlurmSpec {
        var spec = SlurmSpec()
        for key in all {
            guard let node = root[key.path], !node.isNull else { continue }
            reading.decoding(key.name) { key.decode(Setting(path: key.name, node: node), &spec, &$0) }
        }
        return spec
    }
}
