import JouleModel
import JouleUnits

/// The rows of a power log as they stand in the file.
struct LogTable {
    struct Identity: Hashable {
        let meter: String?
        let scope: Scope
        let device: String

        /// Whether the rows are estimates: what a model says stays one in a log.
        var isModelled: Bool { meter == "model" }
        /// What the meter was: its label goes with the rows wherever they are played.
        var kind: MeterKind { isModelled ? .model : meter == "simulated" ? .simulated : .imported }
    }

    struct Row {
        /// From the zero of the table's clock.
        let nanoseconds: Int64
        var identity: Identity
        /// Its instant is set when the start of the log is known.
        let sample: Sample
    }

    /// What one row says of its source; empty where it says nothing.
    private struct Names {
        var meter = "", scope = "", device = "", uuid = "", pciBusID = "", index = ""
    }

    private(set) var rows: [Row] = []
    /// What was left out on reading.
    private(set) var remarks: [String] = []
    /// What all times count from; nil without rows.
    private(set) var clock: LogClock?
    /// How good the log's meter is where nobody says, as the half-width of a 95 % interval.
    let gain: Double
    private let columns: [LogField?]
    private let file: String
    private let baseName: String
    private var mistakes: [(place: SourcePlace, text: String)] = []

    /// Where a file says nothing of scopes: the columns of a GPU's log, or a plug that nobody named.
    private let defaultScope: Scope
    private var namesDevices: Bool { columns.contains { $0 == .device || $0 == .uuid || $0 == .pciBusID || $0 == .index } }

