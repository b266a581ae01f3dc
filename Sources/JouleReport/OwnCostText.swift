import JouleModel
import JouleUnits

extension Summary {
    /// `0.4 % of a core, 21 MiB, 12 wake-ups/s, 0.10 W (modelled)`: what measuring cost, in one line; nil when nothing was recorded.
    var ownCostText: String? {
        guard let toolCost else { return wholeRunText }
        guard let samples = ownCost["samples"], let lost = ownCost["samples_lost"], lost > 0 else { return toolCost.text }
        func count(_ value: Double) -> String { NumberText.count(Int(saturating: value)) }
        return "\(toolCost.text); \(count(lost)) of \(count(samples + lost)) samples lost"
    }

    /// The measured phase and the whole run.
    var longOwnCostText: String? {
        let parts = [toolCost.map { "\($0.text) while measuring" }, wholeRunText].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ") + (toolCost == nil ? "" : " in the whole run")
    }

    private var wholeRunText: String? {
        var parts: [String] = []
        if let seconds = ownCost["cpu_seconds"] { parts.append("\(NumberText.significant(seconds, digits: 3)) s of processor time") }
        // Said for the measured phase already, and a peak does not fall.
        if toolCost == nil, let bytes = ownCost["peak_rss_bytes"] {
            parts.append("\(ToolUse.text(ByteCount(Int64(saturating: bytes)))) of memory at peak")
        }
        if let samples = ownCost["samples"] { parts.append("\(NumberText.fixed(samples, decimals: 0)) samples") }
        if let lost = ownCost["samples_lost"] { parts.append("\(NumberText.fixed(lost, decimals: 0)) lost") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}

extension Summary.ToolCost {
    /// The use with its power, or why that is not known.
    package var text: String {
        guard power.value != nil else { return "\(use.text), power not known (\(power.reason ?? "not recorded"))" }
        return "\(use.text), \(FigureFormat.text(power).sentence) (\(power.method))"
    }
}

extension ToolUse {
    /// `0.4 % of a core, 21 MiB, 12 wake-ups/s`.
    package var text: String {
        var parts: [String] = []
        if let corePercent { parts.append("\(NumberText.significant(corePercent, digits: 2)) % of a core") }
        if let peakResident { parts.append(Self.text(peakResident)) }
        if let wakeUpsPerSecond { parts.append("\(NumberText.significant(wakeUpsPerSecond, digits: 2)) wake-ups/s") }
        return parts.joined(separator: ", ")
    }

    /// `21 MiB`.
    package static func text(_ size: ByteCount) -> String {
        let scale = UnitScale.best(for: Double(size.bytes), unit: "B")
        return "\(NumberText.significant(Double(size.bytes) * scale.factor, digits: 3)) \(scale.unit)"
    }
}
