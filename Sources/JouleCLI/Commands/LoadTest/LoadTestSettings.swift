import Foundation
import JouleConfiguration
import JouleModel
import JouleUnits

/// The options of `load-test` as keys of a configuration, so that the same rules hold for both.
struct LoadTestSettings {
    let target: TargetOptions
    let prompt: PromptOptions
    let arrival: ArrivalOptions

    /// `key=value`, as `--set` takes it.
    ///
    /// - Parameter promptCount: how many prompts a data set has with a template; nil for one that has to be fetched.
    func overrides(promptCount: (String, String?) throws(Failures) -> Int?) throws -> [String] {
        var keys: [String] = []
        func set(_ key: String, _ value: String) { keys.append("\(key)=\(value)") }
        func setText(_ key: String, _ text: String) { keys.append("\(key)=\(YAMLScalar.quoted(text))") }

        let server = try ServerChoice(target)
        set("backend.type", server.kind)
        setText("backend.model", target.model)
        if let name = target.servedModelName { setText("backend.served_model_name", name) }
        set("backend.api", server.api)
        if let endpoint = server.endpoint { setText("backend.endpoint", endpoint) }
        if let path = server.path { setText("backend.path", path) }
        if !target.header.isEmpty { set("backend.headers", try Self.json(try headers())) }
        if let body = try extraBody(isChat: server.api == "chat") { set("backend.extra_body", try Self.json(body)) }
        if target.insecure { set("backend.insecure", "true") }
        set("backend.timeouts.total", try milliseconds(target.timeout, "--timeout"))

        let pool = try promptPool(set: set, promptCount: promptCount)
        // Lengths that differ are each request's own; otherwise one limit holds for all.
        if !hasOwnLengths {
            set("scenario.generate_kwargs.max_new_tokens", "\(prompt.outputLength)")
        }
        set("scenario.generate_kwargs.temperature", "\(prompt.temperature)")
        if let topP = prompt.topP { set("scenario.generate_kwargs.top_p", "\(topP)") }
        if let topK = prompt.topK { set("scenario.generate_kwargs.top_k", "\(topK)") }
        if let penalty = prompt.repetitionPenalty { set("scenario.generate_kwargs.repetition_penalty", "\(penalty)") }
        if prompt.ignoreEos { set("scenario.generate_kwargs.ignore_eos", "true") }
        if prompt.uniquePrefix { set("scenario.unique_prefix", "true") }
        if let turns = prompt.turns { set("scenario.turns", "\(turns)") }
        if prompt.shuffle { set("scenario.selection", "shuffled") }
        set("seed", "\(arrival.seed)")

        let requests = arrival.numPrompts ?? (arrival.duration == nil && arrival.trace == nil && arrival.preset != "protocol" ? pool : nil)
        set("scenario.num_samples", "\(max(1, min(pool ?? .max, requests ?? pool ?? 1_000)))")
        if let requests { set("load.requests", "\(requests)") }
        if let duration = arrival.duration { set("load.duration", try milliseconds(duration, "--duration")) }
        try schedule(set: set)
        for objective in arrival.goodput {
            let parts = objective.split(separator: ":")
            guard parts.count == 2, ["ttft", "tpot", "e2el"].contains(parts[0]), let limit = Double(parts[1]), limit > 0 else {
                throw Failure(
                    "usage.goodput", "`\(objective)` is no objective",
                    remedy: "write ttft, tpot or e2el with milliseconds: ttft:200 tpot:50")
            }
            set("load.slo.\(parts[0])", "\(limit)ms")
        }
        if arrival.retry > 0 { set("load.retry", "\(arrival.retry)") }
        setText("phases.preset", arrival.preset)
        if let warmups = arrival.numWarmups { set("phases.warmup_requests", "\(warmups)") }
        return keys
    }

    private var isRandom: Bool { prompt.randomPrompts || prompt.datasetName == "random" }

