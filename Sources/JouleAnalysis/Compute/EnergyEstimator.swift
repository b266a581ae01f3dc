import JouleModel
import JouleUnits

/// Energy without a run: from what others measured, else from what the device could do at most.
package struct EnergyEstimator: Sendable {
    /// What is known of the model.
    package enum Subject: Sendable {
        /// By its name, which the references may know.
        case named(String)
        /// Its name and its configuration.
        case configured(String, JSONValue)
        /// A number of parameters and nothing else.
        case parameters(Double)

        var name: String {
            switch self {
            case .named(let name), .configured(let name, _): name
            case .parameters(let count): "\(decimal(count / 1e9, 2))B parameters"
            }
        }
    }

    package struct Question: Sendable {
        package var model: Subject
        package var gpu: String
        /// nil takes that of the references, or of the configuration.
        package var precision: Precision?
        package var batch: Double
        package var outputTokens: Int
        package var inputTokens: Int
        /// nil takes all that there are references for, and else as many as the weights need.
        package var gpuCount: Int?

        package init(
            model: Subject, gpu: String, precision: Precision?, batch: Double, outputTokens: Int, inputTokens: Int = 0,
            gpuCount: Int? = nil
        ) {
            self.model = model
            self.gpu = gpu
            self.precision = precision
            self.batch = batch
            self.outputTokens = outputTokens
            self.inputTokens = inputTokens
            self.gpuCount = gpuCount
        }
    }

    /// Energy over (least time · rated power). The least time is that of the operations or of the bytes at the device's peaks, whichever is
    /// longer; a device so busy draws its rated power. Of the 339 rows of the reference table whose models' shape is known, nine in ten lie between
    /// 1.07 and 5.4; docs/compute.md says how that was found.
    package static let overLeast = 1.0...5.5

    private let bands: ReferenceBands

    package init(bands: ReferenceBands = ReferenceBands()) { self.bands = bands }

    /// - Throws: `estimate.unknown-gpu`, `estimate.unknown-model`, `estimate.no-precision`, each with the nearest that is known.
    package func estimate(_ question: Question) throws(Failure) -> EnergyEstimate {
        guard let device = DevicePeaks.named(question.gpu) else {
            let near = Self.nearest(to: question.gpu, among: DevicePeaks.all.map(\.name))
            throw Failure(
                "estimate.unknown-gpu", "there is no data sheet of the GPU `\(question.gpu)`",
                remedy: "the nearest are \(near.joined(separator: ", ")); all: \(DevicePeaks.all.map(\.name).joined(separator: ", "))")
        }
        let notes: [String]
        switch fromBands(question, device) {
        case .value(let estimate): return estimate
        case .absent(let reason): notes = [reason]
        }
        var estimate = try fromPeaks(question, device, noBand: notes.first)
        estimate.notes = notes + estimate.notes
        return estimate
    }

    // MARK: References

    private func fromBands(_ question: Question, _ device: DevicePeaks) -> Reading<EnergyEstimate> {
        let name: String
        switch question.model {
        case .named(let given), .configured(let given, _): name = given
        case .parameters: return .absent(reason: "a number of parameters has no reference")
        }
        let rows = bands.rows(model: name, gpu: device, precision: question.precision, gpuCount: question.gpuCount)
        guard let precision = rows.first?.precision, let measured = ReferenceBands.batches(of: rows) else {
            return .absent(reason: "there is no reference for \(name) on \(device.name)")
        }
        guard let band = bands.band(of: rows, batch: question.batch) else {
            let range = "\(measured.lowerBound) to \(measured.upperBound)"
            return .absent(reason: "the references for \(name) on \(device.name) are of batches from \(range); --batch takes one of them")
        }
        let batches = band.batches
        let between =
            batches.lowerBound == batches.upperBound
            ? "batch \(batches.lowerBound)" : "batches \(batches.lowerBound) to \(batches.upperBound)"
        let counts = band.gpuCounts.map { "\($0)" }.joined(separator: ", ")
        var estimate = EnergyEstimate(
            model: band.rows.first?.model ?? name, gpu: device.name, gpuCounts: band.gpuCounts, precision: precision.rawValue,
            batch: question.batch, outputTokens: question.outputTokens, inputTokens: question.inputTokens, basis: .referenceBands,
            perToken: band.low...band.high,
            method: [
                "Lowest and highest energy per output token among \(band.rows.count) measurements at a steady load: \(between), \(counts) × \(device.name), "
                    + "workloads \(band.workloads.joined(separator: ", ")).",
                "The energy of reading prompts is in them, for the prompts of those workloads.",
            ], source: bands.source)
        if question.inputTokens > 0 {
            estimate.notes.append("the length of your prompts is not considered: the references have their own")
        }
        return .value(estimate)
    }

    // MARK: Peaks

    private func fromPeaks(_ question: Question, _ device: DevicePeaks, noBand: String?) throws(Failure) -> EnergyEstimate {
        let shape = try shape(of: question, noBand: noBand)
        let precision = shape.precision
        guard let peak = device.peak(precision) else {
            let known = device.operations.keys.map(\.rawValue).sorted().joined(separator: ", ")
            throw Failure(
                "estimate.no-precision", "\(device.name) has no arithmetic in \(precision.rawValue) by its data sheet",
                remedy: "choose one of \(known)")
        }
        let batch = max(question.batch, 1)
        let fitting = max(Int((shape.weightBytes / (0.9 * device.memory)).rounded(.up)), 1)
        let count = question.gpuCount ?? fitting
        let devices = Double(count)
        // Half the answer is there on the mean.
        let context = Double(question.inputTokens) + Double(question.outputTokens) / 2
        let step = max(batch * shape.decode(context) / (peak * devices), shape.bytes(batch, context) / (device.bandwidth * devices))
        let tokens = Double(question.outputTokens)
        let reading = shape.prefill / (peak * devices)
        let seconds = max(tokens - 1, 0) * step / batch + reading + (question.inputTokens == 0 ? step / batch : 0)
        let least = Watts(device.ratedPower * devices) * .seconds(seconds) / tokens
        let isMemoryBound = shape.bytes(batch, context) / device.bandwidth > batch * shape.decode(context) / peak
        var estimate = EnergyEstimate(
            model: question.model.name, gpu: device.name, gpuCounts: [count], precision: precision.rawValue, batch: question.batch,
            outputTokens: question.outputTokens, inputTokens: question.inputTokens, basis: .devicePeaks,
            perToken: least * Self.overLeast.lowerBound...least * Self.overLeast.upperBound,
            method: [
                "Least time at the device's peaks (\(decimal(peak / 1e12, 1)) TFLOP/s, \(decimal(device.bandwidth / 1e9, 0)) GB/s) times its rated power of "
                    + "\(decimal(device.ratedPower, 0)) W, for \(count) of them; decoding is bound by \(isMemoryBound ? "memory" : "operations").",
                "Real systems use \(decimal(Self.overLeast.lowerBound, 1)) to \(decimal(Self.overLeast.upperBound, 1)) times that: from the spread of "
                    + "the reference measurements of models whose shape is known.",
                shape.method,
            ], source: "\(DevicePeaks.source); factor from \(bands.source)")
        if count > 1, question.gpuCount == nil { estimate.notes.append("so many GPUs because the weights do not fit into fewer") }
        if question.gpuCount != nil, count < fitting { estimate.notes.append("the weights do not fit into the memory of \(count) GPU(s)") }
        if question.inputTokens == 0 { estimate.notes.append("without reading prompts; give --input-tokens to include it") }
        if batch < 8 { estimate.notes.append("the factor is of batches of 8 and more; small batches on large devices may lie above it") }
        return estimate
    }

    /// What a step of a model costs.
    private struct Shape {
        let precision: Precision
        let weightBytes: Double
        let prefill: Double
        let decode: (Double) -> Double
        let bytes: (_ batch: Double, _ context: Double) -> Double
        let method: String

        init(
            precision: Precision, weightBytes: Double, prefill: Double, decode: @escaping (Double) -> Double,
            bytes: @escaping (_ batch: Double, _ context: Double) -> Double, method: String
        ) {
            self.precision = precision
            self.weightBytes = weightBytes
            self.prefill = prefill
            self.decode = decode
            self.bytes = bytes
            self.method = method
        }

        /// A dense model of which nothing but the number of its parameters is known.
        init(_ count: Double, precision: Precision, _ question: Question, method: String) {
            let bytes = count * precision.bytes
            self.init(
                precision: precision, weightBytes: bytes, prefill: 2 * count * Double(question.inputTokens), decode: { _ in 2 * count },
                bytes: { _, _ in bytes }, method: method)
        }
    }

    /// The parameters that the name of a dense model of the references says: `Qwen3-8B`; nil of mixtures, whose names say two numbers or a
    /// number of experts, and of families whose names do not tell the two apart.
    private func denseParameters(of name: String) -> Double? {
        guard !bands.rows(ofModel: name).isEmpty, let last = name.split(separator: "/").last else { return nil }
        let words = last.lowercased().split(separator: "-")
        func isSize(_ word: Substring, prefix: String, suffix: String) -> Bool {
            word.hasPrefix(prefix) && word.hasSuffix(suffix) && Double(word.dropFirst(prefix.count).dropLast(suffix.count)) != nil
        }
        guard let family = words.first, ["qwen3", "llama", "gemma"].contains(family),
            !words.contains(where: { isSize($0, prefix: "a", suffix: "b") || isSize($0, prefix: "", suffix: "e") })
        else { return nil }
        let sizes = words.filter { isSize($0, prefix: "", suffix: "b") }
        return sizes.count == 1 ? Self.parameterCount(String(sizes[0])) : nil
    }

    private func shape(of question: Question, noBand: String?) throws(Failure) -> Shape {
        switch question.model {
        case .named(let name):
            if let count = denseParameters(of: name) {
                let rows = bands.rows(ofModel: name)
                let precision = question.precision ?? rows.first?.precision ?? .bfloat16
                return Shape(
                    count, precision: precision, question,
                    method:
                        "Its shape is not known here: two operations for each of the \(decimal(count / 1e9, 1)) billion parameters that its "
                        + "name says, and each token; attention and its cache are left out. A folder with its config.json tells more.")
            }
            let near = Self.nearest(to: name, among: bands.models)
            throw Failure(
                "estimate.unknown-model", "there is no estimate for `\(name)`: its shape is not known", cause: noBand,
                remedy: bands.rows(ofModel: name).isEmpty
                    ? "give a folder with its config.json, or a number of parameters such as 7B; the nearest models with references are \(near.joined(separator: ", "))"
                    : "give a batch and a GPU of the references, a folder with its config.json, or a number of parameters such as 7B"
            )
        case .parameters(let count):
            return Shape(
                count, precision: question.precision ?? .bfloat16, question,
                method: "Two operations for each parameter and token, as for a dense model; attention and its cache are left out.")
        case .configured(_, let configuration):
            let model: ModelArchitecture
            switch ModelArchitecture.read(configuration) {
            case .value(let value): model = value
            case .absent(let reason):
                throw Failure(
                    "estimate.unknown-model", "the model cannot be counted: \(reason)", remedy: "give its number of parameters, such as 7B")
            }
            let precision = question.precision ?? model.dtype.flatMap(Precision.init(named:)) ?? .bfloat16
            let width: WeightWidth
            // What the user says of the precision goes before what the file says.
            switch WeightWidth.read(precision: precision, configuration: question.precision == nil ? configuration : nil, loaded: nil) {
            case .value(let value): width = value
            case .absent: width = WeightWidth(all: precision.bytes)
            }
            let input = question.inputTokens
            let cacheBytes = precision == .float32 ? 4.0 : 2.0
            let isPair = model.kind == .encoderDecoder
            return Shape(
                precision: precision, weightBytes: model.weightBytes(width), prefill: model.prefill(input).total,
                decode: { context in
                    model.decode(at: Int(isPair ? context - Double(input) : context), encoderTokens: input).total
                },
                bytes: { batch, context in
                    let read = model.stepCacheElements(
                        context: isPair ? context - Double(input) : context, encoderTokens: isPair ? Double(input) : 0)
                    return model.stepWeightBytes(width, batch: batch) + batch * read * cacheBytes
                },
                method:
                    "Operations and bytes from the model's configuration (a \(model.modelType), \(decimal(model.parameters / 1e9, 2)) billion parameters, "
                    + "\(decimal(model.activeParameters / 1e9, 2)) active).")
        }
    }

    /// A number of parameters as people write it: `7B`, `1.5b`, `135M`; nil for anything else, a bare number too, which could be anything.
    package static func parameterCount(_ text: String) -> Double? {
        guard let last = text.last, let factor = ["k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12][last.lowercased()],
            let number = Double(text.dropLast()), number > 0, number.isFinite
        else { return nil }
        return number * factor
    }

    /// The five names nearest to one, by the share of pairs of neighbouring letters that they have in common (L. R. Dice, "Measures of the
    /// Amount of Ecologic Association Between Species", 1945).
    static func nearest(to name: String, among names: [String]) -> [String] {
        func pairs(_ text: String) -> Set<String> {
            let letters = text.lowercased().filter { $0.isLetter || $0.isNumber }
            return Set(zip(letters, letters.dropFirst()).map { "\($0)\($1)" })
        }
        let own = pairs(name)
        let scored = names.map { other in
            let theirs = pairs(other)
            let all = own.count + theirs.count
            return (other, all == 0 ? 0 : Double(2 * own.intersection(theirs).count) / Double(all))
        }
        return scored.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(5).map(\.0)
    }
}
