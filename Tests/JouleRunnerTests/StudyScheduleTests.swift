import JouleConfiguration
import JouleModel
import Testing

@testable import JouleRunner

/// Which runs a study makes, from what the runs before came to.
struct StudyScheduleTests {
    private struct NoStudy: Error {}

    private func study(_ rules: String, order: String = "interleaved", repetitions: Int = 1, members: Int = 2) throws -> LoadedStudy {
        let text = """
            backend: {type: pytorch, model: m}
            repetitions: \(repetitions)
            order: \(order)
            study: {\(rules)}
            sweep: {batch_size: \(Array(1...members))}
            """
        let loader = ConfigurationLoader(environment: [:]) { _ in Array(text.utf8) }
        guard case .study(let study) = try loader.loadStudy("s.yaml") else { throw NoStudy() }
        return study
    }

    private func energy(_ variation: Double?, count: Int, mean: Double? = 1) -> RepeatedFigure {
        var figure = RepeatedFigure(count: count, mean: mean, unit: "J/token", method: "measured-counter", reason: "no meter")
        figure.coefficientOfVariation = variation
        return figure
    }

    /// Makes all runs; each is a member with its repetition.
    ///
    /// - Parameter outcome: whether a run fails, and the variation of its member after it.
    private func runs(_ loaded: LoadedStudy, _ outcome: (Int, Int) -> (failed: Bool, variation: Double?)) -> ([[Int]], StudySchedule) {
        var schedule = StudySchedule(loaded)
        var made: [[Int]] = []
        while let slot = schedule.next, made.count < 1_000 {
            made.append([slot.member, slot.repetition])
            let (failed, variation) = outcome(slot.member, slot.repetition)
            schedule.note(slot, failed: failed, energy: energy(variation, count: slot.repetition))
        }
        return (made, schedule)
    }

    @Test(arguments: ["sequential", "interleaved", "reversed", "shuffled"])
    func `without a goal every slot is run once, in the order of the study`(order: String) throws {
        let loaded = try study("", order: order, repetitions: 3, members: 4)
        let (made, schedule) = runs(loaded) { _, _ in (false, 0.5) }
        #expect(made == loaded.slots.map { [$0.member, $0.repetition] })
        #expect(schedule.endings.isEmpty && schedule.halt == nil && schedule.owed.isEmpty)
    }

    @Test func `a goal adds repetitions to those members that have not reached it`() throws {
        let loaded = try study("until_cv: {below: 5%, at_most: 6}")
        // The first member agrees from its fourth run on, the second never.
        let (made, schedule) = runs(loaded) { member, repetition in (false, member == 0 && repetition >= 4 ? 0.05 : 0.2) }
        #expect(made.count(where: { $0[0] == 0 }) == 4 && made.count(where: { $0[0] == 1 }) == 6)
        #expect(made.prefix(8).map { $0[0] } == [0, 1, 0, 1, 0, 1, 0, 1])
        #expect(schedule.endings["sweep_batch_size_1"] == "CV of the energy per output token 5.0 % after 4 runs, not above 5.0 %")
        #expect(schedule.endings["sweep_batch_size_2"]?.hasSuffix("above 5.0 %: ended at the most runs allowed") == true)
        let sequential = runs(try study("until_cv: {below: 5%, at_most: 4}", order: "sequential")) { _, _ in (false, 0.2) }.0
        #expect(sequential.map { $0[0] } == [0, 0, 0, 0, 1, 1, 1, 1])
    }

    @Test func `repetitions are the fewest, three at least, and the figure must be there`() throws {
        #expect(runs(try study("until_cv: 0.05", members: 1)) { _, _ in (false, 0) }.0.count == 3)
        #expect(runs(try study("until_cv: 0.05", repetitions: 5, members: 1)) { _, _ in (false, 0) }.0.count == 5)
        let (made, schedule) = runs(try study("until_cv: 0.05", members: 1)) { _, _ in (false, nil) }
        #expect(made.count == 3)
        #expect(schedule.endings.values.first?.contains("is not known") == true)
        let (failing, ending) = runs(try study("until_cv: 0.05", members: 1)) { _, _ in (true, 0.5) }
        #expect(failing.count == 3 && ending.endings.values.first?.contains("its last run failed") == true)
    }

    @Test func `failed members are counted once each, and past the most the rest is owed`() throws {
        let loaded = try study("max_failures: 2", repetitions: 2, members: 4)
        let (made, schedule) = runs(loaded) { member, _ in (member != 1, nil) }
        #expect(made == [[0, 1], [1, 1], [2, 1]])
        #expect(schedule.owed.map { [$0.member, $0.repetition] } == [[3, 1], [0, 2], [1, 2], [2, 2], [3, 2]])
        #expect(schedule.halt?.contains("study.max_failures is 2") == true)
        #expect(runs(try study("max_failures: 2", repetitions: 9, members: 3)) { member, _ in (member == 0, nil) }.0.count == 27)
    }

    @Test func `what may pass is tried again, what is wrong or not there is not`() {
        for code in ["worker.died", "server.died", "server.not-ready", "run.failed", "run.no-answers", "hub.busy", "model.load-failed"] {
            #expect(Failure(code, "").mayPass, "\(code)")
        }
        for code in [
            "config.conflict", "usage.meters", "workload.no-prompts", "run.cancelled", "meter.none", "device.unavailable",
            "backend.no-pytorch", "store.disk-full", "model.not-found", "server.launch", "worker.no-chat", "environment.missing-package",
        ] {
            #expect(!Failure(code, "").mayPass, "\(code)")
        }
    }
}
