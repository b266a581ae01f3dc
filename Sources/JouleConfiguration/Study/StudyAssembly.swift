import JouleModel

/// A base and its variations into experiments, each checked like a file of its own.
struct StudyAssembly {
    private let base: ConfigNode
    private let defaultName: String
    /// What is wrong with the base alone: members that share it do not repeat it as theirs.
    private let baseFailures: Set<Failure>
    let baseExperiment: Experiment

    init(base: ConfigNode, defaultName: String) {
        self.base = base
        self.defaultName = defaultName
        var reading = Reading()
        baseExperiment = ExperimentDecoder.decode(base, defaultName: defaultName, reading: &reading)
        baseFailures = Set(reading.failures)
    }

    func members(_ variations: [Variation], reading: inout Reading) -> [Study.Member] {
        checkOverrides(variations, &reading)
        return variations.map { variation in
            let root = variation.entries.reduce(base) { $1.applied(to: $0) }
            var own = Reading()
            own.isIncomplete = reading.isIncomplete
            var experiment = ExperimentDecoder.decode(root, defaultName: defaultName, reading: &own)
            for failure in own.failures {
                let placed = place(failure, in: variation)
                if !reading.failures.contains(placed) { reading.report(placed) }
            }
            for warning in own.warnings where !reading.warnings.contains(warning) { reading.warn(warning) }
            let isServer = experiment.backend.kind.isServer
            let values = variation.entries.map { entry in
                Study.SweptValue(key: entry.name(isServer: isServer), value: Secrets.masked(entry.value))
            }
            experiment.name = ([experiment.name] + variation.entries.map { "\($0.shortName)=\(Secrets.masked($0.value))" }).joined(
                separator: " ")
            return Study.Member(name: variation.name, values: values, experiment: experiment)
        }
    }

    private func checkOverrides(_ variations: [Variation], _ reading: inout Reading) {
        var told: Set<String> = []
        for entry in variations.flatMap(\.entries) where entry.isOverridden(in: base) {
            let name = entry.name(isServer: true)
            guard told.insert(name).inserted else { continue }
            reading.report(
                "config.sweep", "`\(name)` is swept here and set from outside, which would make all members alike", at: entry.keyOrigin,
                remedy: "leave it to the sweep, or set sweep.\(entry.shortName)=[…]")
        }
    }

    /// The failure at the place in the sweep that brings it about, unless the base has it too.
    private func place(_ failure: Failure, in variation: Variation) -> Failure {
        let places = variation.entries.flatMap { $0.value.places + [$0.keyOrigin.place].compactMap(\.self) }
        let isSwept = failure.source.map(places.contains) ?? false
        guard !isSwept, !baseFailures.contains(failure), let source = variation.origin.place else { return failure }
        let elsewhere =
            failure.source.map { "in the member `\(variation.name)`, together with \($0)" } ?? "in the member `\(variation.name)`"
        return Failure(failure.code, failure.message, cause: failure.cause ?? elsewhere, remedy: failure.remedy, source: source)
    }
}