    init(text: String, file: String) throws(Failure) {
        self.file = file
        let base = file.split(separator: "/").last.map(String.init) ?? file
        baseName = base.hasSuffix(".csv") || base.hasSuffix(".txt") ? String(base.dropLast(4)) : base
        // The "\r" of other systems goes with the blanks around the last field.
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Substring($0) }
        let first = lines.first.map { commaSeparated($0.hasPrefix("\u{FEFF}") ? $0.dropFirst() : $0) } ?? []
        let isAnalyzer = AnalyzerLine.begins(first)
        columns = isAnalyzer ? [] : first.map { LogField(header: $0) }
        gain = isAnalyzer ? ReplayMeter.analyzerGain : ReplayMeter.gain
        let isGPU = columns.contains { $0 == .utilization || $0 == .memoryBytes || $0 == .memoryMebibytes || $0 == .uuid }
        // MLPerf's analyzer hangs in the mains supply of the whole machine.
        defaultScope = isAnalyzer ? .node : isGPU ? .gpu : .other
        if !isAnalyzer { try requireColumns() }
        for (index, line) in lines.enumerated().dropFirst(isAnalyzer ? 0 : 1) where !trimmed(line).isEmpty {
            if index == lines.count - 1 {
                // A log that was cut off in the middle of a number still has a number there, only a wrong one.
                remarks.append("line \(index + 1) does not end and is left out")
            } else if isAnalyzer {
                readAnalyzer(index == 0 ? first : commaSeparated(line), line: index + 1)
            } else {
                read(commaSeparated(line), line: index + 1)
            }
        }
        guard mistakes.isEmpty else { throw failure }
    }

    private func requireColumns() throws(Failure) {
        let hasTime = columns.contains(.time) || columns.contains(.monotonic)
        let hasReading = columns.contains { $0 == .power || $0 == .averagePower || $0 == .energy }
        guard hasTime, hasReading else {
            throw Failure(
                "meter.csv-header", "the power log's first line names no \(hasTime ? "power or energy" : "time") column",
                remedy: "begin the file with a line like `time,power` (seconds, watts)",
                source: SourcePlace(file: file, line: 1, column: 1))
        }
    }

    /// The rows with their devices told apart where the file itself does not: `nvidia-smi` without an index prints the GPUs of a tick
    /// one after the other under one time.
    func identifiedRows() -> [Row] {
        guard !namesDevices else { return rows }
        var positions: [Int] = []
        for (index, row) in rows.enumerated() {
            let repeats = index > 0 && rows[index - 1].nanoseconds == row.nanoseconds
            positions.append(repeats ? (positions.last ?? 0) + 1 : 0)
        }
        guard let most = positions.max(), most > 0 else { return rows }
        // Every tick but the last must hold all of them; otherwise the times are merely coarse.
        let ends = positions.indices.dropLast().filter { positions[$0 + 1] == 0 }
        guard ends.allSatisfy({ positions[$0] == most }) else { return rows }
        return zip(rows, positions).map { row, position in
            var row = row
            let identity = row.identity
            row.identity = Identity(meter: identity.meter, scope: identity.scope, device: "\(identity.device)-\(position)")
            return row
        }
    }

    private var failure: Failure {
        let shown = mistakes.prefix(10).map { "line \($0.place.line): \($0.text)" }
        let rest = mistakes.count > 10 ? ["and \(mistakes.count - 10) more"] : []
        return Failure(
            "meter.csv-line", "\(mistakes.count) \(mistakes.count == 1 ? "line" : "lines") of the power log cannot be read",
            cause: (shown + rest).joined(separator: "; "), remedy: "correct or remove them", source: mistakes.first?.place)
    }

    private mutating func read(_ fields: [String], line: Int) {
        guard fields.count == columns.count else {
            mistake("\(fields.count) fields where the header has \(columns.count)", line: line, column: 1)
            return
        }
        let known = mistakes.count
        var sample = Sample(instant: Instant(nanoseconds: 0))
        var time: LogTime?
        var names = Names()
        for (index, (column, field)) in zip(columns, fields).enumerated() {
            guard let column else { continue }
            switch column {
            case .monotonic: time = LogTime(monotonic: field)
            case .time: time = time ?? LogTime(field)
            case .meter: names.meter = field
            case .scope: names.scope = field
            case .device: names.device = field
            case .uuid: names.uuid = field
            case .pciBusID: names.pciBusID = field
            case .index: names.index = field
            case .readStatus: sample.status = ReadStatus(text: field)
            case .throttleReasons: readMask(field, into: &sample, line: line, column: index + 1)
            case .power, .averagePower, .powerLimit, .energy, .utilization, .memoryBytes, .memoryMebibytes, .temperature, .smClock,
                .memoryClock:
                switch LogNumber(field) {
                case .value(let number): sample.store(number, of: column)
                case .missing: continue
                case .malformed: mistake("`\(field)` is no number", line: line, column: index + 1)
                }
            }
        }
        guard let nanoseconds = take(time, line: line) else { return }
        guard let scope = names.scope.isEmpty ? defaultScope : Scope(rawValue: names.scope) else {
            mistake("`\(names.scope)` is no scope", line: line, column: 1)
            return
        }
        if sample.power == nil, !columns.contains(.power) { sample.power = sample.averagePower }
        guard mistakes.count == known else { return }
        let identity = Identity(meter: names.meter.isEmpty ? nil : names.meter, scope: scope, device: device(names, scope: scope))
        rows.append(Row(nanoseconds: nanoseconds, identity: identity, sample: sample))
    }

    private mutating func readAnalyzer(_ fields: [String], line: Int) {
        guard let entry = AnalyzerLine(fields) else {
            mistake("not of the form `Time,…,Watts,…`", line: line, column: 1)
            return
        }
        var sample = Sample(instant: Instant(nanoseconds: 0))
        switch entry.watts {
        case .value(let watts): sample.power = Watts(watts)
        case .missing: break
        case .malformed: mistake("`\(fields[3])` is no number", line: line, column: 4)
        }
        guard entry.watts != .malformed, let nanoseconds = take(entry.time, line: line) else { return }
        rows.append(Row(nanoseconds: nanoseconds, identity: Identity(meter: nil, scope: defaultScope, device: baseName), sample: sample))
    }

    /// The time of a row; nil, and a mistake, where there is none or it counts from another zero than the rows before.
    private mutating func take(_ time: LogTime?, line: Int) -> Int64? {
        guard let time else {
            mistake("no time", line: line, column: 1)
            return nil
        }
        guard clock == nil || clock == time.clock else {
            mistake("a time of another kind than in the rows before", line: line, column: 1)
            return nil
        }
        clock = time.clock
        return time.nanoseconds
    }

    /// UUID before PCI id before a free name before a position; without any of them, the file's own name stands for the device.
    private func device(_ names: Names, scope: Scope) -> String {
        if !names.uuid.isEmpty { return names.uuid }
        if !names.pciBusID.isEmpty { return names.pciBusID }
        if !names.device.isEmpty { return names.device }
        if !names.index.isEmpty { return "\(scope.rawValue)-\(names.index)" }
        return scope == .gpu ? "gpu" : baseName
    }

    private mutating func readMask(_ field: String, into sample: inout Sample, line: Int, column: Int) {
        guard LogNumber(field) != .missing else { return }
        let mask = field.hasPrefix("0x") ? UInt64(field.dropFirst(2), radix: 16) : UInt64(field)
        if let mask { sample.throttleReasons = mask } else { mistake("`\(field)` is no bit mask", line: line, column: column) }
    }

    /// - Parameter column: counts fields, from 1.
    private mutating func mistake(_ text: String, line: Int, column: Int) {
        mistakes.append((SourcePlace(file: file, line: line, column: column), text))
    }
}

extension Sample {
    fileprivate mutating func store(_ number: Double, of field: LogField) {
        switch field {
        case .power: power = Watts(number)
        case .averagePower: averagePower = Watts(number)
        case .powerLimit: powerLimit = Watts(number)
        case .energy: energy = Joules(number)
        case .utilization: utilizationPercent = number
        case .memoryBytes: memoryUsed = Int64(exactly: number.rounded()).map { ByteCount($0) }
        case .memoryMebibytes: memoryUsed = Int64(exactly: (number * 1_048_576).rounded()).map { ByteCount($0) }
        case .temperature: temperature = Celsius(number)
        case .smClock: smClockMHz = number
        case .memoryClock: memoryClockMHz = number
        case .monotonic, .time, .throttleReasons, .meter, .scope, .device, .uuid, .pciBusID, .index, .readStatus: return
        }
    }
}
