import JouleModel

extension ConfigurationKeys {
    static let compute: [ConfigurationKey] = [
        ConfigurationKey(
            "compute.flops", .operationCount, \.compute.flops,
            "How the operations of a run are counted: by the worker while its model runs once more after the measurement, by the model's architecture, by its "
                + "parameters, or so many FLOPs for each token."),
        ConfigurationKey(
            "compute.peak_flops",
            Shape<Double>.amount(per: "FLOP/s", names: ["FLOP/s", "FLOPS", "FLOPs", "FLOP", "flop/s", "flops"], example: "989 TFLOP/s")
                .optional,
            \.compute.peakFLOPS, fallback: "by the table of devices", "FLOP/s of all devices together, at the precision of the run."),
        ConfigurationKey(
            "compute.peak_bandwidth", Shape<Double>.amount(per: "B/s", names: ["B/s", "bytes/s", "Bps"], example: "4.8 TB/s").optional,
            \.compute.peakBandwidth, fallback: "by the table of devices", "Bytes a second of the memory of all devices together."),
    ]
}

extension Shape<ComputeSpec.Method> {
    /// A way of counting, or a number of operations for each token.
    static var operationCount: Shape {
        let names: [(String, ComputeSpec.Method)] = [
            ("auto", .auto), ("profiled", .profiled), ("architecture", .architecture), ("parameters", .parameters),
        ]
        let amount = Shape<Double>.amount(
            per: "FLOP", names: ["FLOP", "FLOPs", "FLOPS", "FLOP/token", "FLOPs/token", "flop", "flops"], example: "14 GFLOP")
        return Shape(
            names.map { "`\($0.0)`" }.joined(separator: ", ") + ", or FLOPs for each token (`14e9`, `14 GFLOP`)",
            schema: .any(of: [.names(names.map(\.0)), amount.schema]),
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "a way of counting or a number", to: &reading)
                    return nil
                }
                if let method = names.first(where: { $0.0 == text })?.1 { return method }
                if text.first.map({ $0.isLetter }) ?? true {
                    setting.reportUnknownName(text, noun: nil, known: names.map(\.0), later: [], to: &reading)
                    return nil
                }
                return amount.decode(setting, &reading).map { .perToken($0) }
            },
            render: { method in
                switch method {
                case .perToken(let operations): .number(operations)
                case .auto, .profiled, .architecture, .parameters: names.first { $0.1 == method }.map { .text($0.0) }
                }
            })
    }
}

extension Shape<Double> {
    private static var prefixes: [Character: Double] { ["k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18] }

    /// A positive amount with its unit and a decimal prefix (`989 TFLOP/s`), or bare in the unit itself (`989e12`).
    ///
    /// - Parameters:
    ///   - unit: as it is printed.
    ///   - names: the spellings of the unit; their case counts, for a small b is a bit.
    static func amount(per unit: String, names: [String], example: String) -> Shape {
        Shape(
            "\(unit) (`\(example)`)",
            schema: .any(of: [.number(0...(.greatestFiniteMagnitude), aboveZero: true), .text(examples: [example])]),
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "an amount such as `\(example)`", to: &reading)
                    return nil
                }
                guard let value = parse(text, names) else {
                    setting.wrongType(
                        expected: "an amount such as `\(example)`", remedy: "prefixes are k, M, G, T, P and E, in steps of 1,000",
                        to: &reading)
                    return nil
                }
                guard value > 0, value.isFinite else {
                    setting.outOfRange("an amount above 0 is needed", to: &reading)
                    return nil
                }
                return value
            },
            render: { .number($0) })
    }

    private static func parse(_ text: String, _ names: [String]) -> Double? {
        let bare = text.filter { !$0.isWhitespace && $0 != "_" }
        if let value = Double(bare) { return value }
        // The longest number at the beginning: in `1e12FLOP/s` the e belongs to it, in `1EFLOP/s` it does not.
        var end = bare.endIndex
        while end > bare.startIndex {
            if let value = Double(bare[..<end]), let factor = factor(of: bare[end...], names) { return value * factor }
            end = bare.index(before: end)
        }
        return nil
    }

    private static func factor(of unit: Substring, _ names: [String]) -> Double? {
        if names.contains(String(unit)) { return 1 }
        guard let first = unit.first, let factor = prefixes[first] ?? (first == "K" ? 1e3 : nil),
            names.contains(String(unit.dropFirst()))
        else { return nil }
        return factor
    }
}

extension Consistency {
    /// Counting while the model runs needs a worker of ours, and sees nothing of kernels that bring their own arithmetic.
    static func checkCompute(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        guard experiment.compute.flops == .profiled, reading.accepts("compute.flops", "backend.type") else { return }
        if experiment.backend.kind.isServer {
            refuse(
                "compute.flops",
                "only a worker can count operations while its model runs, and `\(experiment.backend.kind.rawValue)` is a server",
                root, remedy: "take auto, which counts by the model's architecture", &reading)
        } else if experiment.backend.quantization != nil {
            refuse(
                "compute.flops", "the counter does not see the matrix products of quantised weights", root,
                remedy: "take auto, which counts by the model's architecture", &reading)
        }
    }
}
