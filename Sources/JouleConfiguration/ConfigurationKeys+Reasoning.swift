import JouleModel

extension ConfigurationKeys {
    /// Whether and how much the model is asked to think.
    static let reasoning: [ConfigurationKey] = [
        ConfigurationKey(
            "scenario.reasoning", Shape<Bool>.flag.optional, \.scenario.reasoning.isRequested, fallback: "true when there are params",
            "Ask the model to think, in the way of its family; false sends prompts as they are, whatever the params say."),
        ConfigurationKey(
            "scenario.reasoning_params.reasoning_effort", Shape<ReasoningSpec.Effort>.choice(ReasoningSpec.Effort.self).optional,
            \.scenario.reasoning.effort, fallback: "high when on",
            "How much thinking; families that know no levels think at medium and high."),
        ConfigurationKey(
            "scenario.reasoning_params.enable_thinking", Shape<Bool>.flag.optional, \.scenario.reasoning.enableThinking,
            "Switch thinking on or off; false sends what switches a thinking model off."),
        ConfigurationKey(
            "scenario.reasoning_params.thinking_budget", Shape<Int>.count(atLeast: 1).optional, \.scenario.reasoning.thinkingBudget,
            for: budget, "The most tokens of thinking."),
        ConfigurationKey(
            "scenario.reasoning_params.cot_depth", Shape<Int>.count(atLeast: 1).optional, \.scenario.reasoning.depth,
            "An argument for chat templates that know it."),
        ConfigurationKey(
            "scenario.reasoning_params.reasoning", Shape<Bool>.flag.optional, \.scenario.reasoning.reasoning,
            "An argument for chat templates that know it; switches thinking like enable_thinking."),
        ConfigurationKey(
            "scenario.formats_file", Shape<String>.text("path").optional, \.scenario.reasoning.formatsFile,
            fallback: "reasoning_formats.yaml in the configuration folder, if it is there",
            "Formats of your own, laid over those built in; the path is relative to the working directory."),
        harmony,
    ]

    /// Chosen by hand in files of older tools; now the family decides.
    private static let harmony = ConfigurationKey(
        "backend.use_harmony", aliases: ["scenario.use_harmony", "scenario.reasoning_params.use_harmony"],
        type: Shape<Bool>.flag.description, schema: Shape<Bool>.flag.schema,
        fallback: "–", "Kept for files of older tools; the model's family decides on its format.",
        decode: { setting, _, reading in
            guard Shape<Bool>.flag.decode(setting, &reading) != nil else { return }
            reading.warn(
                "config.deprecated", "`use_harmony` is deprecated and has no effect: the model's family decides on its format",
                at: setting.node.origin, remedy: "remove it; `scenario.reasoning: true` asks for thinking")
        },
        render: { _ in nil })

    private static let budget = Audience { kind in
        switch kind {
        case .vllm, .simulated, .replay, .pytorch, .command: nil
        case .openai, .llamacpp, .sglang, .tgi, .ollama, .trtllm:
            Audience.Refusal(
                reason: "requests to \(kind.title) have no limit on the tokens of thinking; vLLM's and the worker's have",
                remedy: "remove it; max_new_tokens limits thinking and answer together")
        }
    }
}

extension Consistency {
    private static let parameters = "scenario.reasoning_params"

    static func checkReasoning(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let spec = experiment.scenario.reasoning
        let switches = ["\(parameters).enable_thinking", "\(parameters).reasoning"]
        if let thinks = spec.enableThinking, let reasons = spec.reasoning, thinks != reasons, switches.allSatisfy({ reading.accepts($0) }) {
            reading.report(
                "config.conflict", "`enable_thinking` is \(thinks) and `reasoning` is \(reasons), and both switch thinking",
                at: origin(switches[1], root), remedy: "keep one of the two")
        }
        if spec.isRequested == false, spec.hasParameters, reading.accepts("scenario.reasoning") {
            reading.warn(
                "config.no-effect", "`\(parameters)` has no effect: reasoning is false, which sends prompts as they are",
                at: root[ConfigurationKey.split(parameters)]?.origin,
                remedy: "to switch a thinking model off, leave reasoning out and set enable_thinking: false")
        }
        if spec.isRequested == true, spec.enableThinking == false || spec.reasoning == false,
            reading.accepts("scenario.reasoning", switches[0], switches[1])
        {
            reading.warn(
                "config.no-effect", "`scenario.reasoning` is true and `\(parameters)` switches thinking off: it is off",
                at: origin("scenario.reasoning", root), remedy: "leave reasoning out to switch thinking off")
        }
    }
}
