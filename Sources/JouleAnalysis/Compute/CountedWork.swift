import JouleModel
import JouleUnits

/// The operations of a window, by one method.
struct CountedWork: Hashable, Sendable {
    let operations: Double
    let method: Summary.Compute.Method
    var notes: [String] = []

    /// Tokens of one request that belong to the window.
    struct Part: Hashable, Sendable {
        let input: Int
        /// Prompt tokens that had to be computed.
        let fresh: Int
        let output: Int
        /// How much of the prompt's reading, and of the answer's making, lies in the window.
        let promptShare: Double
        let answerShare: Double

        var cached: Int { input - fresh }
        var freshTokens: Double { Double(fresh) * promptShare }
        var outputTokens: Double { Double(output) * answerShare }
        var steps: Double { Double(max(output - 1, 0)) * answerShare }
    }

    /// - Returns: why there is no count where a completed request has no length.
    static func parts(_ requests: [RequestTimeline], in window: Range<Instant>?) -> Reading<[Part]> {
        var parts: [Part] = []
        var uncounted = 0
        for request in requests {
            let credit = TokenCredit(request, in: window)
            guard let input = request.inputTokens, let fresh = request.uncachedInputTokens, let output = credit.whole else {
                if request.outcome == .completed { uncounted += 1 }
                // What was cut off before anybody counted did some work, which nobody knows.
                continue
            }
            parts.append(
                Part(
                    input: input, fresh: fresh, output: output,
                    promptShare: TokenCredit.promptShare(of: request, in: window),
                    answerShare: output > 0 ? credit.inside / Double(output) : 0))
        }
        if uncounted > 0 { return .absent(reason: "\(uncounted) completed requests have no count of their tokens") }
        return parts.isEmpty ? .absent(reason: "no request has a count of its tokens") : .value(parts)
    }

    /// The first method that can be had, in the order of trust; the one that was asked for alone, where one was.
    static func count(
        _ parts: [Part], spec: ComputeSpec.Method, architecture: Reading<ModelArchitecture>, process: ProcessResult?
    ) -> Reading<CountedWork> {
        switch spec {
        case .perToken(let operations):
            let tokens = parts.reduce(0) { $0 + $1.freshTokens + $1.outputTokens }
            return .value(
                CountedWork(
                    operations: operations * tokens, method: .provided,
                    notes: ["`compute.flops` for each prompt token that was computed and for each output token"]))
        case .profiled: return profiled(parts, process)
        case .architecture: return architecture.map { counted(parts, $0) }
        case .parameters: return byParameters(parts, architecture, process)
        case .auto:
            var reasons: [String] = []
            if process?.operationProfile != nil {
                switch profiled(parts, process) {
                case .value(let work): return .value(work)
                case .absent(let reason): reasons.append(reason)
                }
            }
            switch architecture.map({ counted(parts, $0) }) {
            case .value(let work): return .value(work)
            case .absent(let reason): reasons.append(reason)
            }
            switch byParameters(parts, architecture, process) {
            case .value(var work):
                work.notes = reasons.map { "not by architecture: \($0)" } + work.notes
                return .value(work)
            case .absent(let reason): reasons.append(reason)
            }
            return .absent(reason: reasons.joined(separator: "; "))
        }
    }

    private static func counted(_ parts: [Part], _ model: ModelArchitecture) -> CountedWork {
        let operations = parts.reduce(0) { sum, part in
            let work = model.request(inputTokens: part.input, cachedTokens: part.cached, outputTokens: part.output)
            return sum + work.prefill.total * part.promptShare + work.decode.total * part.answerShare
        }
        return CountedWork(operations: operations, method: .architecture, notes: model.notes)
    }

    private static func profiled(_ parts: [Part], _ process: ProcessResult?) -> Reading<CountedWork> {
        guard let profile = process?.operationProfile else {
            return .absent(reason: process?.operationProfileReason ?? "the worker did not count its operations")
        }
        guard profile.promptTokens > 0, profile.prefill > 0 else { return .absent(reason: "the worker's count is empty") }
        let perPromptToken = profile.prefill / Double(profile.promptTokens)
        let perStep = profile.decodeSteps > 0 ? profile.decode / Double(profile.decodeSteps) : perPromptToken
        let operations = parts.reduce(0) { $0 + $1.freshTokens * perPromptToken + $1.steps * perStep }
        return .value(
            CountedWork(
                operations: operations, method: .profiled,
                notes: [
                    "by \(profile.tool): a prompt of \(profile.promptTokens) tokens and \(profile.decodeSteps) steps, scaled by the tokens of each request"
                ]))
    }

    private static func byParameters(
        _ parts: [Part], _ architecture: Reading<ModelArchitecture>, _ process: ProcessResult?
    ) -> Reading<CountedWork> {
        let known = architecture.value?.activeParameters
        guard let parameters = known ?? process?.parameters.map({ Double($0) }), parameters > 0 else {
            return .absent(reason: "the number of parameters is not known")
        }
        let tokens = parts.reduce(0) { $0 + $1.freshTokens + $1.outputTokens }
        // Without the architecture nobody knows which of them are experts that rest.
        let note = known == nil ? "two operations for each of all parameters and tokens; in a mixture of experts too many" : nil
        return .value(
            CountedWork(
                operations: 2 * parameters * tokens, method: .parameters,
                notes: [note ?? "two operations for each active parameter and token"]))
    }
}
