import ArgumentParser
import Foundation
import JouleModel
import JouleReport
import JouleRunner
import JouleStore
import JouleUnits

struct MetersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meters", abstract: "List what can be measured here, with a reading of each meter.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var meterOptions: MeterOptions

    @Flag(name: .long, help: "Keep reading, once a second, until interrupted.")
    var watch = false

    @Flag(name: .long, help: "Print the list as JSON.")
    var json = false

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            let (selection, metrics) = try await meterOptions.selection()
            let session = MeasurementSession(selection, period: metrics.samplePeriod, followsUpdates: false)
            session.failures.forEach(console.warning)
            let interruption = Interruption()
            if watch {
                guard !session.channels.isEmpty else { throw selection.nothingToRead() }
                try await MeterWatch(session: session, unavailable: selection.unavailable, console: console, json: json)
                    .run(until: interruption)
                await session.stop()
                return ExitStatus.success
            }
            // The window begins behind the first reading of the slowest, or that one would have no energy in it.
            await session.settle(session.edge())
            let begin = session.edge()
            try? await Task.sleep(for: .seconds(1))
            let end = session.edge()
            await session.settle(end)
            let ledger = await session.ledger(of: begin..<end)
            let listing = MeterListing(of: session, ledger: ledger, unavailable: selection.unavailable)
            console.result(json ? String(decoding: try JSONText.encode(listing), as: UTF8.self) : listing.text)
            await session.stop()
            if let signal = interruption.signal { return ExitStatus.interrupted(by: signal) }
            return ExitStatus.success
        }
    }
}

/// The meters of this machine, with what they read over one second.
struct MeterListing: Encodable {
    struct Row: Encodable {
        let channel: MeterChannel
        let meanPowerWatts: Double?
        let reason: String?
        private enum CodingKeys: String, CodingKey { case channel, meanPowerWatts = "mean_power_watts", reason }

        /// `12.30 W`; `n/a` when it could not be had.
        var power: String { meanPowerWatts.map { "\(NumberText.significant($0)) W" } ?? "n/a" }
    }

    let rows: [Row]
    let unavailable: [RunEnvironment.Unavailable]

    private enum CodingKeys: String, CodingKey { case rows = "meters", unavailable }

    /// - Parameter ledger: of a window of the session.
    init(of session: MeasurementSession, ledger: Ledger, unavailable: [RunEnvironment.Unavailable]) {
        rows = session.channels.filter { $0.countsInTotals || $0.hasEnergy || $0.hasPower }.map { channel in
            let host = channel.host(seenFrom: session.localHost)
            let entry = ledger.entries.first {
                $0.meter == channel.meter && $0.device == channel.device && $0.scope == channel.scope && $0.host == host
            }
            return Row(channel: channel, meanPowerWatts: entry?.meanPower?.rawValue, reason: entry?.reason)
        }
        self.unavailable = unavailable
    }

    /// One line for each channel, under a header.
    var table: [String] {
        let hasRemarks = rows.contains { $0.reason != nil }
        var table = [["meter", "scope", "device", "kind", "now", "±"] + (hasRemarks ? ["remark"] : [])]
        for row in rows {
            let channel = row.channel
            table.append(
                [
                    channel.meter, channel.scope.rawValue, channel.name + (channel.host.map { " at \($0)" } ?? ""), channel.kind.rawValue,
                    row.power, NumberText.percent(channel.gain),
                ] + (hasRemarks ? [row.reason ?? ""] : []))
        }
        return TextTable.render(table)
    }

    var text: String {
        var lines = rows.isEmpty ? ["no meter can be read here"] : table
        if !unavailable.isEmpty {
            lines += ["", "not available:"]
            for item in unavailable {
                lines.append("  \(item.meter): \(item.reason)")
                if let remedy = item.remedy { lines.append("    help: \(remedy)") }
            }
        }
        return lines.joined(separator: "\n")
    }
}
