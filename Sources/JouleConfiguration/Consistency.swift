import JouleModel

/// Rules about several keys together, each well formed on its own.
enum Consistency {
    static func check(_ experiment: Experiment, root: ConfigNode, reading: inout Reading) {
        checkLengths(experiment, root, &reading)
        checkSampling(experiment, root, &reading)
        checkMetrics(experiment, root, &reading)
        checkEmissions(experiment, root, &reading)
        checkAttribution(experiment, root, &reading)
        checkCarbon(experiment, root, &reading)
        checkScenario(experiment, root, &reading)
        checkReasoning(experiment, root, &reading)
        checkPhases(experiment, root, &reading)
        checkThinkTime(experiment, root, &reading)
        // All that follows depends on the backend.
        guard reading.accepts("backend.type"), !reading.isIncomplete || given("backend.type", root) else { return }
        checkAudience(experiment, root, &reading)
        checkCompute(experiment, root, &reading)
        checkReporters(experiment, root, &reading)
        if experiment.backend.kind.isServer {
            checkServer(experiment, root, &reading)
            checkLoad(experiment, root, &reading)
            checkConversations(experiment, root, &reading)
        } else {
            checkWorker(experiment, root, &reading)
        }
    }

    static let minimum = "scenario.generate_kwargs.min_new_tokens"
    static let maximum = "scenario.generate_kwargs.max_new_tokens"
    private static let temperature = "scenario.generate_kwargs.temperature"
    private static let doSample = "scenario.generate_kwargs.do_sample"

    private static func checkLengths(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let limits = experiment.scenario.generation
        if limits.minNewTokens > limits.maxNewTokens, reading.accepts(minimum, maximum) {
            reading.report(
                "config.conflict",
                "min_output_tokens must be <= max_output_tokens, but min_new_tokens is \(limits.minNewTokens) and max_new_tokens is \(limits.maxNewTokens)",
                at: origin(minimum, root), remedy: "raise max_new_tokens or lower min_new_tokens")
        }
        if limits.maxNewTokens > 2_048, reading.accepts(maximum) {
            reading.warn(
                "config.long-output", "max_new_tokens is \(limits.maxNewTokens): answers over 2048 tokens make a long run",
                at: origin(maximum, root), remedy: "lower it unless long answers are what you measure")
        }
    }

    private static func checkSampling(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let generation = experiment.scenario.generation
        guard reading.accepts(temperature, doSample) else { return }
        if generation.doSample == true, generation.temperature == 0 {
            reading.report(
                "config.conflict", "do_sample is true, but temperature 0 always takes the likeliest token", at: origin(doSample, root),
                remedy: "set a temperature above 0, or leave do_sample out")
        }
        guard !generation.samples else { return }
        var idle: [String] = []
        if generation.temperature > 0 { idle.append("temperature") }
        if generation.topP < 1 { idle.append("top_p") }
        if generation.topK != nil { idle.append("top_k") }
        for name in idle where reading.accepts("scenario.generate_kwargs.\(name)") {
            reading.warn(
                "config.no-effect", "\(name) has no effect: the likeliest token is always taken",
                at: origin("scenario.generate_kwargs.\(name)", root), remedy: "set a temperature above 0 to sample, or remove it")
        }
    }

    /// What the chosen backend cannot carry out is never dropped in silence, unless its value asks for nothing.
    private static func checkAudience(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        for key in ConfigurationKeys.all where reading.accepts(key.name) {
            guard let refusal = key.audience.refusal(experiment.backend.kind), given(key.name, root),
                key.render(experiment) != key.render(.withDefaults)
            else { continue }
            refuse(key.name, refusal.reason, root, remedy: refusal.remedy, &reading)
        }
        // `quantization: fp16` names a data type without the key for it.
        if experiment.backend.kind.isServer, experiment.backend.torchDtype != .auto, !given("backend.torch_dtype", root) {
            refuse("backend.quantization", "a server has loaded its model before requests reach it", root, &reading)
        }
    }

    private static func checkWorker(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let backend = experiment.backend
        if backend.kind == .command, backend.command == nil, reading.accepts("backend.command"), !reading.isIncomplete {
            reading.report(
                "config.missing-key", "the `command` backend needs `backend.command`", at: origin("backend.type", root),
                remedy: "give program and arguments as a list")
        }
        if backend.device == "cpu", backend.deviceIDs != nil, reading.accepts("backend.device", "backend.device_ids") {
            refuse("backend.device_ids", "`backend.device` is cpu, which uses no GPU", root, &reading)
        }
        checkProcesses(backend, root, &reading)
        checkSplitWorker(backend, root, &reading)
        checkBatching(experiment, root, &reading)
        if let quantization = backend.quantization, reading.accepts("backend.quantization", "backend.torch_dtype") {
            let usesFloat32 = backend.torchDtype == .float32 || quantization.computeDtype == .float32
            if usesFloat32 {
                reading.warn(
                    "config.quantized-float32", "weights of \(quantization.bits) bits are computed with in float32, which is slow",
                    at: origin("backend.quantization", root), remedy: "use float16 or bfloat16 unless float32 is what you measure")
            }
        }
        if experiment.phases.preset == .full, reading.accepts("phases.preset") {
            refuse(
                "phases.preset",
                "the preset `protocol` sends requests for a given time, and a worker answers its prompts however long that takes",
                root, remedy: "set idle_host: 120s, idle_loaded: 120s, warmup_requests and cooldown: 60s", &reading)
        }
        let isConcurrent = experiment.load.arrival == .closed && experiment.load.concurrency > 1
        if experiment.load.arrival != .sequential, !isConcurrent, reading.accepts("load.arrival") {
            refuse("load.arrival", "a worker answers one batch after the other", root, &reading)
        }
    }

