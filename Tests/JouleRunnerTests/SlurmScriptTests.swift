import Foundation
import JouleConfiguration
import JouleModel
import JouleTestSupport
import Testing

@testable import JouleRunner

/// The script that sbatch gets.
struct SlurmScriptTests {
    private func plan(_ runs: Int = 5, perTask: Int = 1, name: String = "my sweep", workingDirectory: String = "/home/me/study")
        -> StudyPlan
    {
        let backend = BackendSpec(kind: .pytorch, model: "m")
        let members = (1...runs).map { Study.Member(name: "m\($0)", values: [], experiment: Experiment(name: "e\($0)", backend: backend)) }
        let slots = members.indices.map { LoadedStudy.Slot(member: $0, repetition: 1) }
        let loaded = LoadedStudy(planned: Study(name: name, members: members), slots: slots, order: .sequential, rules: StudyRules())
        return StudyPlan(
            loaded, runsPerTask: perTask, tool: "joulebench 1.2.3", created: "2026-11-21T09:30:00Z", config: nil,
            workingDirectory: workingDirectory)
    }

    private func script(_ spec: SlurmSpec = SlurmSpec(), plan: StudyPlan? = nil, folder: String = "/home/me/results/studies/my_sweep")
        -> SlurmScript
    {
        SlurmScript(spec: spec, plan: plan ?? self.plan(), folder: folder, program: "/opt/joule bench/joulebench")
    }

    /// Runs bash and gives what it printed.
    private func bash(_ arguments: [String], environment: [String: String] = [:]) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = arguments
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }

    @Test func `a script with everything in it is as people expect one`() throws {
        var spec = SlurmSpec()
        spec.partition = "gpu"
        spec.account = "physics"
        spec.gres = "gpu:a100:1"
        spec.time = .seconds(14_400)
        spec.environment = .lines(["module load cuda/12.4", "source ~/venv/bin/activate"])
        spec.tasksPerJob = 2
        var script = script(spec, plan: plan(5, perTask: 2))
        script.options = ["--require-energy"]
        script.atOnce = 4
        #expect(try Golden().difference(script.text, from: "slurm_job.sh") == nil)
    }

    @Test func `what is not asked for is left to the cluster`() throws {
        var spec = SlurmSpec()
        spec.environment = .variables(["HF_HOME": "/scratch/it's mine", "EMPTY": ""])
        #expect(try Golden().difference(script(spec).text, from: "slurm_job_plain.sh") == nil)
    }

    @Test func `notice of the end is asked for only where the time leaves room for it`() {
        func text(_ time: SlurmSpec.TimeLimit?) -> String {
            var spec = SlurmSpec()
            spec.time = time
            return script(spec).text
        }
        #expect(text(.seconds(3_600)).contains("#SBATCH --signal=B:TERM@120\n"))
        for time in [SlurmSpec.TimeLimit.seconds(300), .unlimited, nil] { #expect(!text(time).contains("--signal")) }
    }

    @Test func `any name, path and value comes out of bash as it went in`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let pieces = [
            "'", "\"", "\\", "$HOME", "`id`", "$(id)", " ", "\n", "\t", ";", "&", "|", "#", "%a", "*", "ü", "😀", "-", "!", "~", "a", "\r",
        ]
        func text(_ random: inout SeededRandom) -> String {
            (0..<Int.random(in: 1...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        }
        // A program that prints the words it was given, each ended by a NUL.
        let folder = FileManager.default.temporaryDirectory.appending(path: "joule-slurm-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for round in 0..<40 {
            let (directory, value, study) = (text(&random), text(&random), "/" + text(&random))
            let place = folder.appending(path: "d\(round)" + directory.replacing("/", with: "_")).path(percentEncoded: false)
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            let program = place + "/it's a \"program\""
            try Data("#!/bin/bash\nprintf '%s\\0' \"$PWD\" \"$VALUE\" \"$@\"\n".utf8).write(to: URL(filePath: program))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            var spec = SlurmSpec()
            spec.environment = .variables(["VALUE": value])
            let made = SlurmScript(
                spec: spec, plan: plan(name: text(&random), workingDirectory: place), folder: study, program: program)
            let file = folder.appending(path: "job-\(round).sh").path(percentEncoded: false)
            try Data(made.text.utf8).write(to: URL(filePath: file))
            #expect(try bash(["-n", file]).status == 0, "seed \(seed), round \(round):\n\(made.text)")
            let (status, output) = try bash([file], environment: ["SLURM_ARRAY_TASK_ID": "3"])
            #expect(status == 0)
            let words = output.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { String(decoding: $0, as: UTF8.self) }
            #expect(words == [place, value, "sweep", "run", "--task", "3", "--", study], "seed \(seed), round \(round)")
            // Nothing of a name gets into a line that Slurm reads.
            for line in made.text.split(separator: "\n") where line.hasPrefix("#SBATCH") {
                #expect(line.wholeMatch(of: /#SBATCH --[a-z-]+=[A-Za-z0-9._%:\/-]+/) != nil, "seed \(seed): \(line)")
            }
        }
    }

    @Test func `a line that fails ends the task before the program starts`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "joule-slurm-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var spec = SlurmSpec()
        spec.environment = .lines(["echo before", "false", "echo behind"])
        let made = SlurmScript(spec: spec, plan: plan(workingDirectory: "/"), folder: "/f", program: "/bin/echo")
        let (status, output) = try bash(["-c", made.text])
        #expect(status == 1)
        #expect(String(decoding: output, as: UTF8.self) == "before\n")
    }

    @Test func `tasks are written as ranges`() {
        #expect(SlurmScript.array(of: [1, 2, 3, 5, 7, 8], atOnce: nil) == "1-3,5,7-8")
        #expect(SlurmScript.array(of: [4], atOnce: 2) == "4%2")
    }

    @Test func `every run is in one task, in order`() throws {
        for (runs, perTask, tasks) in [(5, 1, 5), (5, 2, 3), (5, 5, 1), (5, 9, 1), (1, 1, 1), (6, 3, 2)] {
            let plan = plan(runs, perTask: perTask)
            #expect(plan.taskCount == tasks)
            #expect(try (1...tasks).flatMap { try plan.runs(ofTask: $0) } == plan.runs)
            for task in [0, tasks + 1, -1] { #expect(throws: Failure.self) { try plan.runs(ofTask: task) } }
        }
    }
}
