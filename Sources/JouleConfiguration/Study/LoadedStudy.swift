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
    /// Time between two runs.
    package let cooldown: Duration
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

    /// Every run of the study, in the order in which they are to be made; the same on every machine.
    package var slots: [Slot] {
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
    package init(planned study: Study, slots: [Slot], order: StudyOrder, cooldown: Duration) {
        self.init(
            study: study, repetitions: 1, order: order, cooldown: cooldown, seed: 0, slurm: SlurmSpec(), warnings: [], files: [])
        chosen = slots
    }

    /// One experiment, as often as it says.
    package init(repeating loaded: LoadedConfiguration) {
        let experiment = loaded.experiment
        self.init(
            study: Study(name: experiment.name, members: [Study.Member(name: experiment.name, values: [], experiment: experiment)]),
            repetitions: experiment.repetitions, order: .sequential, cooldown: loaded.cooldown, seed: experiment.seed, slurm: loaded.slurm,
            warnings: loaded.warnings,
            files: loaded.files)
    }
}
