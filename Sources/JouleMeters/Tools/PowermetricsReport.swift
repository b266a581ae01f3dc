import Foundation
import JouleUnits

/// One property list of Apple's `powermetrics`: what the parts of the chip drew over an interval that has just ended.
struct PowermetricsReport: Hashable {
    enum Part: String, CaseIterable {
        case cpu, gpu, ane
    }

    /// The interval's length.
    let elapsed: Duration
    /// The mean power of each part that the report has.
    let power: [Part: Watts]

    /// Nil for anything but a report with a length.
    ///
    /// `elapsed_ns` stands at the top; the figures stand in `processor`, powers in milliwatts (`cpu_power`) and energies in whole
    /// millijoules (`cpu_energy`), of which the power is the finer one.
    init?(_ list: String) {
        guard let top = try? PropertyListSerialization.propertyList(from: Data(list.utf8), format: nil) as? [String: Any],
            let nanoseconds = Self.number(top["elapsed_ns"]), nanoseconds > 0
        else { return nil }
        let elapsed = Duration.seconds(nanoseconds * 1e-9)
        let processor = top["processor"] as? [String: Any] ?? [:]
        var power: [Part: Watts] = [:]
        for part in Part.allCases {
            if let milliwatts = Self.number(processor["\(part.rawValue)_power"]) {
                power[part] = .milliwatts(milliwatts)
            } else if let millijoules = Self.number(processor["\(part.rawValue)_energy"]) {
                power[part] = Joules.millijoules(millijoules) / elapsed
            }
        }
        self.elapsed = elapsed
        self.power = power
    }

    private static func number(_ value: Any?) -> Double? { (value as? NSNumber)?.doubleValue }
}

/// Cuts the stream of a repeating `powermetrics` into property lists: a zero byte stands before each but the first.
struct PowermetricsLists {
    private var lines: [String] = []
    /// The last line outside of any list: the tool's complaints stand there.
    private(set) var complaint: String?

    /// The list that this line ends.
    mutating func take(_ line: String) -> String? {
        let line = line.filter { $0 != "\0" }
        if lines.isEmpty, !line.contains("<?xml"), !line.contains("<plist") {
            if line.contains(where: { !$0.isWhitespace }), !line.hasPrefix("<!DOCTYPE") { complaint = line }
            return nil
        }
        lines.append(line)
        guard line.contains("</plist>") else { return nil }
        defer { lines = [] }
        return lines.joined(separator: "\n")
    }
}
