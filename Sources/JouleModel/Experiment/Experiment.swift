/// One fully resolved specification of a run: every key has its value, nothing is left to be looked up.
package struct Experiment: Hashable, Sendable {
    package var name: String
    package var outputDirectory: String
    package var repetitions: Int
    package var seed: UInt64
    package var backend: BackendSpec
    package var scenario: ScenarioSpec
    package var load: LoadSpec
    package var phases: PhasesSpec
    package var attribution: AttributionSpec
    package var metrics: MetricsSpec
    package var carbon: CarbonSpec
    package var compute: ComputeSpec
    package var reporters: [ReporterSpec]

    package init(
        name: String, outputDirectory: String = "results", repetitions: Int = 1, seed: UInt64 = 0, backend: BackendSpec,
        scenario: ScenarioSpec = ScenarioSpec(), load: LoadSpec = LoadSpec(), phases: PhasesSpec = .quick,
        attribution: AttributionSpec = AttributionSpec(), metrics: MetricsSpec = MetricsSpec(),
        carbon: CarbonSpec = CarbonSpec(), compute: ComputeSpec = ComputeSpec(),
        reporters: [ReporterSpec] = [ReporterSpec(kind: .json), ReporterSpec(kind: .html)]
    ) {
        self.name = name
        self.outputDirectory = outputDirectory
        self.repetitions = repetitions
        self.seed = seed
        self.backend = backend
        self.scenario = scenario
        self.load = load
        self.phases = phases
        self.attribution = attribution
        self.metrics = metrics
        self.carbon = carbon
        self.compute = compute
        self.reporters = reporters
    }
}
