import JouleModel
import JouleUnits

/// An agent that was found: where it is, and what it measures. A value; the sampler makes a connection of it.
package struct AgentSource: Sendable {
    package let client: AgentClient
    package let description: AgentDescription
    /// Its channels as the run knows them: with the name of their machine.
    package let channels: [MeterChannel]
    package let host: String

    /// - Parameters:
    ///   - host: what its machine is called in this run.
    ///   - gain: replaces the gains of its meters.
    package init(client: AgentClient, description: AgentDescription, host: String? = nil, gain: Double? = nil) {
        self.client = client
        self.description = description
        let host = host ?? description.host
        self.host = host
        channels = description.channels.map { channel in
            MeterChannel(
                meter: channel.meter, scope: channel.scope, device: channel.device, name: channel.name, kind: channel.kind,
                hasEnergy: channel.hasEnergy, hasPower: channel.hasPower, gain: gain ?? channel.gain, updatePeriod: channel.updatePeriod,
                note: channel.note, countsInTotals: channel.countsInTotals, host: host, averagingWindow: channel.averagingWindow)
        }
    }

    /// Asks the agent for its description. Blocks.
    package static func find(_ endpoint: AgentEndpoint, token: String?, gain: Double?) throws(Failure) -> AgentSource {
        let client = AgentClient(endpoint, token: token)
        return AgentSource(client: client, description: try client.description(), gain: gain)
    }

    /// The same under another name of its machine, where two of them have the same.
    package func renamed(_ host: String) -> AgentSource {
        var channels = channels
        for index in channels.indices { channels[index].host = host }
        return AgentSource(client: client, description: description, channels: channels, host: host)
    }

    private init(client: AgentClient, description: AgentDescription, channels: [MeterChannel], host: String) {
        self.client = client
        self.description = description
        self.channels = channels
        self.host = host
    }
}
