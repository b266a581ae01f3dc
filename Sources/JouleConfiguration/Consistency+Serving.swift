import JouleModel
import JouleUnits

/// Rules about serving runs.
extension Consistency {
    static func checkServer(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let server = experiment.backend.server
        checkParallelism(experiment.backend, root, &reading)
        if experiment.backend.kind == .replay, experiment.backend.replay.run == nil, reading.accepts("backend.replay.run"),
            !reading.isIncomplete
        {
            reading.report(
                "config.missing-key", "the `replay` backend needs `backend.replay.run`", at: origin("backend.type", root),
                remedy: "name the folder of a recorded run, such as results/raw/exp_20261121_093000, or its id below the results")
        }
        if let node = root[["backend", "endpoint"]], !experiment.backend.kind.isSimulation, server.endpoint == nil,
            reading.accepts("backend.endpoint")
        {
            let port = experiment.backend.kind.dialect.map { $0.defaultPort } ?? 8_000
            reading.report(
                "config.missing-key", "\(experiment.backend.kind.title) backend requires endpoint, and `backend.endpoint` is empty",
                at: node.origin, remedy: "give its URL, or leave the key out for http://localhost:\(port)")
        }
        if let launch = server.launch, launch.command.isEmpty, reading.accepts("backend.launch.command") {
            reading.report(
                "config.missing-key", "`backend.launch.command` is missing", at: origin("backend.launch", root),
                remedy: "give program and arguments as a list, or remove backend.launch")
        }
        let phases = experiment.phases
        if server.launch == nil, given("phases.idle_host", root), phases.idleHost != .zero,
            phases.idleHost != phases.preset.lengths.idleHost, reading.accepts("phases.idle_host", "phases.preset")
        {
            refuse(
                "phases.idle_host", "the server runs already, and only a server that the run starts can be waited for without it", root,
                remedy: "give backend.launch, or use phases.idle_loaded", &reading)
        }
    }

    static func checkScenario(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let scenario = experiment.scenario
        if scenario.outputLengths != nil, reading.accepts("scenario.output_lengths") {
            for key in [maximum, minimum] where given(key, root) {
                reading.report(
                    "config.conflict", "`\(key)` and `scenario.output_lengths` both say how long answers are", at: origin(key, root),
                    remedy: "keep one of the two")
            }
        }
        checkInputLength(scenario, root, &reading)
        guard reading.accepts("scenario.dataset_name", "scenario.prompt_lengths", "load.arrival", "load.trace") else { return }
        let isSynthetic = scenario.datasetName == "synthetic"
        func conflict(_ key: String, _ message: String, _ remedy: String) {
            guard reading.accepts(key) else { return }
            reading.report("config.conflict", message, at: origin(key, root), remedy: remedy)
        }
        checkDataset(scenario, root, &reading)
        if isSynthetic {
            if scenario.promptLengths == nil, experiment.load.arrival != .trace {
                reading.report(
                    "config.missing-key", "synthetic prompts need `scenario.prompt_lengths`", at: origin("scenario.dataset_name", root),
                    remedy: "add prompt_lengths: 256, or {distribution: normal, mean: 256, std: 64}")
            }
            if scenario.selection != .first, reading.accepts("scenario.selection") {
                reading.warn(
                    "config.no-effect", "`scenario.selection` has no effect: synthetic prompts are made and not selected",
                    at: origin("scenario.selection", root), remedy: "remove it")
            }
        } else {
            if scenario.promptLengths != nil {
                conflict(
                    "scenario.prompt_lengths",
                    "`scenario.prompt_lengths` is for synthetic prompts, and the data set is `\(scenario.datasetName)`",
                    "set dataset_name: synthetic, or remove one of the two")
            }
            if scenario.sharedPrefixTokens > 0 {
                conflict(
                    "scenario.shared_prefix_tokens",
                    "`scenario.shared_prefix_tokens` is for synthetic prompts, and the data set is `\(scenario.datasetName)`",
                    "set dataset_name: synthetic with prompt_lengths, or remove it")
            }
        }
        guard isSynthetic, scenario.sharedPrefixTokens > 0 else { return }
        if scenario.uniquePrefix {
            conflict(
                "scenario.shared_prefix_tokens", "prompts cannot begin alike and with words of their own",
                "keep shared_prefix_tokens or unique_prefix")
        }
        if let lengths = scenario.promptLengths, scenario.sharedPrefixTokens > lengths.minimum {
            conflict(
                "scenario.shared_prefix_tokens",
                "a beginning of \(scenario.sharedPrefixTokens) tokens does not fit into prompts of \(lengths.minimum)",
                "lower it, or raise the least length of a prompt")
        }
    }

    private static func checkDataset(_ scenario: ScenarioSpec, _ root: ConfigNode, _ reading: inout Reading) {
        for complaint in DatasetComplaint.all(of: scenario) {
            let key = "scenario.\(complaint.option.rawValue)"
            guard reading.accepts(key) else { continue }
            reading.report(
                "config.conflict", complaint.message { "`scenario.\($0.rawValue)`" }, at: origin(key, root), remedy: complaint.remedy)
        }
    }

