import Foundation
import JouleConfiguration
import JouleModel
import JouleStore
import Synchronization
import Testing

@testable import JouleRunner

/// The folder of a study that several processes work in, and what is made of its files.
struct StudyProgressTests {
    private final class Place {
        let path = FileManager.default.temporaryDirectory.appending(path: "joule-study-\(UUID().uuidString)").path
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func study(_ count: Int = 4, headers: [String: String] = [:]) -> LoadedStudy {
        let members = (1...count).map { number in
            var backend = BackendSpec(kind: headers.isEmpty ? .pytorch : .vllm, model: "m")
            backend.server.headers = headers
            return Study.Member(
                name: "m\(number)", values: [Study.SweptValue(key: "seed", value: "\(number)")],
                experiment: Experiment(name: "e", seed: UInt64(number), backend: backend))
        }
        return LoadedStudy(
            planned: Study(name: "s/1", members: members), slots: members.indices.map { LoadedStudy.Slot(member: $0, repetition: 1) },
            order: .sequential, rules: StudyRules())
    }

    private func plan(_ loaded: LoadedStudy, perTask: Int = 1) -> StudyPlan {
        StudyPlan(loaded, runsPerTask: perTask, tool: "t", created: "c", config: "bench.yaml", workingDirectory: "/")
    }

    private func folder(_ place: Place, _ loaded: LoadedStudy) throws -> StudyFolder {
        try StudyFolder.create(plan(loaded), members: loaded.study.members, in: place.path)
    }

    private func row(_ member: Study.Member, failure: String? = nil) -> StudySummary.Row {
        StudySummary.Row(member: member.name, values: member.values, repetition: 1, runID: nil, failure: failure, summary: nil)
    }

    @Test func `a plan read back is the same study, whatever became of its configuration`() throws {
        let place = Place()
        let loaded = study()
        let made = try folder(place, loaded)
        let found = try StudyFolder.find("s_1", results: place.path)
        #expect(found.plan == made.plan)
        #expect(found.results == place.path)
        let again = try found.study(of: found.plan.runs)
        #expect(again.study == loaded.study)
        #expect(again.slots == loaded.slots)
        #expect(try found.study(of: [found.plan.runs[2]]).study.members == [loaded.study.members[2]])
        try made.checkThatPlanHolds(loaded)
        #expect(try StudyFolder.create(plan(loaded), members: loaded.study.members, in: place.path).name == "s_1-2")
        #expect(throws: Failure.self) { try StudyFolder.find("nothing", results: place.path) }
    }

    @Test func `an experiment that was changed in the plan is not run`() throws {
        let place = Place()
        let made = try folder(place, study())
        let file = "\(made.path)/members/0002.json"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try Data(text.replacing("\"seed\": 2", with: "\"seed\": 3").utf8).write(to: URL(filePath: file))
        let error = #expect(throws: Failure.self) { try made.study(of: made.plan.runs) }
        #expect(error?.code == "study.changed")
        #expect(try made.study(of: [made.plan.runs[0]]).study.members.count == 1)
    }

    @Test func `a secret is not in the plan, and that is said before anything is submitted`() throws {
        let place = Place()
        let loaded = study(headers: ["Authorization": "Bearer sesame"])
        let made = try folder(place, loaded)
        let text = try String(contentsOfFile: "\(made.path)/members/0001.json", encoding: .utf8)
        #expect(!text.contains("sesame"))
        let error = #expect(throws: Failure.self) { try made.checkThatPlanHolds(loaded) }
        #expect(error?.code == "study.secret")
    }

    @Test func `of many that begin one run, one does`() async throws {
        let place = Place()
        let made = try folder(place, study())
        let began = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 { group.addTask { (try? made.begin(made.plan.runs[0])) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(began == 1)
        #expect(FileSystem.names(in: "\(made.path)/runs") == ["0001.json"])
    }

    @Test func `of many that claim one name, one gets it, and its file is whole`() async throws {
        let place = Place()
        try FileSystem.createDirectory(place.path)
        let file = place.path + "/claim"
        for round in 0..<20 {
            let winners = await withTaskGroup(of: Int?.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        (try? FileSystem.create(Array("\(number)".utf8), at: "\(file)-\(round)")) == true ? number : nil
                    }
                }
                return await group.reduce(into: []) { if let number = $1 { $0.append(number) } }
            }
            #expect(winners.count == 1)
            #expect(try FileSystem.read("\(file)-\(round)") == winners.flatMap { Array("\($0)".utf8) })
        }
    }

