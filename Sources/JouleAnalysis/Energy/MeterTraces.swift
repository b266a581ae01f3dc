import JouleModel
import JouleUnits

/// The curves of all channels of a run or a measurement, as this machine knows them: with what the ways of other machines' readings leave
/// open, and with its own name, under which an agent may have read the same devices. Every window is cut with that knowledge.
package struct MeterTraces: Sendable {
    package let all: [MeterTrace]
    /// This machine's own name; nil where it has none.
    private let localHost: String?

    /// - Parameters:
    ///   - agents: what is known of the agents that sent a part of the readings.
    ///   - start: the instant from which texts count their seconds.
    package init(_ series: [SampleSeries], samplePeriod: Duration, agents: [AgentRecord], start: Instant, localHost: String?) {
        all = series.map { series in
            MeterTrace(series, samplePeriod: samplePeriod, link: MeterLink(to: series.channel.host, by: agents, start: start))
        }
        self.localHost = localHost
    }

    /// Those of a run. A channel that was opened and never delivered is a device without energy, not one that was never there.
    package init(of recording: Recording) {
        let environment = recording.environment
        let known = Set(recording.series.map { ChannelKey($0.channel) })
        let silent = environment.meters.filter { !known.contains(ChannelKey($0)) }.map { SampleSeries(channel: $0) }
        self.init(
            recording.series + silent, samplePeriod: recording.experiment.metrics.samplePeriod, agents: environment.agents,
            start: environment.start.monotonic, localHost: environment.system.hostname)
    }

    /// The ledger of a window with the curves behind it.
    package func account(of window: Range<Instant>) -> WindowAccount { WindowAccount(all, in: window, localHost: localHost) }

    private struct ChannelKey: Hashable {
        let meter: String
        let scope: Scope
        let device: String
        let host: String?

        init(_ channel: MeterChannel) {
            meter = channel.meter
            scope = channel.scope
            device = channel.device
            host = channel.host
        }
    }
}
