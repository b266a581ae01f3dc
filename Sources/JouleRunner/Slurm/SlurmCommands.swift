import Foundation
import JouleModel
import JouleProcess

/// The programs of Slurm on this machine.
package enum SlurmCommands {
    /// - Throws: `slurm.missing`.
    package static func requireSbatch() throws(Failure) {
        guard !isThere("sbatch") else { return }
        throw Failure(
            "slurm.missing", "there is no Slurm here: `sbatch` is not in PATH",
            remedy: "submit from a login node of the cluster, or run the study on this machine: `joulebench sweep run CONFIG`")
    }

    private static func isThere(_ name: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }

    /// The most tasks of one array, nil where Slurm does not say.
    package static func mostTasks() async -> Int? {
        guard let shown = try? await capture(ChildSpec(executable: "scontrol", arguments: ["show", "config"])) else { return nil }
        let line = shown.output.split(whereSeparator: \.isNewline).first { $0.hasPrefix("MaxArraySize") }
        // The size is one more than the greatest number of a task, and ours begin at 1.
        return line?.split(separator: "=").last.flatMap { Int($0.filter(\.isNumber)) }.map { $0 - 1 }
    }

    /// Submits a script.
    ///
    /// - Parameters:
    ///   - arguments: of sbatch, before the script; they win over what the script says.
    ///   - folder: where sbatch is started, which the paths of the logs are relative to.
    /// - Returns: the number of the job.
    package static func submit(_ script: String, arguments: [String], in folder: String) async throws -> String {
        try requireSbatch()
        let spec = ChildSpec(executable: "sbatch", arguments: ["--parsable"] + arguments + [script], workingDirectory: folder)
        let (exit, output, error) = try await capture(spec)
        // `job` or `job;cluster`
        let job = output.split(whereSeparator: \.isNewline).last?.split(separator: ";").first.map(String.init) ?? ""
        guard exit == .code(0), !job.isEmpty, job.allSatisfy(\.isNumber) else { throw refusal(exit, error.isEmpty ? output : error) }
        return job
    }

    /// What sbatch said, with what can be done about it.
    static func refusal(_ exit: ChildExit, _ words: String) -> Failure {
        let lower = words.lowercased()
        let known: [(part: String, code: String, remedy: String)] = [
            ("account", "slurm.refused", "`sacctmgr show associations user=$USER` lists your accounts; set slurm.account"),
            ("partition", "slurm.refused", "`sinfo` lists the partitions; set slurm.partition"),
            ("time limit", "slurm.refused", "`sinfo -o '%P %l'` shows how long a partition lets a job run; set slurm.time"),
            ("generic resource", "slurm.refused", "`sinfo -o '%P %G'` lists what each partition has; set slurm.gres"),
            ("(gres)", "slurm.refused", "`sinfo -o '%P %G'` lists what each partition has; set slurm.gres"),
            ("array", "slurm.refused", "give each task more runs: slurm.tasks_per_job"),
            ("node configuration", "slurm.refused", "no node has all of slurm.gres and what stands behind `--`: `sinfo -N -l` lists them"),
            ("contact slurm", "slurm.unreachable", "`scontrol ping` shows whether the controller answers; try again"),
            ("configuration source", "slurm.unreachable", "this machine is in no cluster: submit from a login node"),
        ]
        let match = known.first { lower.contains($0.part) }
        return Failure(
            match?.code ?? "slurm.refused", "sbatch refused the job (\(exit))", cause: words,
            remedy: match?.remedy ?? "`joulebench sweep submit --slurm --dry-run` prints the script; arguments of sbatch go behind `--`")
    }

    /// The tasks of some arrays; nil when nobody here can say.
    package static func queue(jobs: [String]) async -> SlurmQueue? {
        guard !jobs.isEmpty else { return SlurmQueue() }
        let arguments = [
            "--noheader", "--array", "--states=all", "--format=%F|%K|%T|%r", "--jobs=\(jobs.joined(separator: ","))",
        ]
        guard isThere("squeue"), let (exit, output, error) = try? await capture(ChildSpec(executable: "squeue", arguments: arguments))
        else { return nil }
        // What Slurm says when it has forgotten all of them.
        let isForgotten = error.lowercased().contains("invalid job id")
        guard exit == .code(0) || isForgotten else { return nil }
        var queue = SlurmQueue(squeue: output)
        let accounts = ["--noheader", "--parsable2", "--allocations", "--format=JobID,State", "--jobs=\(jobs.joined(separator: ","))"]
        if isThere("sacct"), let (exit, output, _) = try? await capture(ChildSpec(executable: "sacct", arguments: accounts)),
            exit == .code(0)
        {
            queue.add(sacct: output)
        }
        return queue
    }
}
