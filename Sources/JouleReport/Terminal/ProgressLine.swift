import JouleModel
import JouleUnits

/// The text of the live line: what is going on, how far it is, what it draws. Pure; the console owns the cursor.
package enum ProgressLine {
    /// One line of at most `width` characters; the least important parts are left out first. `fraction` is nil where the end is unknown.
    package static func render(
        phase: Phase, fraction: Double?, eta: Duration?, watts: Watts?, tokensPerSecond: Double?, width: Int
    ) -> String {
        let bounded = fraction.flatMap { $0.isFinite ? min(max($0, 0), 1) : nil }
        let percent = bounded.map { "\(NumberText.fixed(($0 * 100).rounded(.down), decimals: 0)) %" } ?? "…"
        let name = phase.label.padding(to: 11)
        let power = watts.flatMap { $0.isFinite ? "\(NumberText.significant($0.rawValue, digits: 3)) W" : nil } ?? "— W"
        let rate = tokensPerSecond.flatMap { $0.isFinite ? "\(NumberText.significant($0, digits: 3)) tok/s" : nil }
        let left = eta.map { "\(clock($0)) left" }
        // Wide enough not to jump as digits come and go.
        let parts = [name, percent.leading(to: 5), left?.leading(to: 10), power.leading(to: 8), rate?.leading(to: 12)].compactMap(\.self)

        for barWidth in [24, 12, 0] {
            var shown = parts
            if barWidth > 0, let bounded { shown.insert(bar(bounded, width: barWidth), at: 1) }
            let line = shown.joined(separator: "  ")
            if line.count <= width { return line }
        }
        for count in stride(from: parts.count - 1, to: 0, by: -1) {
            let line = parts.prefix(count).joined(separator: "  ")
            if line.count <= width { return line }
        }
        return String(phase.label.prefix(max(width, 0)))
    }

    /// `0:42`, `12:05`, `1:02:07`.
    package static func clock(_ duration: Duration) -> String {
        let total = Int(max(duration.seconds, 0).rounded(.up))
        let (hours, minutes, seconds) = (total / 3_600, total / 60 % 60, total % 60)
        let tail = seconds < 10 ? "0\(seconds)" : "\(seconds)"
        guard hours > 0 else { return "\(minutes):\(tail)" }
        return "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
    }

    private static func bar(_ fraction: Double, width: Int) -> String {
        let eighths = Int((fraction * Double(width * 8)).rounded(.down))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let filled = String(repeating: "█", count: eighths / 8) + partial
        return "▕" + filled + String(repeating: " ", count: width - filled.count) + "▏"
    }
}

extension String {
    fileprivate func leading(to count: Int) -> String { String(repeating: " ", count: max(0, count - self.count)) + self }
}