    private static func checkInputLength(_ scenario: ScenarioSpec, _ root: ConfigNode, _ reading: inout Reading) {
        let key = "scenario.input_length"
        guard let length = scenario.inputLength, reading.accepts(key, "scenario.dataset_name", "scenario.max_input_tokens") else { return }
        if scenario.datasetName == "synthetic" {
            reading.report(
                "config.conflict", "`\(key)` joins prompts of a data set, and these are synthetic", at: origin(key, root),
                remedy: "use prompt_lengths: \(length)")
        } else if let most = scenario.maxInputTokens, most != length {
            reading.report(
                "config.conflict", "`\(key)` is \(length) and `scenario.max_input_tokens` \(most): both say where a prompt is cut",
                at: origin(key, root), remedy: "keep input_length")
        }
    }

    static func checkPhases(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let phases = experiment.phases
        guard reading.accepts("phases.preset", "phases.warmup", "phases.warmup_requests", "phases.measure", "load.duration") else { return }
        if phases.warmup != nil, phases.warmupRequests > 0 {
            reading.report(
                "config.conflict", "`phases.warmup` and `phases.warmup_requests` both say how long the warm-up is",
                at: origin("phases.warmup", root), remedy: "keep one of the two")
        }
        if let measure = phases.measure, let duration = experiment.load.duration, measure != duration {
            reading.report(
                "config.conflict",
                "`phases.measure` is \(DurationText.spell(measure)) and `load.duration` \(DurationText.spell(duration)): both say how long requests are sent",
                at: origin("phases.measure", root), remedy: "keep one of the two")
        }
    }

    static func checkLoad(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        guard reading.accepts("load.arrival", "load.rate", "load.concurrency", "load.trace", "load.ramp", "load.burstiness") else { return }
        let load = experiment.load
        let arrival = load.arrival.rawValue
        func conflict(_ key: String, _ message: String, _ remedy: String) {
            guard reading.accepts(key) else { return }
            reading.report("config.conflict", message, at: origin(key, root), remedy: remedy)
        }
        func missing(_ message: String, _ remedy: String) {
            reading.report("config.missing-key", message, at: origin("load.arrival", root), remedy: remedy)
        }
        switch load.arrival {
        case .sequential, .closed:
            if load.rate != nil {
                conflict(
                    load.ramp == nil || given("load.rate", root) ? "load.rate" : "load.ramp",
                    "the arrival is \(arrival), where the next request waits for an answer, so it has no rate",
                    "set arrival: poisson for an open loop, or remove the rate")
            }
            if load.arrival == .sequential, load.concurrency > 1 {
                conflict("load.concurrency", "the arrival is sequential, which has one request in flight", "set arrival: closed")
            }
            if load.maxInFlight != nil {
                conflict(
                    "load.max_in_flight", "`load.max_in_flight` caps an open loop, and the arrival is \(arrival)",
                    "use arrival: closed with load.concurrency")
            }
        case .constant, .poisson, .gamma:
            if load.rate == nil { missing("`load.rate` is missing: the arrival is \(arrival)", "add rate: 64/s") }
        case .burst:
            if load.rate != nil { conflict("load.rate", "the arrival is burst, which sends everything at once", "remove the rate") }
            if load.requests == nil, load.duration != nil || experiment.phases.measure != nil {
                missing(
                    "everything is sent at once, so a length of time does not say how much", "add load.requests")
            }
        case .trace:
            if load.trace == nil { missing("`load.trace` is missing: the arrival is trace", "name the file of the trace") }
            if load.rate != nil {
                conflict("load.rate", "a trace has its own instants, which are never rescaled", "remove the rate, or set arrival: poisson")
            }
        }
        if load.arrival.isOpen, load.concurrency > 1 {
            conflict(
                "load.concurrency", "the arrival is \(arrival), which does not wait for answers, so it has no fixed concurrency",
                "max_in_flight caps the requests in flight; arrival: closed keeps so many in flight")
        }
        if load.ramp != nil, load.arrival == .burst || load.arrival == .trace {
            conflict("load.ramp", "the arrival is \(arrival), which has no rate to change", "set arrival: poisson, or remove the ramp")
        }
        if load.trace != nil, load.arrival != .trace {
            conflict("load.trace", "a trace is given, and the arrival is \(arrival)", "set arrival: trace, or remove the trace")
        }
        if load.burstiness != 1, load.arrival != .gamma {
            conflict(
                "load.burstiness", "`load.burstiness` shapes gamma arrivals, and the arrival is \(arrival)",
                "set arrival: gamma, or remove it")
        }
        if load.queues, load.maxInFlight == nil {
            conflict("load.queue", "nothing waits without a cap on the requests in flight", "add load.max_in_flight, or remove it")
        }
        checkWarmup(experiment, root, &reading)
    }

    private static func checkWarmup(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let isOpen = experiment.load.arrival.isOpen
        let idle = [
            ("phases.warmup_rate", experiment.phases.warmup == nil || !isOpen, "an open loop"),
            ("phases.warmup_concurrency", experiment.phases.warmup == nil || isOpen, "a closed loop"),
        ]
        for (key, hasNoEffect, loop) in idle where hasNoEffect && given(key, root) && reading.accepts(key, "phases.warmup") {
            reading.warn(
                "config.no-effect", "`\(key)` has no effect: it is for a warm-up of a given length in \(loop)", at: origin(key, root),
                remedy: "remove it, or set phases.warmup")
        }
    }
}
