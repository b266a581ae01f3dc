import Foundation
import JouleModel
import JouleUnits

/// `samples.csv`: one row per meter, device and reading.
package enum SampleJournal {
    package static let header =
        "meter,scope,device,monotonic_ns,power_watts,power_average_watts,energy_joules,utilization_percent,memory_used_bytes,"
        + "temperature_celsius,sm_clock_mhz,memory_clock_mhz,power_limit_watts,throttle_reasons,read_status\n"

    /// The first three columns, which never change within a channel.
    package static func prefix(of channel: MeterChannel) -> [UInt8] {
        // Two machines may each have a `package-0`.
        let device = channel.host.map { "\($0)/\(channel.device)" } ?? channel.device
        return Array("\(channel.meter),\(channel.scope.rawValue),\(quoted(device)),".utf8)
    }

    package static func append(_ sample: Sample, prefix: [UInt8], to line: inout [UInt8]) {
        line.append(contentsOf: prefix)
        line.append(text: String(sample.instant.nanoseconds))
        field(sample.power?.rawValue, &line)
        field(sample.averagePower?.rawValue, &line)
        field(sample.energy?.rawValue, &line)
        field(sample.utilizationPercent, &line)
        line.append(UInt8(ascii: ","))
        if let memory = sample.memoryUsed { line.append(text: String(memory.bytes)) }
        field(sample.temperature?.rawValue, &line)
        field(sample.smClockMHz, &line)
        field(sample.memoryClockMHz, &line)
        field(sample.powerLimit?.rawValue, &line)
        line.append(UInt8(ascii: ","))
        if let reasons = sample.throttleReasons { line.append(text: String(reasons)) }
        line.append(UInt8(ascii: ","))
        line.append(text: quoted(sample.status.description))
        line.append(UInt8(ascii: "\n"))
    }

    private static func field(_ value: Double?, _ line: inout [UInt8]) {
        line.append(UInt8(ascii: ","))
        if let value { line.append(text: value.description) }
    }

    /// By scalar, because "\r\n" is a single Character that equals neither of its halves. A line break becomes a space.
    private static func quoted(_ text: String) -> String {
        let special: Set<Unicode.Scalar> = [",", "\"", "\n", "\r"]
        guard text.unicodeScalars.contains(where: special.contains) else { return text }
        var inside = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\"" { inside.append(scalar) }
            inside.append(scalar == "\n" || scalar == "\r" ? " " : scalar)
        }
        return "\"" + String(inside) + "\""
    }

    /// Reads a journal back.
    ///
    /// - Parameter channels: the channels that `environment.json` declares; rows of others are an error.
    /// - Returns: the series in the order of `channels`, and a note for a last line that a kill cut off.
    package static func read(_ bytes: [UInt8], channels: [MeterChannel], path: String) throws(Failure) -> ([SampleSeries], [String]) {
        var series = channels.map { SampleSeries(channel: $0) }
        var indexOfPrefix: [ArraySlice<UInt8>: Int] = [:]
        for (index, channel) in channels.enumerated() {
            indexOfPrefix[prefix(of: channel).dropLast()[...]] = index
        }
        var notes: [String] = []
        var position = bytes.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
        if !bytes.isEmpty, String(decoding: bytes[..<position], as: UTF8.self) != header {
            throw Failure("store.header", "\(path) has another header than this version writes")
        }
        var line = 1
        while position < bytes.count {
            line += 1
            guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
                notes.append("\(path): the last line was cut off and is left out")
                break
            }
            var fields = FieldCursor(bytes: bytes, position: position, end: end)
            guard let prefix = fields.takeThree(), let index = indexOfPrefix[prefix], let sample = fields.sample() else {
                throw Failure(
                    "store.row", "a row of samples.csv cannot be read: \(String(decoding: bytes[position..<end], as: UTF8.self))",
                    source: SourcePlace(file: path, line: line, column: 1))
            }
            series[index].samples.append(sample)
            position = end + 1
        }
        return (series, notes)
    }
}

/// Walks over the fields of one CSV row in place.
private struct FieldCursor {
    let bytes: [UInt8]
    var position: Int
    let end: Int

    init(bytes: [UInt8], position: Int, end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    /// The bytes of the first three fields as they stand, without the comma behind them.
    mutating func takeThree() -> ArraySlice<UInt8>? {
        let start = position
        for _ in 0..<3 where next() == nil { return nil }
        return bytes[start..<position - 1]
    }

    mutating func sample() -> Sample? {
        guard let instant = take(Int64.self)?.value, let power = take(Double.self), let average = take(Double.self),
            let energy = take(Double.self), let utilization = take(Double.self), let memory = take(Int64.self),
            let temperature = take(Double.self), let smClock = take(Double.self), let memoryClock = take(Double.self),
            let limit = take(Double.self), let throttle = take(UInt64.self), let status = takeStatus(), position > end
        else { return nil }
        let stamp = Instant(nanoseconds: instant)
        guard stamp.isPlausible else { return nil }
        return Sample(
            instant: stamp, power: power.value.map { Watts($0) }, averagePower: average.value.map { Watts($0) },
            energy: energy.value.map { Joules($0) }, utilizationPercent: utilization.value,
            memoryUsed: memory.value.map { ByteCount($0) }, temperature: temperature.value.map { Celsius($0) }, smClockMHz: smClock.value,
            memoryClockMHz: memoryClock.value, powerLimit: limit.value.map { Watts($0) }, throttleReasons: throttle.value, status: status)
    }

    /// A field that is there, and its value unless it is empty. Not an empty field and not a number: no field at all.
    private struct Field<Value> { let value: Value? }

    private mutating func take<Value: LosslessStringConvertible>(_ type: Value.Type) -> Field<Value>? {
        guard let field = next() else { return nil }
        if field.isEmpty { return Field(value: nil) }
        return Value(String(decoding: field, as: UTF8.self)).map { value in
            // `inf` and `nan` are numbers to the parser, and no readings of a meter.
            Field(value: (value as? Double).map(\.isFinite) ?? true ? value : nil)
        }
    }

    private mutating func takeStatus() -> ReadStatus? {
        guard let text = next().map(unquoted) else { return nil }
        let status = ReadStatus(text: text)
        // What is no status reads as a good one, and is none.
        return status.description == text ? status : nil
    }

    private func unquoted(_ field: ArraySlice<UInt8>) -> String {
        let quote = UInt8(ascii: "\"")
        guard field.count >= 2, field.first == quote, field.last == quote else { return String(decoding: field, as: UTF8.self) }
        var bytes: [UInt8] = []
        var wasQuote = false
        for byte in field.dropFirst().dropLast() {
            wasQuote = byte == quote && !wasQuote
            if !wasQuote { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The next field; the cursor stands behind its comma afterwards.
    private mutating func next() -> ArraySlice<UInt8>? {
        guard position <= end else { return nil }
        let start = position
        var inQuotes = false
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { inQuotes.toggle() }
            if byte == UInt8(ascii: ","), !inQuotes { break }
            position += 1
        }
        defer { position += 1 }
        return bytes[start..<position]
    }
}
