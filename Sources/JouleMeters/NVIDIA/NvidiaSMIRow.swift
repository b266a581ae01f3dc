import JouleUnits

/// A column that `nvidia-smi` is asked for while it repeats.
package enum NvidiaSMIColumn: String, Sendable, Hashable, CaseIterable {
    case uuid
    /// Instant or averaged, as the architecture has it.
    case power = "power.draw"
    /// The two that newer drivers tell apart.
    case instantPower = "power.draw.instant"
    case averagePower = "power.draw.average"
    case utilization = "utilization.gpu"
    case memory = "memory.used"
    case temperature = "temperature.gpu"
    case smClock = "clocks.sm"
    case memoryClock = "clocks.mem"
    case powerLimit = "power.limit"

    /// What every driver knows.
    package static let common = allCases.filter { $0 != .instantPower && $0 != .averagePower }
}

/// One line of `nvidia-smi`: a device's values, each absent where the tool has none.
package struct NvidiaSMIRow: Hashable, Sendable {
    package var uuid = ""
    package var power: Watts?
    package var instantPower: Watts?
    package var averagePower: Watts?
    package var utilizationPercent: Double?
    package var memoryUsed: ByteCount?
    package var temperature: Celsius?
    package var smClockMHz: Double?
    package var memoryClockMHz: Double?
    package var powerLimit: Watts?

    package init() {}

    /// Reads one line, with or without units; nil when it is no row of these columns.
    package init?(_ line: some StringProtocol, columns: [NvidiaSMIColumn]) {
        let fields = Self.fields(of: line)
        guard fields.count == columns.count else { return nil }
        for (column, field) in zip(columns, fields) {
            switch column {
            case .uuid: uuid = String(field)
            case .power: power = Self.number(field).map { Watts($0) }
            case .instantPower: instantPower = Self.number(field).map { Watts($0) }
            case .averagePower: averagePower = Self.number(field).map { Watts($0) }
            case .utilization: utilizationPercent = Self.number(field)
            case .memory: memoryUsed = Self.mebibytes(field)
            case .temperature: temperature = Self.number(field).map { Celsius($0) }
            case .smClock: smClockMHz = Self.number(field)
            case .memoryClock: memoryClockMHz = Self.number(field)
            case .powerLimit: powerLimit = Self.number(field).map { Watts($0) }
            }
        }
        guard uuid.hasPrefix("GPU-") else { return nil }
    }

    /// An amount of memory; nil for what is no number, or more than any device has.
    static func mebibytes(_ field: some StringProtocol) -> ByteCount? {
        number(field).flatMap { (0...1e12).contains($0) ? .mebibytes(Int64($0)) : nil }
    }

    /// The comma-separated fields of a line, without the blanks around them.
    package static func fields(of line: some StringProtocol) -> [String] {
        line.split(separator: ",", omittingEmptySubsequences: false).map { trim($0) }
    }

    /// The number in a field: `71.80` and `71.80 W` are 71.8; `[N/A]`, `Not Supported`, `[Unknown Error]` and the like are none.
    package static func number(_ field: some StringProtocol) -> Double? {
        let parts = field.split(separator: " ")
        guard parts.count == 1 || parts.count == 2 && units.contains(String(parts[1])) else { return nil }
        guard let value = Double(parts[0]), value.isFinite else { return nil }
        return value
    }

    private static let units: Set<String> = ["W", "%", "MiB", "MHz", "C"]

    private static func trim(_ text: some StringProtocol) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" && $0 != "\r" }) else { return "" }
        return String(start[...end])
    }
}
