import JouleModel
import JouleUnits

/// What a file describes.
package enum LoadedFile: Sendable {
    case experiment(LoadedConfiguration)
    case study(LoadedStudy)
}

/// In which order the runs of a study are made.
package enum StudyOrder: String, Sendable, Hashable, CaseIterable, Codable {
    /// All repetitions of a member, then the next member.
    case sequential
    /// All members once, then all again, so that a drift meets each of them alike.
    case interleaved
    /// As interleaved, each round in an order drawn from the seed.
    case shuffled
    /// As interleaved, from the last member to the first.
    case reversed
}

/// A study as its configuration describes it. Nothing of it but the members is in their experiments.
package struct LoadedStudy: Sendable {
    /// One run that is to be made.
    package struct Slot: Hashable, Sendable {
        /// Index into the members of the study.
        package let member: Int
        /// From 1.
        package let repetition: Int

        package init(member: Int, repetition: Int) {
            self.member = member
            self.repetition = repetition
        }
    }

    package private(set) var study: Study
    /// Runs of each member.
    package let repetitions: Int
    package let order: StudyOrder
    package let rules: StudyRules
    /// The seed of the base, which also decides a shuffled order.
    package let seed: UInt64
    /// What its tasks ask for where it is submitted to Slurm.
    package let slurm: SlurmSpec
    /// Things that are allowed and probably not meant.
    package let warnings: [Failure]
    /// The files that were read: the named one first, then what it extends.
    package let files: [String]
    /// The runs that are to be made, where a plan says so; nil: all of them.
    package private(set) var chosen: [Slot]?

    /// Whether it is one experiment that is repeated, and nothing is varied.
    package var isRepetition: Bool { study.members.count == 1 && study.members.allSatisfy(\.values.isEmpty) }

    /// Runs of each member, where a goal may ask for more.
    package var fewestRuns: Int { rules.until?.least(repetitions) ?? repetitions }
    package var mostRuns: Int { rules.until.map { max($0.most, fewestRuns) } ?? repetitions }

    /// Every run that will be made, in order; the same on every machine. With `study.until_cv` there may be more.
    package var slots: [Slot] { slots(upTo: fewestRuns) }

    /// Every run that may be made, in order, of so many repetitions.
    package func slots(upTo repetitions: Int) -> [Slot] {
        if let chosen { return chosen }
        let members = study.members.indices
        let rounds = 1...max(1, repetitions)
        switch order {
        case .sequential: return members.flatMap { member in rounds.map { Slot(member: member, repetition: $0) } }
        case .interleaved: return rounds.flatMap { round in members.map { Slot(member: $0, repetition: round) } }
        case .reversed: return rounds.flatMap { round in members.reversed().map { Slot(member: $0, repetition: round) } }
        case .shuffled:
            // Sorting by a digest is a shuffle that needs no generator.
            return rounds.flatMap { round in
                members.map { (SHA256.hexDigest(of: "\(seed)/\(round)/\($0)"), Slot(member: $0, repetition: round)) }
                    .sorted { $0.0 < $1.0 }.map(\.1)
            }
        }
    }

    /// A run of the study before it is made.
    package struct PlannedRun: Hashable, Sendable {
        /// From 1, in the order in which they are made.
        package let number: Int
        package let slot: Slot
        package let member: Study.Member
        /// Whether the model is loaded for it; false where the run before leaves it loaded, and for a server that runs by itself.
        package let loadsModel: Bool
    }

    /// Every run that will be made, with its member, in order.
    package func plannedRuns() -> [PlannedRun] {
        var loaded: BackendSpec?
        return slots.enumerated().map { number, slot in
            let member = study.members[slot.member]
            let backend = member.experiment.backend
            let key = backend.isLoadedByRun ? backend.loadKey : nil
            defer { loaded = key }
            return PlannedRun(number: number + 1, slot: slot, member: member, loadsModel: key != nil && key != loaded)
        }
    }
}

extension LoadedStudy {
    /// The same study with each experiment changed.
    package func mapExperiments(_ change: (Experiment) throws -> Experiment) rethrows -> LoadedStudy {
        var copy = self
        copy.study.members = try study.members.map { member in
            var member = member
            member.experiment = try change(member.experiment)
            return member
        }
        return copy
    }

    /// Some runs of a study, as its plan describes them.
    ///
    /// - Parameter slots: which runs, in order; their members are those of `study`.
    package init(planned study: Study, slots: [Slot], order: StudyOrder, rules: StudyRules) {
        self.init(
            study: study, repetitions: slots.map(\.repetition).max() ?? 1, order: order, rules: rules, seed: 0, slurm: SlurmSpec(),
            warnings: [], files: [])
        chosen = slots
    }

    /// One experiment, as often as it says, or until its figures agree.
    package init(repeating loaded: LoadedConfiguration) {
        let experiment = loaded.experiment
        self.init(
            study: Study(name: experiment.name, members: [Study.Member(name: experiment.name, values: [], experiment: experiment)]),
            repetitions: experiment.repetitions, order: .sequential, rules: loaded.rules, seed: experiment.seed, slurm: loaded.slurm,
            warnings: loaded.warnings,
            files: loaded.files)
    }
}
