import JouleModel

/// What a file means without saying it: a rate is for an open loop, lengths of prompts are for synthetic ones. What comes of it is shown by
/// `config show` like everything else.
enum Inference {
    static func complete(_ experiment: inout Experiment, root: ConfigNode) {
        func given(_ key: String) -> Bool { Consistency.given(key, root) }
        if experiment.scenario.promptLengths != nil, !given("scenario.dataset_name") { experiment.scenario.datasetName = "synthetic" }
        completeCarbon(&experiment.carbon, given)
        completeLoad(&experiment, given)
        completePhases(&experiment.phases, given)
    }

    /// A value that only one source reads means that source. A position means none: its source is a service, which nobody is asked to unless
    /// it was named.
    private static func completeCarbon(_ carbon: inout CarbonSpec, _ given: (String) -> Bool) {
        guard !given("carbon.source") else { return }
        if carbon.file != nil {
            carbon.source = .csv
        } else if carbon.intensity != nil {
            carbon.source = .fixed
        }
    }

    private static func completeLoad(_ experiment: inout Experiment, _ given: (String) -> Bool) {
        var load = experiment.load
        guard experiment.backend.kind.isServer else {
            if load.arrival == .closed, load.concurrency == 1 { experiment.load.arrival = .sequential }
            return
        }
        let isUnlimited = load.rate == .infinity
        if !given("load.arrival") {
            if load.trace != nil {
                load.arrival = .trace
            } else if load.concurrency > 1, load.rate == nil || isUnlimited {
                load.arrival = .closed
            } else if isUnlimited {
                load.arrival = .burst
            } else if load.rate != nil {
                load.arrival = load.burstiness == 1 ? .poisson : .gamma
            }
        } else if isUnlimited, [.constant, .poisson, .gamma].contains(load.arrival) {
            load.arrival = .burst
        }
        if isUnlimited { load.rate = nil }
        experiment.load = load
    }

    /// The length that was written counts, and not the one of the preset that says the same in another way.
    private static func completePhases(_ phases: inout PhasesSpec, _ given: (String) -> Bool) {
        switch (given("phases.warmup"), given("phases.warmup_requests")) {
        case (true, false): phases.warmupRequests = 0
        case (false, true): phases.warmup = nil
        case (true, true), (false, false): break
        }
        if given("load.duration"), !given("phases.measure") { phases.measure = nil }
    }
}
