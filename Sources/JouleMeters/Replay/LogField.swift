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
