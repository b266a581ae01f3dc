import JouleModel
import JouleUnits

/// What the way of a remote machine's readings leaves open: how far their instants may be wrong, and when there were none.
package struct MeterLink: Hashable, Sendable {
    /// The machine's name, as its channels carry it.
    package let host: String
    /// By how much all instants may be wrong together, either way.
    package let clockBound: Duration
    /// Times without samples, in their order, on the local clock.
    package let gaps: [Range<Instant>]
    /// The instant from which texts count their seconds.
    package let start: Instant

    /// Of all agents on one machine; nil when there is none.
    package init?(to host: String?, by agents: [AgentRecord], start: Instant) {
        let ours = agents.filter { $0.host == host }
        guard let host, let bound = ours.map(\.clockBound).max() else { return nil }
        self.host = host
        clockBound = max(bound, .zero)
        gaps = ours.flatMap(\.gaps).filter { $0.end > $0.start }.map { $0.start..<$0.end }.sorted { $0.lowerBound < $1.lowerBound }
        self.start = start
    }

    func gaps(in window: Range<Instant>) -> [Range<Instant>] { gaps.filter { $0.overlaps(window) } }

    /// `no samples of agent gpu-7 for 12.3–15.8 s of the run`; nil when none are missing in the window.
    func missing(in window: Range<Instant>) -> String? {
        let lacking = gaps(in: window)
        return lacking.isEmpty ? nil : "no samples of agent \(host) for \(seconds(of: lacking)) of the run"
    }

    /// `12.3–15.8 s, 40.0–41.2 s`.
    func seconds(of gaps: [Range<Instant>]) -> String {
        gaps.map { "\(decimal(($0.lowerBound - start).seconds, 1))–\(decimal(($0.upperBound - start).seconds, 1)) s" }
            .joined(separator: ", ")
    }
}

extension MeterChannel {
    /// `NVIDIA H200 #0`, and of another machine `NVIDIA H200 #0 of gpu-7`.
    var label: String { host.map { "\(name) of \($0)" } ?? name }
}