    @Test func `what a run came to is in its file, and it can be made again`() async throws {
        let place = Place()
        let loaded = study()
        let made = try folder(place, loaded)
        let members = loaded.study.members
        let good = try await made.keeping(members[0], repetition: 1) {
            let status = try made.state(of: made.plan.runs[0])?.status
            #expect(status == .running)
            return row(members[0])
        }
        #expect(good.failure == nil)
        _ = try await made.keeping(members[1], repetition: 1) { row(members[1], failure: "it broke [x.y]") }
        let states = try made.states()
        #expect(states[1]?.status == .completed && states[2]?.status == .failed && states[3] == nil)
        #expect(states[2]?.failure == "it broke [x.y]")
        #expect(states[1]?.ended != nil)
        let taken = try await made.keeping(members[1], repetition: 1) { row(members[1]) }
        #expect(taken.failure?.contains("study.taken") == true)
        let takeBack = try made.release(made.plan.runs[1])
        #expect(try made.state(of: made.plan.runs[1]) == nil)
        takeBack()
        #expect(try made.state(of: made.plan.runs[1])?.status == .failed)
        try made.release(made.plan.runs[1])
        #expect(try await made.keeping(members[1], repetition: 1) { row(members[1]) }.failure == nil)
        #expect(FileSystem.names(in: "\(made.path)/runs") == ["0001.json", "0002.attempt-1.json", "0002.json"])
        #expect(try made.isOver() == false)
        #expect(try made.writeTogether().rows.map(\.member) == ["m1", "m2"])
        // A run beyond the plan has no file.
        #expect(try await made.keeping(members[0], repetition: 9) { row(members[0]) }.failure == nil)
        #expect(try made.states().count == 2)
    }

    private func state(_ number: Int, _ status: RunState.Status, task: (job: String, task: String)? = nil) -> PlannedRunState {
        var state = PlannedRunState(
            number: number, member: "m\(number)", repetition: 1, host: "node7", pid: 12, processStart: nil,
            slurm: task.map { PlannedRunState.Task(arrayJob: $0.job, job: "99", task: $0.task) }, started: "s")
        state.status = status
        return state
    }

    private func standings(
        _ states: [PlannedRunState], _ submissions: [SlurmSubmission] = [], squeue: String?, sacct: String? = nil, isAlive: Bool? = nil
    ) -> [StudyProgress.Standing] {
        var queue = squeue.map(SlurmQueue.init(squeue:))
        if let sacct { queue?.add(sacct: sacct) }
        let byNumber = Dictionary(uniqueKeysWithValues: states.map { ($0.number, $0) })
        return StudyProgress(plan: plan(study()), states: byNumber, submissions: submissions, queue: queue) { _ in isAlive }.entries
            .map(\.standing)
    }

    @Test func `a run is where its file, Slurm and its process say it is`() {
        let array = SlurmSubmission(job: "7", tasks: [1, 2, 3, 4], arguments: [], submitted: "a")
        let running = (1...2).map { state($0, .running, task: ("7", "\($0)")) }
        #expect(standings([], squeue: nil) == [.waiting, .waiting, .waiting, .waiting])
        #expect(
            standings(running, [array], squeue: "7|1|RUNNING|None\n7|2|TIMEOUT|TimeLimit\n7|3|PENDING|Resources\n")
                == [.running, .lost, .queued, .waiting])
        #expect(standings(running, [array], squeue: "") == [.lost, .lost, .waiting, .waiting])
        #expect(
            standings(running, [array], squeue: "7|2|RUNNING|None\n", sacct: "7_1|OUT_OF_MEMORY\n7_2|RUNNING\n7_3|CANCELLED by 0\n")
                == [.lost, .running, .waiting, .waiting])
        // Where Slurm cannot be asked, this machine knows only of its own processes.
        #expect(standings(running, [array], squeue: nil) == [.unconfirmed, .unconfirmed, .waiting, .waiting])
        #expect(standings([state(1, .running)], squeue: nil, isAlive: true)[0] == .running)
        #expect(standings([state(1, .running)], squeue: nil, isAlive: false)[0] == .lost)
        #expect(
            standings([state(1, .completed), state(2, .failed), state(3, .interrupted), state(4, .killed)], squeue: nil)
                == [.completed, .failed, .interrupted, .lost])
    }

    @Test func `a task that is submitted again is the one that counts`() {
        let first = SlurmSubmission(job: "7", tasks: [1, 2, 3, 4], arguments: [], submitted: "a")
        let second = SlurmSubmission(job: "9", tasks: [2], arguments: [], submitted: "b")
        let found = standings([state(1, .completed)], [first, second], squeue: "7|2|FAILED|NonZeroExitCode\n9|2|PENDING|Priority\n")
        #expect(found == [.completed, .queued, .waiting, .waiting])
    }

    @Test func `what has not completed is open, but for what is under way`() {
        let open = StudyProgress.Standing.allCases.filter(\.isOpen)
        #expect(open == [.failed, .interrupted, .lost, .waiting])
    }

    @Test(arguments: [
        (
            "sbatch: error: invalid partition specified: nope\nsbatch: error: Batch job submission failed: Invalid partition name specified",
            "slurm.partition"
        ),
        ("sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified", "slurm.account"),
        ("sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or exceeds some limit)", "slurm.time"),
        ("sbatch: error: Invalid generic resource (gres) specification", "slurm.gres"),
        ("sbatch: error: Batch job submission failed: Invalid job array specification", "slurm.tasks_per_job"),
        ("sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)", "scontrol ping"),
        ("sbatch: error: something new", "--dry-run"),
    ])
    func `what sbatch refuses comes with its words and a remedy`(words: String, remedy: String) {
        let failure = SlurmCommands.refusal(.code(1), words)
        #expect(failure.cause == words)
        #expect(failure.remedy?.contains(remedy) == true, "\(failure)")
    }
}