    private static func checkMetrics(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let metrics = experiment.metrics
        guard !metrics.require.isEmpty, reading.accepts("metrics.require", "metrics.enabled", "metrics.meters") else { return }
        let scopes = metrics.require.map(\.rawValue).joined(separator: ", ")
        if !metrics.enabled {
            reading.report(
                "config.conflict", "`metrics.require` asks for \(scopes), and `metrics.enabled` is false",
                at: origin("metrics.require", root), remedy: "keep one of the two")
        } else if metrics.meters == [MeterSelector(.none)] {
            reading.report(
                "config.conflict", "`metrics.require` asks for \(scopes), and `metrics.meters` is none",
                at: origin("metrics.require", root), remedy: "keep one of the two")
        }
    }

    private static func checkEmissions(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let key = "metrics.output_dir"
        guard experiment.metrics.outputDirectory != nil, reading.accepts(key, "reporter") else { return }
        let writers = experiment.reporters.filter { $0.kind == .codecarbon }
        guard !writers.contains(where: { $0.outputFile == nil }) else { return }
        reading.warn(
            "config.no-effect",
            writers.isEmpty
                ? "`\(key)` has no effect: no reporter writes an emissions.csv"
                : "`\(key)` has no effect: the codecarbon reporter names its own output_file", at: origin(key, root),
            remedy: writers.isEmpty ? "add codecarbon to reporter, or remove it" : "keep one of the two")
    }

    private static func checkThinkTime(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let (enabled, least, most) = ("latency_simulation.enabled", "latency_simulation.delay_min", "latency_simulation.delay_max")
        guard reading.accepts(enabled, least, most, "load.arrival") else { return }
        let load = experiment.load
        let rest = load.thinkTime
        guard rest.isEnabled else {
            for key in [least, most] where given(key, root) {
                reading.warn(
                    "config.no-effect", "`\(key)` has no effect: latency_simulation.enabled is false", at: origin(key, root),
                    remedy: "set latency_simulation.enabled: true, or remove it")
            }
            return
        }
        // Later turns of a conversation wait for answers in an open loop too.
        if load.arrival.isOpen, experiment.scenario.turns == 1 {
            refuse(
                enabled, "the arrival is \(load.arrival.rawValue), which does not wait for answers", root,
                remedy: "use arrival: closed or sequential, or remove latency_simulation", &reading)
        } else if rest.maximum < rest.minimum {
            reading.report(
                "config.conflict",
                "delay_min must be <= delay_max, but delay_min is \(DurationText.spell(rest.minimum)) and delay_max is \(DurationText.spell(rest.maximum))",
                at: origin(least, root) ?? origin(most, root), remedy: "swap the two, or raise delay_max")
        } else if rest.maximum == .zero {
            reading.report(
                "config.missing-key", "latency_simulation is enabled and says no rest", at: origin(enabled, root),
                remedy: "add delay_max: 2s, and delay_min if each rest is to have a least length")
        }
    }

    private static func checkAttribution(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let attribution = experiment.attribution
        guard reading.accepts("attribution.method", "attribution.alpha", "attribution.beta") else { return }
        guard attribution.alpha != nil || attribution.beta != nil else { return }
        let given = attribution.alpha != nil ? "attribution.alpha" : "attribution.beta"
        if attribution.method == .tokenShare {
            refuse(given, "sharing by tokens knows no coefficients", root, remedy: "remove it, or set method: time_sliced", &reading)
        } else if attribution.alpha == nil || attribution.beta == nil {
            let missing = attribution.alpha == nil ? "attribution.alpha" : "attribution.beta"
            reading.report(
                "config.missing-key", "`\(given)` is given without `\(missing)`", at: origin(given, root),
                remedy: "the two are weights against each other: give both or none")
        } else if attribution.alpha == 0, attribution.beta == 0 {
            reading.report(
                "config.conflict", "alpha and beta are both 0, so no request would get any energy", at: origin(given, root),
                remedy: "give at least one of them a weight")
        }
    }

    static func refuse(
        _ key: String, _ reason: String, _ root: ConfigNode, remedy: String = "remove it", _ reading: inout Reading
    ) {
        reading.report("config.not-honoured", "`\(key)` cannot be honoured: \(reason)", at: origin(key, root), remedy: remedy)
    }

    static func origin(_ key: String, _ root: ConfigNode) -> Origin? {
        root[ConfigurationKey.split(key)]?.origin
    }

    /// Whether somebody wrote a value for the key.
    static func given(_ key: String, _ root: ConfigNode) -> Bool {
        root[ConfigurationKey.split(key)].map { !$0.isNull } ?? false
    }
}

extension Reading {
    /// Whether none of the keys was refused, so that a rule about them says something new.
    func accepts(_ keys: String...) -> Bool { refused.isDisjoint(with: keys) }
}
