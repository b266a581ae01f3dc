/// What Slurm says of the tasks of some arrays: those that wait and run, and for some minutes those that have ended.
package struct SlurmQueue: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// In Slurm's words: `PENDING`, `RUNNING`, `TIMEOUT`.
        package let state: String
        /// Why it waits or how it ended, as `Resources`; nil for none.
        package let reason: String?

        /// Whether its processes may still be there, or are to come.
        package var isAlive: Bool { !Self.ended.contains(state) }

        private static let ended: Set<String> = [
            "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT",
        ]
    }

    private struct Key: Hashable {
        let arrayJob: String
        let task: String
    }

    private var entries: [Key: Entry] = [:]

    package init() {}

    /// Reads the lines of `squeue --noheader --array --states=all --format=%F|%K|%T|%r`.
    package init(squeue text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingSpaces }
            guard fields.count >= 4 else { continue }
            let reason = fields[3] == "None" || fields[3].isEmpty ? nil : fields[3]
            entries[Key(arrayJob: fields[0], task: fields[1])] = Entry(state: fields[2], reason: reason)
        }
    }

    /// Adds what `sacct --noheader --parsable2 --allocations --format=JobID,State` knows of tasks that the queue has forgotten.
    package mutating func add(sacct text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: "|", omittingEmptySubsequences: false)
            guard fields.count >= 2 else { continue }
            let id = fields[0].split(separator: "_")
            // `CANCELLED by 1000`
            guard id.count == 2, let state = fields[1].split(separator: " ").first else { continue }
            let key = Key(arrayJob: String(id[0]), task: String(id[1]))
            if entries[key] == nil { entries[key] = Entry(state: String(state), reason: nil) }
        }
    }

    package func entry(arrayJob: String, task: String) -> Entry? { entries[Key(arrayJob: arrayJob, task: task)] }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var rest = self.drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
