import JouleModel
import JouleUnits

/// What a column of a power log holds, known by the name in the header.
///
/// The names are those of `samples.csv`, of the `log-power` CSV, of `nvidia-smi --format=csv` and of plain two-column logs; they do not
/// clash, so a file need not say which of them it is.
enum LogField: Hashable {
    /// Nanoseconds.
    case monotonic
    /// Seconds, or a date with a time.
    case time
    case power, averagePower, powerLimit
    case energy
    case utilization
    case memoryBytes, memoryMebibytes
    case temperature
    case smClock, memoryClock
    case throttleReasons
    case meter, scope, device, uuid, pciBusID, index
    case readStatus

    /// nil for a column that is not read.
    init?(header: String) {
        var name = header.lowercased()
        // "power.draw [W]"
        if let bracket = name.firstIndex(of: "[") { name = trimmed(name[..<bracket]) }
        guard let field = Self.names[name] else { return nil }
        self = field
    }

    private static let names: [String: LogField] = [
        "monotonic_ns": .monotonic,
        "timestamp_s": .time, "timestamp": .time, "time_s": .time, "time": .time, "t": .time, "seconds": .time, "elapsed_s": .time,
        "power_watts": .power, "power_w": .power, "power": .power, "watts": .power, "w": .power, "power.draw": .power,
        "power.draw.instant": .power,
        "power_average_watts": .averagePower, "power.draw.average": .averagePower,
        "power_limit_watts": .powerLimit, "power.limit": .powerLimit,
        "energy_joules": .energy, "energy_j": .energy,
        "utilization_percent": .utilization, "gpu_util_percent": .utilization, "utilization.gpu": .utilization,
        "memory_used_bytes": .memoryBytes, "mem_used_bytes": .memoryBytes, "memory.used": .memoryMebibytes,
        "temperature_celsius": .temperature, "temperature_c": .temperature, "temperature.gpu": .temperature,
        "sm_clock_mhz": .smClock, "clocks.sm": .smClock, "clocks.current.sm": .smClock,
        "memory_clock_mhz": .memoryClock, "clocks.mem": .memoryClock, "clocks.current.memory": .memoryClock,
        "throttle_reasons": .throttleReasons,
        "meter": .meter, "scope": .scope, "device": .device, "uuid": .uuid, "pci.bus_id": .pciBusID, "index": .index,
        "read_status": .readStatus,
    ]
}

/// A number in a field, or the ways in which there is none.
enum LogNumber: Equatable {
    case value(Double)
    /// The field is empty or says that the device has no such reading.
    case missing
    case malformed

    /// Reads `71.80`, `71.80 W`, `[N/A]`.
    init(_ field: String) {
        // Most fields are bare numbers; `nan` and `inf` also read as numbers and are none.
        if let number = Double(field), number.isFinite {
            self = .value(number)
            return
        }
        if field.isEmpty || Self.absences.contains(field.lowercased()) {
            self = .missing
            return
        }
        let words = field.split(separator: " ")
        guard words.count == 1 || words.count == 2 && Self.units.contains(String(words[1])) else {
            self = .malformed
            return
        }
        guard let number = Double(words[0]), number.isFinite else {
            self = .malformed
            return
        }
        self = .value(number)
    }

    private static let absences: Set<String> = [
        "na", "n/a", "nan", "null", "none", "[n/a]", "not supported", "[not supported]", "[unknown error]", "[gpu requires reset]",
        "[gpu is lost]",
    ]
    private static let units: Set<String> = ["W", "J", "%", "MiB", "MHz", "C", "s"]
}

/// The moment that a field names, as nanoseconds from some zero of the file's own: only differences matter.
enum LogTime {
    /// Reads seconds as a number, `2026/01/31 12:00:00.123` and `2026-01-31T12:00:00.123Z` (also with `+01:00`).
    static func nanoseconds(_ field: String) -> Int64? {
        if let seconds = Double(field) {
            guard seconds.isFinite, abs(seconds) < 9e9 else { return nil }
            // A product with 1e9 would round seconds since 1970 to a quarter of a microsecond.
            let whole = seconds.rounded(.down)
            return Int64(whole) * 1_000_000_000 + Int64(((seconds - whole) * 1e9).rounded())
        }
        let parts = field.split(whereSeparator: { $0 == "T" || $0 == " " })
        guard parts.count == 2, let days = days(parts[0]) else { return nil }
        var clock = parts[1]
        var offset = 0
        if clock.hasSuffix("Z") {
            clock = clock.dropLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let zone = clock[clock.index(after: sign)...].split(separator: ":").compactMap { Int($0) }
            guard zone.count == 2 else { return nil }
            offset = (zone[0] * 3_600 + zone[1] * 60) * (clock[sign] == "-" ? -1 : 1)
            clock = clock[..<sign]
        }
        let units = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard units.count == 3, let hours = Int(units[0]), let minutes = Int(units[1]), let seconds = Double(units[2]),
            0..<24 ~= hours, 0..<60 ~= minutes, 0..<61 ~= seconds
        else { return nil }
        let whole = days * 86_400 + hours * 3_600 + minutes * 60 - offset
        return Int64(whole) * 1_000_000_000 + Int64((seconds * 1e9).rounded())
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counted from March so that the leap day comes last.
    private static func days(_ date: Substring) -> Int? {
        let numbers = date.split(whereSeparator: { $0 == "/" || $0 == "-" }).compactMap { Int($0) }
        guard numbers.count == 3, 1970...9999 ~= numbers[0], 1...12 ~= numbers[1], 1...31 ~= numbers[2] else { return nil }
        let (month, day) = (numbers[1], numbers[2])
        let year = month <= 2 ? numbers[0] - 1 : numbers[0]
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}

/// One line of comma-separated values; a field in quotes may hold commas and doubled quotes.
func commaSeparated(_ line: Substring) -> [String] {
    guard line.utf8.contains(UInt8(ascii: "\"")) else {
        return line.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { trimmed(Substring($0)) }
    }
    var fields: [String] = []
    var field = ""
    var quoted = false
    var index = line.startIndex
    while index < line.endIndex {
        let character = line[index]
        let next = line.index(after: index)
        if quoted, character == "\"", next < line.endIndex, line[next] == "\"" {
            field.append("\"")
            index = line.index(after: next)
            continue
        }
        if character == "\"" {
            quoted.toggle()
        } else if character == ",", !quoted {
            fields.append(trimmed(field))
            field = ""
        } else {
            field.append(character)
        }
        index = next
    }
    fields.append(trimmed(field))
    return fields
}
