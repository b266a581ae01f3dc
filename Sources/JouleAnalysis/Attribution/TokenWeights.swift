import JouleModel
import JouleStatistics
import JouleUnits

/// A fit that was stored for later runs, with the name of its file.
package struct StoredFit: Hashable, Sendable {
    package let fit: EnergyFit
    package let file: String

    package init(_ fit: EnergyFit, file: String) {
        self.fit = fit
        self.file = file
    }
}

/// What a prompt token and an output token weigh when energy is shared. Only their ratio matters, so seconds do as well as joules.
struct TokenWeights: Hashable {
    let alpha: Double
    let beta: Double
    /// `configured`, `fit <file>`, `engine`, `assumed`.
    let origin: String

    var isAssumed: Bool { origin == "assumed" }

    private init(_ alpha: Double, _ beta: Double, origin: String) {
        self.alpha = alpha
        self.beta = beta
        self.origin = origin
    }

    /// The best source there is: the configuration, a stored fit of the same model, device and precision, the engine's seconds per
    /// token, else the run's median TTFT per uncached prompt token and median time per output token.
    ///
    /// Where answers of one token leave no time per output token, or prompts of no known length none per prompt token, the other
    /// stands in for it.
    init(_ recording: Recording, requests: [RequestTimeline], fit: StoredFit?, server: ServerAudit?) {
        let spec = recording.experiment.attribution
        if let alpha = spec.alpha, let beta = spec.beta, alpha > 0 || beta > 0 {
            self.init(alpha, beta, origin: "configured")
        } else if let fit, fit.fit.subject == EnergyFit.Subject(recording), fit.fit.alpha.value > 0 || fit.fit.beta.value > 0 {
            self.init(fit.fit.alpha.value, fit.fit.beta.value, origin: "fit \(fit.file)")
        } else if let seconds = server?.secondsPerToken {
            self.init(seconds.prefill, seconds.decode, origin: "engine")
        } else {
            let prefill = requests.compactMap { request -> Double? in
                guard request.outcome == .completed, let tokens = request.uncachedInputTokens, tokens > 0,
                    let time = request.timeToFirstToken
                else { return nil }
                return time.seconds / Double(tokens)
            }
            func median(_ values: [Double]) -> Double? { OrderedSample(values).map { $0.quantile(0.5) }.flatMap { $0 > 0 ? $0 : nil } }
            let alpha = median(prefill)
            let beta = median(requests.compactMap { $0.outcome == .completed ? $0.timePerOutputToken?.seconds : nil })
            self.init(alpha ?? beta ?? 1, beta ?? alpha ?? 1, origin: "assumed")
        }
    }
}