    /// Whether each answer has a length of its own.
    private var hasOwnLengths: Bool { isRandom && prompt.randomRangeRatio > 0 && arrival.trace == nil }

    /// Chooses where prompts come from.
    /// - Returns: how many there are; nil for as many as are asked for.
    private func promptPool(set: (String, String) -> Void, promptCount: (String, String?) throws(Failures) -> Int?) throws -> Int? {
        var template: String?
        var file = prompt.prompts
        switch prompt.datasetName {
        case nil: file = file ?? prompt.datasetPath
        case "random": break
        case "custom":
            guard let path = prompt.datasetPath else {
                throw Failure("usage.dataset", "--dataset-name custom needs a file", remedy: "name it with --dataset-path")
            }
            file = path
        case "sharegpt":
            guard let path = prompt.datasetPath else {
                throw Failure("usage.dataset", "--dataset-name sharegpt needs its file", remedy: "name it with --dataset-path")
            }
            (file, template) = (path, "sharegpt")
        case "hf":
            guard let path = prompt.datasetPath ?? prompt.hfName else {
                throw Failure("usage.dataset", "--dataset-name hf needs a data set", remedy: "name it with --dataset-path owner/name")
            }
            file = path
            if let subset = prompt.hfSubset { set("scenario.dataset_config", YAMLScalar.quoted(subset)) }
            if let split = prompt.hfSplit { set("scenario.split", YAMLScalar.quoted(split)) }
        case let name?:
            guard prompt.datasetPath == nil, (try? DatasetReference(name)) != nil else {
                throw Failure(
                    "usage.dataset", "the data set `\(name)` is not available in this version",
                    remedy: "use --dataset-name sharegpt, custom or hf with --dataset-path, a name that `joulebench datasets list` knows, "
                        + "or --random-prompts")
            }
            file = name
        }
        switch (file, isRandom || arrival.trace != nil) {
        case (_?, true):
            throw Failure("usage.prompts", "prompts come either from a file or are synthetic", remedy: "keep one of the two")
        case (let file?, false):
            set("scenario.dataset_name", YAMLScalar.quoted(file))
            if let template { set("scenario.template", template) }
            return try promptCount(file, template)
        case (nil, true):
            set("scenario.dataset_name", "synthetic")
            if arrival.trace == nil {
                set("scenario.prompt_lengths", lengths((prompt.randomInputLen ?? 256).saturatingAdd(prompt.randomPrefixLen)))
                if hasOwnLengths { set("scenario.output_lengths", lengths(prompt.outputLength)) }
            }
            if prompt.randomPrefixLen > 0 { set("scenario.shared_prefix_tokens", "\(prompt.randomPrefixLen)") }
            return nil
        case (nil, false):
            throw Failure(
                "usage.prompts", "there is nothing to ask",
                remedy: "name a file with --prompts, or take synthetic ones with --random-prompts")
        }
    }

    private func lengths(_ length: Int) -> String {
        let ratio = prompt.randomRangeRatio
        guard ratio > 0 else { return "\(length)" }
        let (low, high) = (max(1, Int(saturating: Double(length) * (1 - ratio))), Int(saturating: Double(length) * (1 + ratio)))
        return "{distribution: uniform, min: \(low), max: \(high)}"
    }

