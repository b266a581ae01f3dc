import JouleModel
import JouleUnits

extension RunAccount {
    /// - Parameter timed: the requests whose latencies are the run's.
    func computed(_ timed: [RequestTimeline]) -> Summary.Compute {
        let architecture = architecture
        let precision = RunPrecision(recording)
        var result = Summary.Compute(absent: "nothing was counted")
        var notes: [String] = []
        let work = countedWork(architecture)
        switch work {
        case .value(let work):
            result.method = work.method
            result.confidence = work.method.confidence
            notes += work.notes
        case .absent: break
        }
        let flops = work.map(\.operations)
        result.flops = figure(flops, unit: "FLOP", work)
        let perSecond = joined(flops, window) { $0 / $1.duration.seconds }
        result.flopsPerSecond = figure(perSecond, unit: "FLOP/s", work)
        result.flopsPerToken = figure(joined(flops, tally.generated) { $0 / $1 }, unit: "FLOP/token", work)
        result.flopsPerJoule = perJoule(flops, work)
        let peak = peak(precision)
        result.peak = peak.found
        result.precision = precision?.arithmetic.rawValue
        result.utilization = figure(joined(perSecond, peak.flops) { $0 / $1 * 100 }, unit: "%", work)
        if let model = architecture.value {
            result.modelType = model.modelType
            result.parameters = Int64(exactly: model.parameters.rounded())
            result.activeParameters = Int64(exactly: model.activeParameters.rounded())
        }
        result.configuration = recording.modelConfiguration?.source
        if let loaded = recording.process?.parameters {
            if let counted = result.parameters, counted != loaded {
                notes.append("the worker has \(loaded) parameters in memory, and its configuration makes \(counted)")
            }
            result.parameters = loaded
        }
        let batch = meanBatch
        result.batch = batch.value
        let traffic = traffic(architecture, precision, batch, timed)
        if let model = architecture.value, let precision {
            result.cacheBytesPerToken = ByteCount(Int64(model.cacheElementsPerToken * precision.cacheBytes))
            result.weightBytes = weightWidth(precision).value.map { ByteCount(Int64(model.weightBytes($0))) }
        }
        result.bandwidthUtilization = figure(joined(traffic, peak.bandwidth) { $0 / $1 * 100 }, unit: "%", method: "architecture")
        result.notes = notes
        return result
    }

    private var architecture: Reading<ModelArchitecture> {
        guard let configuration = recording.modelConfiguration else { return .absent(reason: "the run kept no configuration of its model") }
        guard let values = configuration.config else {
            return .absent(reason: configuration.reason ?? "the model's configuration was not found")
        }
        return ModelArchitecture.read(values)
    }

    private func countedWork(_ architecture: Reading<ModelArchitecture>) -> Reading<CountedWork> {
        if let reason = window.reason { return .absent(reason: reason) }
        switch CountedWork.parts(requests, in: steady?.window) {
        case .absent(let reason): return .absent(reason: reason)
        case .value(let parts):
            return CountedWork.count(
                parts, spec: recording.experiment.compute.flops, architecture: architecture, process: recording.process)
        }
    }

    // MARK: Figures

    private func figure(_ value: Reading<Double>, unit: String, _ work: Reading<CountedWork>) -> Figure {
        figure(value, unit: unit, method: work.value?.method.rawValue ?? "")
    }

    private func figure(_ value: Reading<Double>, unit: String, method: String) -> Figure {
        switch value {
        case .value(let value): Figure(value: value, unit: unit, method: method, flags: tally.tokenFlags)
        case .absent(let reason): .absent(unit: unit, reason: reason)
        }
    }

    /// Over the headline energy, whose interval it has: the operations themselves are a count.
    private func perJoule(_ flops: Reading<Double>, _ work: Reading<CountedWork>) -> Figure {
        let unit = "FLOP/J"
        switch (flops, gross) {
        case (.absent(let reason), _), (_, .absent(let reason)): return .absent(unit: unit, scope: headline, reason: reason)
        case (.value(let flops), .value(let energy)):
            guard energy.value > .zero else { return .absent(unit: unit, scope: headline, reason: "no energy was used") }
            let value = flops / energy.value.rawValue
            return Figure(
                value: value, unit: unit, plusMinus: energy.plusMinus.map { value * ($0 / energy.value) },
                method: work.value?.method.rawValue ?? "", scope: headline, flags: energy.flags.union(tally.tokenFlags))
        }
    }

