import JouleModel
import JouleUnits

/// What the requests of the measured phase came to: counts, and tokens as denominators that know why they are missing.
///
/// Outcomes are those of the whole phase, so that they add up to what was scheduled; tokens are those of the window, so that they
/// belong to its energy.
struct RequestTally {
    let counts: Summary.Requests
    /// All output tokens of the window, those of requests that did not complete included: the primary denominator.
    let generated: Reading<Double>
    /// Output tokens of completed requests.
    let useful: Reading<Double>
    /// Output tokens that are no reasoning.
    let answer: Reading<Double>
    /// Prompt tokens, each prompt spread over the time to its first token.
    let input: Reading<Double>
    /// Those of them that came from no prefix cache.
    let uncachedInput: Reading<Double>
    /// Requests that were completed inside the window.
    let completed: Reading<Double>
    /// Requests that lie across an edge of the window.
    let crossing: Int
    let finishReasons: [String: Int]
    let anomalies: [String: Int]
    /// What every figure over tokens has against it.
    let tokenFlags: Set<Flag>
    /// Completed requests whose tokens were estimated.
    let estimated: Int

    /// - Parameter window: nil takes the requests as they are, whole.
    init(_ requests: [RequestTimeline], planned: Int, in window: Range<Instant>? = nil) {
        var sources: [String: Double] = [:]
        var outcomes: [String: Int] = [:]
        var errors: [String: Int] = [:]
        var finishes: [String: Int] = [:]
        var oddities: [String: Int] = [:]
        var useful = 0.0
        var wasted = 0.0
        var thought = 0.0
        var tellsThought = false
        var input = 0.0
        var cached = 0.0
        var tellsCached = false
        var uncounted = 0
        var uncountedInputs = 0
        var finished = 0
        var completedInside = 0
        var failed = 0
        var crossing = 0
        var estimated = 0
        for request in requests {
            let credit = TokenCredit(request, in: window)
            outcomes[request.outcome.rawValue, default: 0] += 1
            if let reason = request.finishReason { finishes[reason, default: 0] += 1 }
            for (name, count) in request.anomalies { oddities[name, default: 0] += count }
            if credit.inside > 0, let source = request.tokenSource { sources[source.rawValue, default: 0] += credit.inside }
            let share = TokenCredit.promptShare(of: request, in: window)
            if let tokens = request.inputTokens { input += Double(tokens) * share }
            if let tokens = request.cachedInputTokens {
                cached += Double(tokens) * share
                tellsCached = true
            }
            if let tokens = credit.reasoning {
                thought += tokens
                tellsThought = true
            }
            if let window, let begin = request.begun {
                let end = request.leaving(atLatest: .distantFuture)
                let isWithin = window.contains(begin) && end < window.upperBound
                if !isWithin, begin < window.upperBound, end >= window.lowerBound { crossing += 1 }
            }
            if request.outcome == .completed {
                finished += 1
                if window == nil || (request.lastToken ?? request.bodyEnd).map({ window?.contains($0) ?? true }) ?? false {
                    completedInside += 1
                }
                if credit.whole == nil { uncounted += 1 }
                if request.inputTokens == nil { uncountedInputs += 1 }
                if request.tokenSource == .chunks { estimated += 1 }
                useful += credit.inside
            } else {
                if request.outcome != .cancelled, request.outcome != .dropped { failed += 1 }
                wasted += credit.inside
                if let error = request.error { errors[error, default: 0] += 1 }
            }
        }
        var counts = Summary.Requests(
            planned: planned, completed: finished, failed: failed, inputTokens: Int(saturating: input.rounded()),
            outputTokens: Int(saturating: (useful + wasted).rounded()), wastedTokens: Int(saturating: wasted.rounded()),
            tokenSources: sources.mapValues { Int(saturating: $0.rounded()) }, errors: errors)
        counts.outcomes = outcomes
        if tellsCached { counts.cachedInputTokens = Int(saturating: cached.rounded()) }
        if tellsThought { counts.reasoningTokens = Int(saturating: thought.rounded()) }
        self.counts = counts
        self.crossing = crossing
        self.estimated = estimated
        finishReasons = finishes
        anomalies = oddities
        tokenFlags = estimated > 0 ? [.tokensEstimated] : []

        func denominator(_ count: Double, uncounted: Int, of noun: String) -> Reading<Double> {
            if finished == 0 { return .absent(reason: "no request completed") }
            if uncounted > 0 { return .absent(reason: "\(uncounted) of \(finished) completed requests have no count of \(noun)") }
            return count > 0 ? .value(count) : .absent(reason: "there were no \(noun)")
        }
        completed =
            completedInside == 0 && finished > 0
            ? .absent(reason: "no request completed inside the window")
            : denominator(Double(completedInside), uncounted: 0, of: "requests")
        self.useful = denominator(useful, uncounted: uncounted, of: "output tokens")
        generated = denominator(useful + wasted, uncounted: uncounted, of: "output tokens")
        self.input = denominator(input, uncounted: uncountedInputs, of: "input tokens")
        uncachedInput = denominator(input - cached, uncounted: uncountedInputs, of: "uncached input tokens")
        answer =
            tellsThought
            ? denominator(useful + wasted - thought, uncounted: uncounted, of: "answer tokens")
            : .absent(reason: "no answer told reasoning apart")
    }

    /// Input and generated tokens together.
    var total: Reading<Double> {
        switch (input, generated) {
        case (.value(let input), .value(let output)): .value(input + output)
        case (.absent(let reason), _), (_, .absent(let reason)): .absent(reason: reason)
        }
    }
}

extension Instant {
    /// After everything that a run can hold.
    static var distantFuture: Instant { Instant(nanoseconds: .max) }
}
