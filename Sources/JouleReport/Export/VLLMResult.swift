import JouleUnits

/// What `vllm bench serve --save-result` writes, from figures taken by that tool's definitions: TTFT to the first event whatever it
/// holds, TPOT as (E2EL − TTFT)/(n − 1), ITL between events. Our own figures of the same names are others; see methodology.md.
///
/// Where the tool writes 0 for a statistic of nothing and for the times of a failed request, this writes null.
package struct VLLMResult: Sendable {
    package struct Request: Sendable {
        /// Whether the tool counts it as completed.
        package var succeeded: Bool
        /// nil where nobody counted them.
        package var inputTokens: Int?
        package var outputTokens: Int?
        /// Seconds on any one clock.
        package var startTime: Double
        /// Seconds; nil where there is none.
        package var timeToFirstToken: Double?
        package var timePerOutputToken: Double?
        package var interTokenLatencies: [Double]
        package var endToEnd: Double?
        /// Empty where there is none, as the tool writes it.
        package var error: String

        package init(
            succeeded: Bool, inputTokens: Int?, outputTokens: Int?, startTime: Double, timeToFirstToken: Double? = nil,
            timePerOutputToken: Double? = nil, interTokenLatencies: [Double] = [], endToEnd: Double? = nil, error: String = ""
        ) {
            self.succeeded = succeeded
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            self.startTime = startTime
            self.timeToFirstToken = timeToFirstToken
            self.timePerOutputToken = timePerOutputToken
            self.interTokenLatencies = interTokenLatencies
            self.endToEnd = endToEnd
            self.error = error
        }
    }

    package struct Ramp: Sendable {
        package var strategy: String
        /// Requests a second.
        package var start: Double
        package var end: Double

        package init(strategy: String, start: Double, end: Double) {
            self.strategy = strategy
            self.start = start
            self.end = end
        }
    }

    /// Energy of all GPUs from the first request to the last answer.
    package struct Energy: Sendable {
        package var total: Joules
        /// Mean of one GPU, and of all together.
        package var meanPerGPU: Watts
        package var meanTotal: Watts

        package init(total: Joules, meanPerGPU: Watts, meanTotal: Watts) {
            self.total = total
            self.meanPerGPU = meanPerGPU
            self.meanTotal = meanTotal
        }
    }

    package enum Metric: String, Sendable, CaseIterable { case ttft, tpot, itl, e2el }

    /// `20261121-093000`.
    package var date: String
    package var endpointType: String
    package var backend: String
    package var label: String?
    package var modelID: String
    package var tokenizerID: String
    package var promptCount: Int
    /// Requests a second; nil is written as `"inf"`: all at once.
    package var requestRate: Double?
    package var burstiness: Double
    package var maxConcurrency: Int?
    package var ramp: Ramp?
    /// Seconds from the first request's start to the last one's end.
    package var duration: Double
    /// Requests a second that keep every objective; nil without objectives.
    package var requestGoodput: Double?
    package var maxOutputTokensPerSecond: Double?
    package var maxConcurrentRequests: Int?
    /// In order of sending.
    package var requests: [Request]
    package var energy: Energy?
    package var startUnixSeconds: Double
    package var endUnixSeconds: Double

    /// The metrics that have percentiles and means, in this order, and which percentiles.
    package var metrics: [Metric] = Metric.allCases
    package var percentiles: [Double] = [99]
    /// Whether the arrays with one element for each request are written.
    package var isDetailed = false

    package init(
        date: String, endpointType: String, backend: String, label: String? = nil, modelID: String, tokenizerID: String, promptCount: Int,
        requestRate: Double?, burstiness: Double = 1, maxConcurrency: Int? = nil, duration: Double, requests: [Request],
        startUnixSeconds: Double, endUnixSeconds: Double
    ) {
        self.date = date
        self.endpointType = endpointType
        self.backend = backend
        self.label = label
        self.modelID = modelID
        self.tokenizerID = tokenizerID
        self.promptCount = promptCount
        self.requestRate = requestRate
        self.burstiness = burstiness
        self.maxConcurrency = maxConcurrency
        self.duration = duration
        self.requests = requests
        self.startUnixSeconds = startUnixSeconds
        self.endUnixSeconds = endUnixSeconds
    }

    package var json: String {
        var object = OrderedJSON()
        let completed = requests.filter(\.succeeded)
        let input = Self.total(completed.map(\.inputTokens))
        let output = Self.total(completed.map(\.outputTokens))
        let both = Self.total([input, output])
        object.add("date", date)
        object.add("endpoint_type", endpointType)
        object.add("backend", backend)
        object.add("label", label)
        object.add("model_id", modelID)
        object.add("tokenizer_id", tokenizerID)
        object.add("num_prompts", promptCount)
        object.add("request_rate", requestRate.map { .number($0) } ?? .string("inf"))
        object.add("burstiness", burstiness)
        object.add("max_concurrency", maxConcurrency)
        if let ramp {
            object.add("ramp_up_strategy", ramp.strategy)
            object.add("ramp_up_start_rps", ramp.start)
            object.add("ramp_up_end_rps", ramp.end)
        }
        object.add("duration", duration)
        object.add("completed", completed.count)
        object.add("failed", requests.count - completed.count)
        object.add("total_input_tokens", input)
        object.add("total_output_tokens", output)
        object.add("request_throughput", perSecond(completed.count))
        object.add("request_goodput", requestGoodput)
        object.add("output_throughput", output.flatMap(perSecond))
        object.add("total_token_throughput", both.flatMap(perSecond))
        object.add("max_output_tokens_per_s", maxOutputTokensPerSecond)
        object.add("max_concurrent_requests", maxConcurrentRequests)
        for metric in metrics { statistics(of: metric, in: completed, to: &object) }
        if isDetailed { details(to: &object) }
        energy(completed: completed.count, input: input, output: output, both: both, to: &object)
        return object.text
    }

    /// A sum over counts of which one is missing is missing too.
    private static func total(_ counts: [Int?]) -> Int? {
        counts.contains(nil) ? nil : counts.compactMap(\.self).reduce(0, +)
    }

    private func perSecond(_ count: Int) -> Double? { duration > 0 ? Double(count) / duration : nil }

    private func statistics(of metric: Metric, in completed: [Request], to object: inout OrderedJSON) {
        let seconds: [Double] =
            switch metric {
            case .ttft: completed.compactMap(\.timeToFirstToken)
            case .tpot: completed.compactMap(\.timePerOutputToken)
            case .itl: completed.flatMap(\.interTokenLatencies)
            case .e2el: completed.compactMap(\.endToEnd)
            }
        let sorted = seconds.map { $0 * 1e3 }.sorted()
        let mean = sorted.isEmpty ? nil : sorted.reduce(0, +) / Double(sorted.count)
        // numpy's standard deviation is that of the population.
        let deviation = mean.map { mean in (sorted.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(sorted.count)).squareRoot() }
        object.add("mean_\(metric.rawValue)_ms", mean)
        object.add("median_\(metric.rawValue)_ms", Self.percentile(50, of: sorted))
        object.add("std_\(metric.rawValue)_ms", deviation)
        for percentile in percentiles where (0...100).contains(percentile) {
            let name = percentile == percentile.rounded() ? "\(Int(percentile))" : "\(percentile)"
            object.add("p\(name)_\(metric.rawValue)_ms", Self.percentile(percentile, of: sorted))
        }
    }

    /// numpy's default, linear interpolation between order statistics.
    private static func percentile(_ percentile: Double, of sorted: [Double]) -> Double? {
        guard !sorted.isEmpty, (0...100).contains(percentile) else { return nil }
        let place = percentile / 100 * Double(sorted.count - 1)
        let low = Int(place)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }

    private func details(to object: inout OrderedJSON) {
        func array(_ value: (Request) -> OrderedJSON.Value) -> OrderedJSON.Value { .array(requests.map(value)) }
        func seconds(_ value: Double?) -> OrderedJSON.Value { value.map { .number($0) } ?? .null }
        func count(_ value: Int?) -> OrderedJSON.Value { value.map { .integer($0) } ?? .null }
        object.add("input_lens", array { count($0.inputTokens) })
        object.add("output_lens", array { $0.succeeded ? count($0.outputTokens) : .integer(0) })
        object.add("ttfts", array { seconds($0.timeToFirstToken) })
        object.add("itls", array { .array($0.interTokenLatencies.map { .number($0) }) })
        object.add("latencies", array { seconds($0.endToEnd) })
        object.add("start_times", array { .number($0.startTime) })
        object.add("errors", array { .string($0.error) })
    }

    private func energy(completed: Int, input: Int?, output: Int?, both: Int?, to object: inout OrderedJSON) {
        func per(_ count: Int?) -> Double? {
            guard let count, count > 0 else { return nil }
            return energy.map { $0.total.rawValue / Double(count) }
        }
        object.add("power_valid", .bool(energy != nil))
        object.add("avg_power_w", energy?.meanPerGPU.rawValue)
        object.add("avg_total_gpu_power_w", energy?.meanTotal.rawValue)
        object.add("total_gpu_energy_j", energy?.total.rawValue)
        object.add("joules_per_successful_query", per(completed))
        object.add("joules_per_input_token", per(input))
        object.add("joules_per_output_token", per(output))
        object.add("joules_per_total_token", per(both))
        object.add("benchmark_start_time_unix", startUnixSeconds)
        object.add("benchmark_end_time_unix", endUnixSeconds)
    }
}