    // MARK: Devices

    /// The peaks of the devices that did the work, each with the reason where it is not known.
    private func peak(
        _ precision: RunPrecision?
    ) -> (found: Summary.Compute.Peak?, flops: Reading<Double>, bandwidth: Reading<Double>) {
        let spec = recording.experiment.compute
        let devices = devicePeaks
        var flops: Reading<Double>
        switch (devices, precision) {
        case (.absent(let reason), _): flops = .absent(reason: reason)
        case (_, nil): flops = .absent(reason: "the precision of the run is not known, and so not the peak of its devices")
        case (.value(let devices), let precision?):
            let peaks = devices.compactMap { $0.peak(precision.arithmetic) }
            flops =
                peaks.count == devices.count
                ? .value(peaks.reduce(0, +))
                : .absent(reason: "\(names(devices)) has no arithmetic in \(precision.arithmetic.rawValue) by its data sheet")
        }
        var bandwidth = devices.map { $0.reduce(0) { $0 + $1.bandwidth } }
        let isGiven = spec.peakFLOPS != nil || spec.peakBandwidth != nil
        if let given = spec.peakFLOPS { flops = .value(given) }
        if let given = spec.peakBandwidth { bandwidth = .value(given) }
        guard flops.value != nil || bandwidth.value != nil else { return (nil, flops, bandwidth) }
        var peak = Summary.Compute.Peak(
            source: isGiven
                ? devices.value == nil ? "configuration" : "configuration, else \(DevicePeaks.source)" : DevicePeaks.source)
        peak.devices = devices.value.map { names($0) }
        peak.precision = precision?.arithmetic.rawValue
        peak.flops = flops.value
        peak.bandwidth = bandwidth.value
        return (peak, flops, bandwidth)
    }

    private func names(_ devices: [DevicePeaks]) -> String {
        let counts = Dictionary(grouping: devices, by: \.name).mapValues(\.count)
        return counts.sorted { $0.key < $1.key }.map { $0.value == 1 ? $0.key : "\($0.value) × \($0.key)" }.joined(separator: ", ")
    }

    /// What the table knows of the GPUs that worked.
    private var devicePeaks: Reading<[DevicePeaks]> {
        let used = recording.process?.devices.filter { $0.hasPrefix("cuda") || $0.hasPrefix("GPU-") } ?? []
        if let process = recording.process, !process.devices.isEmpty, used.isEmpty {
            return .absent(
                reason:
                    "the model ran on \(process.devices.joined(separator: ", ")), for which there is no table of peaks; give `compute.peak_flops` and `compute.peak_bandwidth`"
            )
        }
        let metered = gpuTraces.map { $0.environment?.name ?? $0.trace.channel.name }
        guard !metered.isEmpty else {
            return .absent(
                reason: "no GPU was metered, so the devices are not known; give `compute.peak_flops` and `compute.peak_bandwidth`")
        }
        // A worker knows how many of them it used; which ones matters only where they differ.
        let names = used.isEmpty || used.count > metered.count ? metered : Array(metered.prefix(used.count))
        var found: [DevicePeaks] = []
        for name in names {
            guard let device = DevicePeaks.named(name) else {
                return .absent(reason: "no data sheet of \(name) is in the table; give `compute.peak_flops` and `compute.peak_bandwidth`")
            }
            found.append(device)
        }
        return .value(found)
    }

    // MARK: Memory traffic

    private func weightWidth(_ precision: RunPrecision) -> Reading<WeightWidth> {
        WeightWidth.read(
            precision: precision.cacheBytes == 4 ? .float32 : .bfloat16, configuration: recording.modelConfiguration?.config,
            loaded: recording.experiment.backend.quantization)
    }

    /// Requests that a decoding step serves: the rows of a worker's batches, the requests that run in a server.
    private var meanBatch: Reading<Double> {
        if recording.experiment.backend.kind.isServer {
            if let running = serverCheck?.meanRunning, running > 0 { return .value(running) }
            guard let window = window.value, let phase = phase.value else { return .absent(reason: window.reason ?? "there is no window") }
            let flight = InFlight(
                requests.compactMap { request in request.begun.map { ($0, request.leaving(atLatest: phase.upperBound)) } })
            guard let mean = flight.mean(in: window), mean > 0 else { return .absent(reason: "no request was in flight") }
            return .value(mean)
        }
        let sizes = Dictionary(grouping: requests.filter { $0.outcome == .completed }, by: { $0.batch ?? $0.index }).values.map(\.count)
        guard !sizes.isEmpty else { return .absent(reason: "no request completed") }
        return .value(Double(sizes.reduce(0, +)) / Double(sizes.count))
    }

