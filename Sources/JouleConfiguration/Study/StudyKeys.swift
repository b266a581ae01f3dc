/// Keys at the top of a file that make it a study; the members they describe are experiments without them.
enum StudyKeys {
    static let sweep = ["sweep"]
    static let order = ["order"]
    /// Time between two runs.
    static let cooldown = ["study", "cooldown"]
    static let names = [sweep, order, cooldown] + SlurmKeys.names
    /// What stands at the top of a file for them.
    static let roots = ["sweep", "order", "study", "slurm"]
    /// Paths that hold such keys.
    static let sections = [SlurmKeys.section]
}