    /// `vllm bench serve` sends all requests at once unless it is given a rate; with a cap that is a closed loop.
    private func schedule(set: (String, String) -> Void) throws {
        if let trace = arrival.trace {
            set("load.arrival", "trace")
            set("load.trace", YAMLScalar.quoted(trace))
        } else if let strategy = arrival.rampUpStrategy {
            guard let from = arrival.rampUpStartRps, let to = arrival.rampUpEndRps else {
                throw Failure("usage.ramp", "a ramp needs both its rates", remedy: "add --ramp-up-start-rps and --ramp-up-end-rps")
            }
            set("load.arrival", "poisson")
            set("load.ramp", "{from: \(from), to: \(to), shape: \(strategy)}")
        } else if case .perSecond(let rate)? = try arrival.requestRate.map(RateText.parse) {
            set("load.rate", "\(rate)")
            set("load.arrival", arrival.burstiness == 1 ? "poisson" : "gamma")
            if arrival.burstiness != 1 { set("load.burstiness", "\(arrival.burstiness)") }
        } else if let concurrency = arrival.concurrency {
            set("load.arrival", "closed")
            set("load.concurrency", "\(concurrency)")
            return
        } else if arrival.requestRate != nil || arrival.numPrompts != nil && target.backend != nil {
            set("load.arrival", "burst")
            return
        } else {
            set("load.arrival", "sequential")
            return
        }
        if let concurrency = arrival.concurrency {
            set("load.max_in_flight", "\(concurrency)")
            // A rate with a cap means a queue in `vllm bench serve`, whose names these are.
            if arrival.queue || target.backend != nil { set("load.queue", "true") }
        }
    }

    private func headers() throws(Failure) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for (number, text) in target.header.enumerated() {
            guard let mark = text.firstIndex(where: { $0 == ":" || $0 == "=" }), mark != text.startIndex else {
                // The text is not quoted: it may be the key alone.
                throw Failure(
                    "usage.header", "the value of --header number \(number + 1) is no header", remedy: "write `Name: value` or `Name=value`"
                )
            }
            members[String(text[..<mark])] = .string(text[text.index(after: mark)...].trimmingCharacters(in: .whitespaces))
        }
        return .object(members)
    }

    private func extraBody(isChat: Bool) throws(Failure) -> JSONValue? {
        var members: [String: JSONValue] = [:]
        if let text = target.extraBody, case .object(let given) = try JSONArgument.extraBody(text) { members = given }
        let numbers = [
            ("min_p", prompt.minP), ("frequency_penalty", prompt.frequencyPenalty), ("presence_penalty", prompt.presencePenalty),
        ]
        for (name, value) in numbers {
            if let value { members[name] = .number(value) }
        }
        if let count = prompt.logprobs {
            // The two APIs ask for them in different words.
            if isChat { members["logprobs"] = .bool(true) }
            members[isChat ? "top_logprobs" : "logprobs"] = .integer(Int64(count))
        }
        if let text = target.chatTemplateKwargs { members["chat_template_kwargs"] = try JSONArgument.parse(text) }
        return members.isEmpty ? nil : .object(members)
    }

    private func milliseconds(_ text: String, _ option: String) throws(Failure) -> String {
        "\(Int((try DurationOption.parse(text, name: option)).milliseconds.rounded()))ms"
    }

    private static func json(_ value: JSONValue) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// The server that the options mean.
private struct ServerChoice {
    let kind: String
    let api: String
    let endpoint: String?
    let path: String?

    init(_ target: TargetOptions) throws(Failure) {
        var url = target.baseUrl
        var path: String?
        if let endpoint = target.endpoint {
            if endpoint.hasPrefix("/") { path = endpoint } else { url = url ?? endpoint }
        }
        if url == nil, target.host != nil || target.port != nil {
            let host = target.host ?? "127.0.0.1"
            let literal = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
            url = "http://\(literal):\(target.port ?? 8_000)"
        }
        var api = "chat"
        switch target.backend {
        case nil: kind = "vllm"
        case "openai-chat", "vllm-chat", "openai_chat": kind = "vllm"
        case "openai-comp", "openai-completions": (kind, api) = ("vllm", "completions")
        case "llama.cpp": (kind, api) = ("llamacpp", "completions")
        case "tensorrt-llm", "tensorrt": (kind, api) = ("trtllm", "completions")
        case let name?: (kind, api) = (name, "completions")
        }
        switch path {
        case "/v1/chat/completions": (api, path) = ("chat", nil)
        case "/v1/completions": (api, path) = ("completions", nil)
        default: if path?.hasSuffix("/chat/completions") ?? false { api = "chat" }
        }
        self.api = target.api ?? api
        endpoint = url
        self.path = path
    }
}
