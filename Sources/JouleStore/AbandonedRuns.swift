import Foundation
import JouleModel
import JouleUnits

/// Runs whose process was killed before it could write how it ended.
package enum AbandonedRuns {
    /// Finds runs that say `running` while their process is gone, and writes `killed` with the last known phase into their state.
    ///
    /// - Returns: the runs that were marked.
    package static func mark(in results: String) -> [(run: RunDirectory, state: RunState)] {
        let raw = results + "/raw"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: raw) else { return [] }
        var marked: [(RunDirectory, RunState)] = []
        for name in names.sorted() where name.hasPrefix("exp_") {
            let run = RunDirectory(path: "\(raw)/\(name)")
            if let state = mark(run) { marked.append((run, state)) }
        }
        return marked
    }

    /// The same for one run; nil when it is not abandoned.
    @discardableResult
    package static func mark(_ run: RunDirectory) -> RunState? {
        guard var state = try? run.read(RunState.self, from: "state.json"), state.status == .running,
            // Of a process on another machine nothing is known here.
            state.host == nil || state.host == ProcessInfo.processInfo.hostName,
            !isAlive(state.pid, startedAs: state.processStart)
        else { return nil }
        state.status = .killed
        // The state is written at a change of phase; the requests are written as they end.
        if let lines = try? run.readText("requests.jsonl").split(separator: "\n") {
            state.requestsDone = lines.count { $0.contains(#""phase":"measure""#) && $0.hasSuffix("}") }
        }
        let phase = state.phases.last.map { "in the phase \($0.phase.label)" } ?? "before the first phase"
        state.reason =
            "the process \(state.pid) was gone without writing an end; it was killed \(phase), after \(state.requestsDone) of "
            + "\(state.requestsPlanned) requests"
        guard (try? run.write(state, to: "state.json")) != nil else { return nil }
        unlink(run.file(".reserve"))
        return state
    }

    /// The start time of a process in clock ticks since boot, from `/proc/<pid>/stat`; nil where there is no such file.
    package static func processStart(of pid: Int32) -> String? {
        guard let bytes = try? FileSystem.read("/proc/\(pid)/stat") else { return nil }
        // The second field is the program's name in brackets and may hold spaces: count from behind it.
        guard let close = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(close + 1)...].split(separator: UInt8(ascii: " "))
        return fields.count > 19 ? String(decoding: fields[19], as: UTF8.self) : nil
    }

    /// Whether the process is there, and is the one that had this pid then; of this machine.
    package static func isAlive(_ pid: Int32, startedAs start: String?) -> Bool {
        guard kill(pid, 0) == 0 || errno == EPERM else { return false }
        guard let start, let current = processStart(of: pid) else { return true }
        return start == current
    }
}
