import JouleModel

/// What people read of a run's operations, on the console and in the report alike.
enum ComputeText {
    struct Row {
        let label: String
        let figure: Figure
    }

    /// All figures, those without a value too.
    static func rows(_ compute: Summary.Compute) -> [Row] {
        [
            Row(label: "operations", figure: compute.flops), Row(label: "operations per second", figure: compute.flopsPerSecond),
            Row(label: "operations per output token", figure: compute.flopsPerToken),
            Row(label: "operations per joule", figure: compute.flopsPerJoule),
            Row(label: "of the peak (MFU)", figure: compute.utilization),
            Row(label: "of the peak bandwidth", figure: compute.bandwidthUtilization),
        ]
    }

    /// Why there is none of the figures, where all are absent for one reason.
    static func commonReason(_ compute: Summary.Compute) -> String? {
        let figures = rows(compute).map(\.figure)
        let reasons = Set(figures.map(\.reason))
        guard figures.allSatisfy({ $0.value == nil }), reasons.count == 1 else { return nil }
        return reasons.first.flatMap(\.self)
    }

    /// Method, confidence, and what the model is.
    static func basis(_ compute: Summary.Compute) -> String {
        var parts: [String] = []
        if let method = compute.method, let confidence = compute.confidence {
            parts.append("\(method.words) (confidence \(confidence.rawValue))")
        }
        if let type = compute.modelType { parts.append(type) }
        if let parameters = compute.parameters {
            let active = compute.activeParameters.map { $0 < parameters ? ", \(count($0)) active" : "" } ?? ""
            parts.append("\(count(parameters)) parameters\(active)")
        }
        return parts.joined(separator: "; ")
    }

    static func peak(_ peak: Summary.Compute.Peak) -> String {
        var parts: [String] = []
        if let flops = peak.flops { parts.append(amount(flops, "FLOP/s")) }
        if let bandwidth = peak.bandwidth { parts.append("\(NumberText.significant(bandwidth / 1e12, digits: 3)) TB/s") }
        let what = [peak.devices, peak.precision].compactMap(\.self).joined(separator: ", ")
        return "\(what.isEmpty ? "peak" : what): \(parts.joined(separator: " and ")) (\(peak.source))"
    }

    static func amount(_ value: Double, _ unit: String) -> String {
        let scale = UnitScale.best(for: value, unit: unit)
        return "\(NumberText.significant(value * scale.factor, digits: 3)) \(scale.unit)"
    }

    /// `134.5 million`, `8.030 billion`.
    static func count(_ parameters: Int64) -> String {
        let value = Double(parameters)
        if value >= 1e9 { return "\(NumberText.significant(value / 1e9, digits: 4)) billion" }
        if value >= 1e6 { return "\(NumberText.significant(value / 1e6, digits: 4)) million" }
        return NumberText.count(Int(parameters))
    }
}

extension Summary.Compute.Method {
    fileprivate var words: String {
        switch self {
        case .provided: "so many for each token, as given"
        case .profiled: "counted while the model ran"
        case .architecture: "counted from the model's architecture"
        case .parameters: "two for each parameter and token"
        }
    }
}
