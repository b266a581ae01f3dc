import Foundation
import JouleModel
import JouleUnits
import Testing

@testable import JouleStore

struct AbandonedRunsTests {
    private let folder: TemporaryFolder
    private static let start = Instant(nanoseconds: 5)

    init() throws { folder = try TemporaryFolder() }

    /// A run whose state says these things.
    private func run(
        _ status: RunState.Status, pid: Int32, start: String?, phases: [PhaseSpan] = []
    ) throws -> RunDirectory {
        let run = try RunDirectory.create(in: folder.path, unixSeconds: 1_795_253_400)
        var state = RunState(status: status, pid: pid, processStart: start, requestsPlanned: 9, updated: Self.start)
        state.phases = phases
        state.requestsDone = 4
        try run.write(state, to: "state.json")
        return run
    }

    /// The number of a process that is gone.
    private func deadPID() throws -> Int32 {
        let pid = try spawn("/bin/true")
        waitpid(pid, nil, 0)
        return pid
    }

    private func spawn(_ program: String, _ arguments: String...) throws -> Int32 {
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, program, nil, nil, &words, environ)
        try #require(result == 0, "\(program) cannot be started: error \(result)")
        return pid
    }

    @Test func `a run whose process is gone is marked, with how far it came`() throws {
        let spans = [PhaseSpan(phase: .load, start: Self.start, end: Self.start), PhaseSpan(phase: .measure, start: Self.start)]
        let dead = try run(.running, pid: try deadPID(), start: "1", phases: spans)
        _ = try DiskReserve(in: dead)
        let marked = AbandonedRuns.mark(in: folder.path)
        #expect(marked.map(\.run) == [dead])
        let state = try dead.read(RunState.self, from: "state.json")
        #expect(state == marked.first?.state)
        #expect(state.status == .killed)
        #expect(state.reason?.contains("in the phase measure, after 4 of 9 requests") == true)
        #expect(!FileSystem.exists(dead.file(".reserve")))
        #expect(AbandonedRuns.mark(in: folder.path).isEmpty, "a second look finds nothing")
    }

    @Test func `a run that lives, has ended, or cannot be read is left alone`() throws {
        let own = getpid()
        let living = [
            try run(.running, pid: own, start: AbandonedRuns.processStart(of: own)),
            // Without the start time only the number can tell.
            try run(.running, pid: own, start: nil), try run(.running, pid: 1, start: nil),
        ]
        let dead = try deadPID()
        let ended = try [RunState.Status.completed, .interrupted, .failed, .killed].map { try run($0, pid: dead, start: "1") }
        let odd = try RunDirectory.create(in: folder.path, unixSeconds: 1_795_253_400)
        try odd.write(text: "{ half", to: "state.json")
        let before = try (living + ended + [odd]).map { try $0.readText("state.json") }
        #expect(AbandonedRuns.mark(in: folder.path).isEmpty)
        #expect(try (living + ended + [odd]).map { try $0.readText("state.json") } == before)
    }

    @Test func `a number that another process has got since does not keep a dead run alive`() throws {
        let reused = try run(.running, pid: getpid(), start: "17")
        #expect(AbandonedRuns.mark(in: folder.path).map(\.run) == [reused])
    }

    @Test func `without results there is nothing to mark`() { #expect(AbandonedRuns.mark(in: "/no/such/folder").isEmpty) }

    @Test func `the start time of a process is read past a name with brackets and spaces`() throws {
        let start = try #require(AbandonedRuns.processStart(of: getpid()))
        #expect(Int64(start) ?? 0 > 0)
        #expect(AbandonedRuns.processStart(of: -1) == nil)
        // The program's name is the file's: a copy with a name that looks like the end of the field.
        let copy = folder.file("a) R 1 (b")
        try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: copy)
        let child = try spawn(copy, "600")
        defer {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
        }
        let odd = try #require(AbandonedRuns.processStart(of: child))
        #expect(Int64(odd) ?? 0 >= Int64(start) ?? .max)
    }
}
