import ArgumentParser
import Foundation
import JouleMeters
import JouleModel
import JouleProcess
import JouleReport
import JouleRunner
import JouleStore
import JouleUnits

struct LogPowerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-power", abstract: "Write a power log of every meter, to the schedule and without drift.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var meterOptions: MeterOptions

    @Option(name: .long, help: ArgumentHelp("How long to log, such as `60s`.", valueName: "duration"))
    var duration: String

    @Option(name: .long, help: ArgumentHelp("Time between rows, such as `0.1` (seconds) or `100ms`.", valueName: "duration"))
    var interval: String = "0.1"

    @Option(name: .long, help: ArgumentHelp("The CSV file to write.", valueName: "file"))
    var output: String

    @Flag(name: .long, help: "Print what was logged as JSON.")
    var json = false

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            let length = try DurationOption.parse(duration, name: "--duration")
            var (selection, metrics) = try await meterOptions.selection()
            if meterOptions.samplePeriod == nil { metrics.samplePeriod = try DurationOption.period(interval, name: "--interval") }
            guard !selection.isEmpty else { throw selection.nothingToRead() }
            if meterOptions.namesMeters { selection.missingByName.map(\.warning).forEach(console.warning) }
            return try await log(
                length: length, selection: selection, period: metrics.samplePeriod, console: console, showsCost: global.verbose)
        }
    }

    private func log(
        length: Duration, selection: MeterSelection, period: Duration, console: Console, showsCost: Bool
    ) async throws -> Int32 {
        let anchor = ClockAnchor.now
        // Sampling begins as the meters open.
        let start = Instant.now
        let costBefore = OwnCost.now
        let logger = PowerLogger(meters: selection.meters, agents: selection.agents, period: period)
        logger.failures.forEach(console.warning)
        let rows = logger.channels.map { channel in
            let memory = channel.scope == .gpu ? selection.gpus.first { $0.uuid == channel.device }?.memoryBytes : nil
            return PowerLogRow(channel: channel, memoryTotal: memory, anchor: anchor)
        }
        let log = try PowerLogFile(path: output, rows: rows)
        let interruption = Interruption { _ in logger.stop() }
        let end = Instant.now + length
        // A terminal wants to see it move; else once a second is enough.
        let statistics = try await logger.run(until: end, pause: console.errorIsTerminal ? .milliseconds(250) : .seconds(1)) {
            samples, watts in
            try log.append(samples)
            if console.errorIsTerminal, let watts {
                let left = max((end - .now).seconds, 0)
                console.progress("log-power  \(String(format: "%.1f", watts.rawValue)) W  \(Int(left)) s left")
            }
        }
        let written = try log.finish()
        console.clearProgress()
        let seconds = (Instant.now - start).seconds
        let cost = costBefore.flatMap { OwnCost.now?.use(since: $0) }
        if json {
            console.result(
                String(
                    decoding: try JSONText.encode(
                        PowerLogResult(file: output, rows: written, durationSeconds: seconds, statistics: statistics, ownCost: cost)),
                    as: UTF8.self))
        } else {
            console.result(
                "\(output): \(written) rows from \(logger.channels.count) channels in \(String(format: "%.1f", seconds)) s; "
                    + "\(statistics.missedTicks) ticks missed, \(statistics.lost) samples lost")
            if showsCost, let cost { console.result("joulebench itself: \(cost.text)") }
        }
        AgentNotes.lines(of: logger.agentRecords, since: start).forEach(console.note)
        if let signal = interruption.signal { return ExitStatus.interrupted(by: signal) }
        return ExitStatus.success
    }
}

/// The CSV while it is written.
///
/// `@unchecked Sendable`: the logger's thread alone appends, and it has ended when `finish` is called.
private final class PowerLogFile: @unchecked Sendable {
    private let log: AppendLog
    private let rows: [PowerLogRow]
    private var written = 0

    init(path: String, rows: [PowerLogRow]) throws(Failure) {
        log = try AppendLog(path: path)
        self.rows = rows
        try log.append { $0 += Array((PowerLogRow.header + "\n").utf8) }
        try log.flush()
    }

    func append(_ samples: [(sample: Sample, channel: Int)]) throws(Failure) {
        for (sample, channel) in samples { try log.append { rows[channel].append(sample, to: &$0) } }
        written += samples.count
        try log.flush()
    }

    func finish() throws(Failure) -> Int {
        try log.sync()
        return written
    }
}

private struct PowerLogResult: Encodable {
    let file: String
    let rows: Int
    let durationSeconds: Double
    let statistics: SamplingStatistics
    /// What logging took; programs that a meter asks have an account of their own.
    let ownCost: ToolUse?
    private enum CodingKeys: String, CodingKey {
        case file, rows, durationSeconds = "duration_seconds", statistics, ownCost = "own_cost"
    }
}

/// One row of the `log-power` CSV: the older toolkit's four columns first, ours behind them.
struct PowerLogRow {
    static let header =
        "timestamp_s,power_W,gpu_util_percent,mem_used_bytes,mem_total_bytes,device,scope,meter,energy_J,temperature_C"

    private let anchor: ClockAnchor
    /// What does not change within a channel: `,mem_total_bytes,device,scope,meter,`.
    private let middle: [UInt8]

    init(channel: MeterChannel, memoryTotal: ByteCount?, anchor: ClockAnchor) {
        self.anchor = anchor
        let device = channel.host.map { "\($0)/\(channel.device)" } ?? channel.device
        let fields = [memoryTotal.map { String($0.bytes) } ?? "", device, channel.scope.rawValue, channel.meter]
        middle = Array(",\(CSVLine.join(fields)),".utf8)
    }

    /// Time is Unix seconds with microseconds, derived from the monotonic stamp; what was not read stays empty.
    func append(_ sample: Sample, to line: inout [UInt8]) {
        let microseconds = Int64((anchor.unixSeconds(at: sample.instant) * 1e6).rounded())
        let fraction = String(microseconds % 1_000_000)
        line += "\(microseconds / 1_000_000).".utf8
        line += repeatElement(UInt8(ascii: "0"), count: 6 - fraction.utf8.count)
        line += fraction.utf8
        field(sample.power?.rawValue, &line)
        field(sample.utilizationPercent, &line)
        line.append(UInt8(ascii: ","))
        if let memory = sample.memoryUsed { line += String(memory.bytes).utf8 }
        line += middle
        if let energy = sample.energy { line += energy.rawValue.description.utf8 }
        field(sample.temperature?.rawValue, &line)
        line.append(UInt8(ascii: "\n"))
    }

    private func field(_ value: Double?, _ line: inout [UInt8]) {
        line.append(UInt8(ascii: ","))
        if let value { line += value.description.utf8 }
    }
}
