import Foundation
import JouleModel
import JouleReport
import JouleRunner
import JouleStore
import JouleUnits

/// `meters --watch`: the power of every channel, once a second until a signal comes.
///
/// On a terminal the table is drawn over itself, line by line, so that nothing flickers; elsewhere every second is one line.
struct MeterWatch {
    let session: MeasurementSession
    let unavailable: [RunEnvironment.Unavailable]
    let console: Console
    let json: Bool

    private static let interval: Duration = .seconds(1)
    /// A counter that is renewed once a second needs some updates around a window.
    private static let memory: Duration = .seconds(10)

    func run(until interruption: Interruption) async throws {
        var screen = WatchScreen()
        var begin = session.edge()
        var next = begin + Self.interval
        while await wait(until: next, interruption) {
            let end = session.edge()
            await session.settle(end)
            let ledger = await session.ledger(of: begin..<end)
            await session.forget(before: begin - Self.memory)
            let listing = MeterListing(of: session, ledger: ledger, unavailable: unavailable)
            if json {
                console.result(String(decoding: try JSONText.encodeLine(listing), as: UTF8.self))
            } else if console.outputIsTerminal {
                console.result(screen.frame(table(listing, ledger), width: console.width))
            } else {
                console.result(MeterWatch.line(listing, ledger, at: Date()))
            }
            begin = end
            next = max(next + Self.interval, end)
        }
    }

    /// Whether the moment came before a signal did.
    private func wait(until moment: Instant, _ interruption: Interruption) async -> Bool {
        while interruption.signal == nil {
            let left = moment - .now
            if left <= .zero { return true }
            try? await Task.sleep(for: min(left, .milliseconds(50)))
        }
        return false
    }

    private func table(_ listing: MeterListing, _ ledger: Ledger) -> [String] {
        var lines = listing.table
        lines.append("\(ledger.whole.rawValue): \(Self.total(ledger))")
        lines.append("Ctrl-C ends")
        return lines
    }

    /// `12:00:01  package-0 12.30 W  GPU #0 71.80 W  system 84.1 ± 4.2 W`; the time is UTC.
    static func line(_ listing: MeterListing, _ ledger: Ledger, at date: Date) -> String {
        let second = Int(date.timeIntervalSince1970.rounded(.down)) % 86_400
        let clock = [second / 3_600, second / 60 % 60, second % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }.joined(separator: ":")
        let powers = listing.rows.map { "\($0.channel.name) \($0.power)" }
        return ([clock] + powers + ["\(ledger.whole.rawValue) \(total(ledger))"]).joined(separator: "  ")
    }

    private static func total(_ ledger: Ledger) -> String {
        switch ledger.total(of: ledger.whole) {
        case .value(let energy): FigureFormat.text(energy.map { $0 / ledger.window.duration }.figure).sentence
        case .absent(let reason): "n/a (\(reason))"
        }
    }
}

/// Draws tables over one another.
struct WatchScreen {
    private var height = 0

    /// The lines over the last ones: up to their first, each line cleared behind its end, and what is left of them below. A line that
    /// the terminal would break is cut, or the next frame would begin too low.
    mutating func frame(_ lines: [String], width: Int) -> String {
        let up = height > 0 ? "\u{1B}[\(height)A\r" : ""
        height = lines.count
        return up + lines.map { $0.prefix(max(width - 1, 1)) + "\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J\n"
    }
}
