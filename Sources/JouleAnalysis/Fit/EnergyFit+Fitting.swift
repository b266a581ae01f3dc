import JouleModel
import JouleStatistics
import JouleUnits

extension EnergyFit {
    /// What coefficients hold for: they are used for runs of the same only.
    package struct Subject: Hashable, Sendable {
        package let model: String
        /// GPUs by name, with their number where it is not one; the processor where no GPU did the work.
        package let device: String
        package let precision: String

        package init(model: String, device: String, precision: String) {
            self.model = model
            self.device = device
            self.precision = precision
        }

        package init(_ recording: Recording) {
            let backend = recording.experiment.backend
            model = backend.fitName
            let metered = Set(recording.series.filter { $0.channel.scope == .gpu && $0.channel.countsInTotals }.map(\.channel.device))
            var counts: [String: Int] = [:]
            for gpu in recording.environment.gpus where metered.contains(gpu.uuid) { counts[gpu.name ?? gpu.uuid, default: 0] += 1 }
            let names = counts.sorted { $0.key < $1.key }.map { $0.value == 1 ? $0.key : "\($0.value) x \($0.key)" }
            device = names.isEmpty ? recording.environment.cpu.model ?? "unknown processor" : names.joined(separator: ", ")
            if let quantization = backend.quantization {
                precision = "\(quantization.bits) bit"
            } else if let loaded = recording.process?.dtype {
                precision = loaded
            } else if case .string(let served)? = recording.environment.server?.details?["dtype"] {
                precision = served
            } else {
                precision = backend.torchDtype.rawValue
            }
        }
    }

    package var subject: Subject { Subject(model: model, device: device, precision: precision) }

    /// Fits `E = P0·T + α·T_prefill_uncached + β·T_output` over runs, all of equal weight, no coefficient below zero.
    ///
    /// - Parameter hasBaseline: whether there is a constant power; without one the energies should be net.
    /// - Throws: `fit.rank` when the runs do not tell the coefficients apart.
    package init(
        fitting observations: [Observation], for subject: Subject, scope: Scope, hasBaseline: Bool = true
    ) throws(Failure) {
        let prefill = observations.map(\.prefillTokens)
        let output = observations.map(\.outputTokens)
        let seconds = observations.map(\.seconds)
        let fit: NonNegativeFit
        do {
            fit = try NonNegativeFit(
                columns: (hasBaseline ? [seconds] : []) + [prefill, output], target: observations.map(\.energy))
        } catch {
            throw Self.refusal(error, observations)
        }
        let units = (hasBaseline ? ["W"] : []) + ["J/token", "J/token"]
        let coefficients = units.indices.map {
            Coefficient(value: fit.coefficients[$0], unit: units[$0], standardError: fit.standardErrors[$0])
        }
        self.init(
            model: subject.model, device: subject.device, precision: subject.precision, scope: scope,
            baseline: hasBaseline ? coefficients[0] : nil, alpha: coefficients[coefficients.count - 2],
            beta: coefficients[coefficients.count - 1], rSquared: fit.rSquared, residuals: fit.residuals, observations: observations)
    }

    private static func refusal(_ refusal: NonNegativeFit.Refusal, _ observations: [Observation]) -> Failure {
        let cause: String
        switch refusal {
        case .tooFew(let runs, let columns): cause = "\(runs) runs for \(columns) coefficients"
        case .dependent(let condition) where condition.isFinite:
            cause =
                "the condition number of the runs is \(decimal(condition, 0)), and \(decimal(NonNegativeFit.conditionLimit, 0)) is the limit"
        case .dependent: cause = "the runs are multiples of one another, or none of them has one kind of token"
        }
        return Failure(
            "fit.rank", "cannot separate prefill from decode with these \(observations.count) runs", cause: cause,
            remedy: "vary prompt and output lengths apart: runs with one output token over several prompt lengths, and runs with "
                + "a short prompt and long outputs, at more than one load; `configs/fit_prefill_decode.yaml` has such runs")
    }
}

extension EnergyFit.Observation {
    /// The totals of one run over its window.
    ///
    /// - Parameter isNet: energy over the loaded idle, for a fit without a constant power; else gross.
    /// - Throws: `fit.observation` when the run has no energy or no count of its tokens.
    package init(_ recording: Recording, isNet: Bool = false, label: String? = nil) throws(Failure) {
        try self.init(RunAccount(recording), isNet: isNet, label: label ?? recording.runID)
    }

    init(_ account: RunAccount, isNet: Bool, label: String) throws(Failure) {
        func known<Value>(_ reading: Reading<Value>, _ noun: String) throws(Failure) -> Value {
            switch reading {
            case .value(let value): return value
            case .absent(let reason): throw Failure("fit.observation", "the run \(label) has no \(noun)", cause: reason)
            }
        }
        let window = try known(account.window, "window")
        let energy = try known(isNet ? account.netOverLoaded(account.headline) : account.gross, isNet ? "net energy" : "energy")
        // A prompt that came from the cache as a whole leaves a true zero.
        let prefill: Double
        if case .absent = account.tally.uncachedInput, account.tally.counts.inputTokens > 0, account.tally.input.value != nil {
            prefill = 0
        } else {
            prefill = try known(account.tally.uncachedInput, "count of uncached prompt tokens")
        }
        self.init(
            label: label, energy: energy.value.rawValue, seconds: window.duration.seconds, prefillTokens: prefill,
            outputTokens: try known(account.tally.generated, "count of output tokens"))
    }
}
