import JouleModel

/// What a request has besides its prompt when the model is asked to think, or not to: a pure function of experiment and formats.
package struct ReasoningInstruction: Hashable, Sendable {
    /// The format of the model; nil where none is known.
    package let match: FormatMatch?
    /// Whether the model thinks when it is told this.
    package private(set) var isOn: Bool
    /// What was asked for, or what is sent for it; families that know no levels are not told.
    package private(set) var effort: ReasoningSpec.Effort?
    /// Stands before and behind each prompt.
    package private(set) var frame = ChatTemplateRequest.Frame()
    /// Members of each request's body, at its top level; none for workers.
    package private(set) var members: [String: JSONValue] = [:]
    /// For workers.
    package private(set) var template: ChatTemplateRequest?
    /// What is allowed and probably not meant.
    package private(set) var warnings: [Failure] = []
    private let budget: Int?

    /// - Returns: nil where nothing is asked, so that prompts go out as they are.
    /// - Throws: `format.not-honoured` for what the backend has no way to say.
    package static func make(_ experiment: Experiment, formats: FormatRegistry) throws(Failure) -> ReasoningInstruction? {
        let spec = experiment.scenario.reasoning
        guard spec.asks else { return nil }
        return try ReasoningInstruction(spec, backend: experiment.backend, match: formats.format(of: experiment.backend.model))
    }

    private init(_ spec: ReasoningSpec, backend: BackendSpec, match: FormatMatch?) throws(Failure) {
        self.match = match
        isOn = spec.thinks
        effort = spec.effort ?? (spec.thinks && match == nil ? .high : nil)
        budget = spec.thinkingBudget
        let words = match?.words
        var arguments: [String: JSONValue] = [:]
        switch words?.kind {
        case .harmony: settleHarmony(spec)
        case .systemPrompt, .prefix: settleText(spec)
        case .parameter, nil:
            if let name = words?.enableFlag { arguments[name] = .bool(isOn) }
            if let value = spec.enableThinking { arguments["enable_thinking"] = .bool(value) }
            if let value = spec.reasoning { arguments["reasoning"] = .bool(value) }
            if let value = spec.depth { arguments["cot_depth"] = .integer(Int64(value)) }
        }
        if spec.thinks, let words {
            frame.before = (words.prefix ?? "") + frame.before
            frame.after += words.suffix ?? ""
        }
        if spec.depth != nil, let match, match.words.kind != .parameter {
            warn(
                "format.no-effect",
                "`cot_depth` has no effect: it is an argument of chat templates, and the family \(match.format.family) is told otherwise",
                remedy: "remove it")
        }
        if match == nil {
            warn(
                "format.unknown", "no reasoning format is known for `\(backend.model)`: effort and arguments are passed on as they are",
                remedy: "see `joulebench formats list`; a formats file of your own adds the family")
        }
        if let dialect = backend.kind.dialect {
            switch backend.server.api {
            case .chat: try placeInChat(arguments, dialect)
            case .completions: try placeInCompletions(arguments)
            }
            warnOfReplaced(backend.server.extraBody)
        } else {
            placeInWorker(arguments)
        }
    }

    /// A prompt with what is said around it.
    package func text(_ prompt: String) -> String { frame.before + prompt + frame.after }

    /// Our members under those of the extra body, which are the last word; arguments of the chat template are laid over each other
    /// one by one.
    package func body(under extra: JSONValue) -> JSONValue {
        guard case .object(let extraMembers) = extra else { return extra }
        return .object(
            members.merging(extraMembers) { ours, theirs in
                guard case .object(let below) = ours, case .object(let above) = theirs else { return theirs }
                return .object(below.merging(above) { $1 })
            })
    }

    /// What is written down about it.
    package var record: ReasoningRecord {
        var record = ReasoningRecord(isOn: isOn)
        if let match {
            record.family = match.format.family
            record.kind = match.words.kind
            record.source = match.format.source ?? "built-in"
        }
        record.effort = effort
        record.before = frame.before.isEmpty ? nil : frame.before
        record.after = frame.after.isEmpty ? nil : frame.after
        let parameters = template?.arguments ?? members
        record.parameters = parameters.isEmpty ? nil : .object(parameters)
        record.thinkingBudget = isOn ? budget : nil
        return record
    }

    // MARK: What is said

    /// These models have levels and no switch: the lowest level is the nearest to off.
    private mutating func settleHarmony(_ spec: ReasoningSpec) {
        let isUnwanted = spec.enableThinking == false || spec.reasoning == false || spec.effort == ReasoningSpec.Effort.none
        if isUnwanted {
            warn(
                "format.no-switch", "models of the family \(match?.format.family ?? "harmony") always think: the effort low is sent",
                remedy: "set reasoning_effort: low to mean it")
        }
        isOn = true
        effort = isUnwanted ? .low : spec.effort ?? .high
    }

    private mutating func settleText(_ spec: ReasoningSpec) {
        guard let match else { return }
        let words = match.words
        let hasSaid: Bool
        if words.kind == .systemPrompt {
            let flag = isOn ? words.enableFlag : words.disableFlag
            if let flag { frame.before = flag + "\n" }
            hasSaid = flag != nil
        } else {
            hasSaid = isOn
        }
        guard !hasSaid, isOn != words.thinksByDefault else { return }
        isOn = words.thinksByDefault
        effort = isOn ? effort : nil
        let wanted = isOn ? "off" : "on"
        warn(
            "format.no-switch",
            "the format of the family \(match.format.family) has nothing to switch thinking \(wanted) with: nothing is sent",
            remedy: isOn ? "a formats file of your own can give it a disable_flag" : "a formats file of your own can give it an enable_flag"
        )
    }

    // MARK: Where it is said

    private mutating func placeInChat(_ arguments: [String: JSONValue], _ dialect: ServerDialect) throws(Failure) {
        var arguments = arguments
        switch match?.words.kind {
        case .harmony, nil: sendEffort(to: dialect, &arguments)
        case .parameter where dialect == .ollama:
            // Its interface knows the effort alone, `none` being the switch.
            effort = isOn ? effort ?? .high : ReasoningSpec.Effort.none
            sendEffort(to: dialect, &arguments)
            arguments = [:]
        case .parameter, .systemPrompt, .prefix: break
        }
        if !arguments.isEmpty {
            guard dialect != .tgi, dialect != .ollama else {
                throw Self.refusal(
                    "the arguments of the chat template (\(arguments.keys.sorted().joined(separator: ", ")))",
                    "the chat interface of \(dialect.rawValue) does not take them")
            }
            members["chat_template_kwargs"] = .object(arguments)
        }
        if isOn, let budget { members["thinking_token_budget"] = .integer(Int64(budget)) }
    }

    private mutating func sendEffort(to dialect: ServerDialect, _ arguments: inout [String: JSONValue]) {
        guard let level = effort.map({ JSONValue.string($0.rawValue) }) else { return }
        members["reasoning_effort"] = level
        // llama.cpp read it from the template's arguments alone until its build 10434 of August 2026, and ignored the member.
        if dialect == .llamacpp { arguments["reasoning_effort"] = level }
    }

    /// Prompts are plain text there, and no chat template is applied.
    private mutating func placeInCompletions(_ arguments: [String: JSONValue]) throws(Failure) {
        if isOn, budget != nil {
            throw Self.refusal("`thinking_budget`", "the completions API has no such parameter")
        }
        switch match?.words.kind {
        case .harmony: frame = harmonyFrame
        case .systemPrompt, .prefix: break
        case .parameter:
            throw Self.refusal(
                "reasoning for the family \(match?.format.family ?? "")",
                "it is an argument of the chat template, and the completions API applies none")
        case nil:
            if let effort { members["reasoning_effort"] = .string(effort.rawValue) }
            if !arguments.isEmpty { members["chat_template_kwargs"] = .object(arguments) }
        }
    }

    private mutating func placeInWorker(_ arguments: [String: JSONValue]) {
        let limit = isOn ? budget : nil
        switch match?.words.kind {
        case .harmony:
            var arguments: [String: JSONValue] = [:]
            if let effort { arguments["reasoning_effort"] = .string(effort.rawValue) }
            let raw = harmonyFrame
            frame = ChatTemplateRequest.Frame()
            template = ChatTemplateRequest(arguments: arguments, needed: "reasoning_effort", otherwise: raw, thinkingBudget: limit)
        case .systemPrompt, .prefix:
            template = ChatTemplateRequest(otherwise: ChatTemplateRequest.Frame(), thinkingBudget: limit)
        case .parameter:
            template = ChatTemplateRequest(arguments: withBudget(arguments), thinkingBudget: limit)
        case nil:
            var arguments = withBudget(arguments)
            if let effort { arguments["reasoning_effort"] = .string(effort.rawValue) }
            template = ChatTemplateRequest(
                arguments: arguments, otherwise: ChatTemplateRequest.Frame(), thinkingBudget: limit)
        }
    }

    /// Some templates tell the model its budget.
    private func withBudget(_ arguments: [String: JSONValue]) -> [String: JSONValue] {
        guard isOn, let budget else { return arguments }
        return arguments.merging(["thinking_budget": .integer(Int64(budget))]) { $1 }
    }

    /// The harmony form as plain text: a system message with the effort and the channels, then the user's.
    private var harmonyFrame: ChatTemplateRequest.Frame {
        let system = [
            "You are a helpful AI assistant.", "Reasoning: \((effort ?? .high).rawValue)", "# Valid channels: analysis, commentary, final",
        ].joined(separator: "\n")
        return ChatTemplateRequest.Frame(
            before: "<|start|>system<|message|>\(system)<|end|><|start|>user<|message|>\(frame.before)", after: "\(frame.after)<|end|>")
    }

    /// Says where the extra body contradicts what the record of the run will name.
    private mutating func warnOfReplaced(_ extra: JSONValue) {
        guard case .object(let given) = extra else { return }
        for name in members.keys.sorted() {
            guard let theirs = given[name], case .object(let merged) = body(under: extra), merged[name] != members[name] else { continue }
            let isAddition: Bool
            if case .object(let ours) = members[name], case .object(let added) = theirs {
                isAddition = ours.keys.allSatisfy { added[$0] == nil }
            } else {
                isAddition = false
            }
            guard !isAddition else { continue }
            warn(
                "config.overridden", "`\(name)` of the extra body takes the place of what scenario.reasoning sends",
                remedy: "say it in scenario.reasoning_params instead")
        }
    }

    private mutating func warn(_ code: String, _ message: String, remedy: String) {
        warnings.append(Failure(code, message, remedy: remedy))
    }

    private static func refusal(_ what: String, _ reason: String) -> Failure {
        Failure(
            "format.not-honoured", "\(what) cannot be honoured: \(reason)",
            remedy: "leave reasoning out, or choose another backend or api; `joulebench formats explain` shows what would be sent")
    }
}