    /// Bytes a second that decoding must read: weights once for a step, and the cache of every request in it.
    private func traffic(
        _ architecture: Reading<ModelArchitecture>, _ precision: RunPrecision?, _ batch: Reading<Double>, _ timed: [RequestTimeline]
    ) -> Reading<Double> {
        guard let precision else { return .absent(reason: "the precision of the run is not known") }
        let model: ModelArchitecture
        switch architecture {
        case .value(let value): model = value
        case .absent(let reason): return .absent(reason: reason)
        }
        let width: WeightWidth
        switch weightWidth(precision) {
        case .value(let value): width = value
        case .absent(let reason): return .absent(reason: reason)
        }
        guard let batch = batch.value else { return .absent(reason: batch.reason ?? "the batch is not known") }
        let times = timed.compactMap { $0.outcome == .completed ? $0.timePerOutputToken?.seconds : nil }
        guard !times.isEmpty, case let step = times.reduce(0, +) / Double(times.count), step > 0 else {
            return .absent(reason: "no answer has two tokens, and so no time for each")
        }
        var elements = 0.0
        var steps = 0.0
        for request in timed where request.outcome == .completed {
            guard let input = request.inputTokens, let output = request.outputTokens, output > 1 else { continue }
            let half = Double(output) / 2
            let isPair = model.kind == .encoderDecoder
            let read = model.stepCacheElements(context: isPair ? half : Double(input) + half, encoderTokens: isPair ? Double(input) : 0)
            elements += read * Double(output - 1)
            steps += Double(output - 1)
        }
        guard steps > 0 else { return .absent(reason: "no request has a count of its tokens") }
        let cache = batch * elements / steps * precision.cacheBytes
        return .value((model.stepWeightBytes(width, batch: batch) + cache) / step)
    }

    // MARK: Plausibility

    /// What no such device can do, and what no such run uses by what others measured.
    var computePlausibility: [String] {
        var details: [String] = []
        if compute.method == .architecture, let share = compute.utilization.value, share > 105 {
            details.append("\(decimal(share, 0)) % of the operations that \(compute.peak?.devices ?? "the devices") can do at most")
        }
        if let detail = bandPlausibility { details.append(detail) }
        return details
    }

    private var bandPlausibility: String? {
        guard headline == .gpu, steady?.verdict != .saturated, let energy = gross.value, energy.method.isMeasured,
            let tokens = tally.generated.value, let input = tally.uncachedInput.value, let completed = tally.completed.value,
            let batch = compute.batch, let devices = devicePeaks.value, let device = devices.first,
            devices.allSatisfy({ $0 == device })
        else { return nil }
        // The references are of answers; a run that mostly reads prompts is another kind of work.
        guard tokens / completed >= 64, input <= 4 * tokens else { return nil }
        let verdict = ReferenceBands().plausibility(
            of: energy.value / tokens, model: recording.experiment.backend.model, gpu: device.name, gpuCount: devices.count,
            precision: RunPrecision(recording)?.weights, batch: batch)
        guard case .implausible(let band) = verdict else { return nil }
        let measured = decimal((energy.value / tokens).rawValue, 3)
        let range = "\(decimal(band.low.rawValue, 3))–\(decimal(band.high.rawValue, 3))"
        return
            "\(measured) J/token, where others measured \(range) J/token for this model on \(device.name) at batches of \(band.batches.lowerBound) to \(band.batches.upperBound) (\(ReferenceBands().source))"
    }
}

/// Two readings made one, or the reason of the first that is not there.
private func joined<First, Second>(
    _ first: Reading<First>, _ second: Reading<Second>, _ combine: (First, Second) -> Double
) -> Reading<Double> {
    switch (first, second) {
    case (.value(let first), .value(let second)): .value(combine(first, second))
    case (.absent(let reason), _), (_, .absent(let reason)): .absent(reason: reason)
    }
}
