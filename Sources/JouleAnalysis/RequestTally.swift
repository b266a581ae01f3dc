import JouleModel

/// What the requests of the measured phase came to: counts, and tokens as denominators that know why they are missing.
struct RequestTally {
    let counts: Summary.Requests
    /// All output tokens of the phase, those of requests that did not complete included: the primary denominator.
    let generated: Reading<Int>
    /// Output tokens of completed requests.
    let useful: Reading<Int>
    let input: Reading<Int>
    let completed: Reading<Int>

    init(_ requests: [RequestTimeline], planned: Int) {
        var tokensBySource: [String: Int] = [:]
        var errors: [String: Int] = [:]
        var useful = 0
        var wasted = 0
        var input = 0
        var uncounted = 0
        var uncountedInputs = 0
        for request in requests {
            // The stamps of an answer that was cut off still say how many tokens had come.
            let output = request.outputTokens ?? (request.tokenInstants.isEmpty ? nil : request.tokenInstants.count)
            if let output, let source = request.tokenSource { tokensBySource[source.rawValue, default: 0] += output }
            if let tokens = request.inputTokens { input += tokens }
            switch request.outcome {
            case .completed:
                if let output { useful += output } else { uncounted += 1 }
                if request.inputTokens == nil { uncountedInputs += 1 }
            case .failed, .cancelled:
                if let output { wasted += output }
                if let error = request.error { errors[error, default: 0] += 1 }
            }
        }
        let completed = requests.count { $0.outcome == .completed }
        counts = Summary.Requests(
            planned: planned, completed: completed, failed: requests.count { $0.outcome == .failed }, inputTokens: input,
            outputTokens: useful + wasted, wastedTokens: wasted, tokenSources: tokensBySource, errors: errors)

        func denominator(_ count: Int, uncounted: Int, of noun: String) -> Reading<Int> {
            if completed == 0 { return .absent(reason: "no request completed") }
            if uncounted > 0 { return .absent(reason: "\(uncounted) of \(completed) completed requests have no count of \(noun)") }
            return count > 0 ? .value(count) : .absent(reason: "there were no \(noun)")
        }
        self.completed = denominator(completed, uncounted: 0, of: "requests")
        self.useful = denominator(useful, uncounted: uncounted, of: "output tokens")
        generated = denominator(useful + wasted, uncounted: uncounted, of: "output tokens")
        self.input = denominator(input, uncounted: uncountedInputs, of: "input tokens")
    }

    /// Input and generated tokens together.
    var total: Reading<Int> {
        switch (input, generated) {
        case (.value(let input), .value(let output)): .value(input + output)
        case (.absent(let reason), _), (_, .absent(let reason)): .absent(reason: reason)
        }
    }
}
