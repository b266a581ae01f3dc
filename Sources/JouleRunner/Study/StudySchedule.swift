import JouleConfiguration
import JouleModel
import JouleReport

/// Which run of a study comes next, from what the runs before it came to. Logic alone: whoever makes the runs tells it their rows.
struct StudySchedule {
    private let loaded: LoadedStudy
    private let candidates: [LoadedStudy.Slot]
    private var place = 0
    private var failed: Set<Int> = []
    /// Why members are not repeated any more, by their index.
    private var endingsByMember: [Int: String] = [:]
    /// Why nothing more is run; nil while something may be.
    private(set) var halt: String?

    init(_ loaded: LoadedStudy) {
        self.loaded = loaded
        candidates = loaded.slots(upTo: loaded.mostRuns)
    }

    /// Why members are not repeated any more, by their names.
    var endings: [String: String] {
        Dictionary(uniqueKeysWithValues: endingsByMember.map { (loaded.study.members[$0.key].name, $0.value) })
    }

    /// The run to be made now; nil when there is none.
    var next: LoadedStudy.Slot? { halt == nil ? candidates[place...].first(where: isWanted) : nil }

    /// Runs that were to be made whatever their figures and have not been, in their order.
    var owed: [LoadedStudy.Slot] { candidates[place...].filter { $0.repetition <= loaded.fewestRuns } }

    private func isWanted(_ slot: LoadedStudy.Slot) -> Bool {
        slot.repetition <= loaded.fewestRuns || endingsByMember[slot.member] == nil
    }

    /// Nothing more is run, for this reason.
    mutating func stop(because reason: String) { halt = halt ?? reason }

    /// What the run that `next` named came to.
    ///
    /// - Parameter energy: `joules_per_output_token` over the completed runs of its member so far, this one included.
    mutating func note(_ slot: LoadedStudy.Slot, failed hasFailed: Bool, energy: RepeatedFigure?) {
        place = (candidates[place...].firstIndex(of: slot) ?? place) + 1
        if hasFailed {
            failed.insert(slot.member)
            if loaded.isRepetition {
                stop(because: "an earlier repetition failed")
            } else if failed.count >= loaded.rules.maxFailures {
                let count = failed.count == 1 ? "1 member" : "\(failed.count) members"
                stop(because: "\(count) failed before it, and study.max_failures is \(loaded.rules.maxFailures)")
            }
        }
        if let goal = loaded.rules.until, slot.repetition >= loaded.fewestRuns {
            endingsByMember[slot.member] = ending(of: goal, after: slot, failed: hasFailed, energy)
        }
    }

    /// Why a member has runs enough; nil when it needs another one.
    private func ending(
        of goal: VariationGoal, after slot: LoadedStudy.Slot, failed: Bool, _ energy: RepeatedFigure?
    ) -> String? {
        if failed { return "not repeated further: its last run failed" }
        guard let energy, let variation = energy.coefficientOfVariation else {
            let reason = energy.flatMap { $0.mean == nil ? $0.reason : nil }.map { ": \($0)" } ?? ""
            return "not repeated further: the CV of its energy per output token is not known\(reason)"
        }
        let words = "CV of the energy per output token \(NumberText.percent(variation)) after \(energy.count) runs"
        if variation <= goal.limit { return "\(words), not above \(NumberText.percent(goal.limit))" }
        if slot.repetition >= loaded.mostRuns { return "\(words), above \(NumberText.percent(goal.limit)): ended at the most runs allowed" }
        return nil
    }
}
