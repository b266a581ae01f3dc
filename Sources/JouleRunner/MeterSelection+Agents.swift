import JouleMeters
import JouleModel

extension MeterSelection {
    /// Asks an agent what it measures. Blocks: called where meters are looked for.
    ///
    /// - Throws: why there is none at that address, or none that lets us in.
    mutating func add(agent selector: MeterSelector, variables: [String: String]) throws(Failure) {
        guard let address = selector.url else {
            throw Failure("config.missing", "the agent has no endpoint", remedy: "write `agent: {endpoint: HOST:PORT}`")
        }
        let endpoint = try AgentEndpoint(address)
        var token: String?
        if let name = selector.tokenVariable {
            guard let value = variables[name], !value.isEmpty else {
                throw Failure(
                    "config.agent-token", "the variable \(name), which is to hold the token of the agent at \(endpoint), is not set",
                    remedy: "export \(name), or name another variable")
            }
            token = value
        } else if let value = variables[AgentProtocol.tokenVariable], !value.isEmpty {
            token = value
        }
        add(try AgentSource.find(endpoint, token: token, gain: selector.gain))
    }

    /// Gives machines of one name different ones, and refuses to count a device twice.
    mutating func tellAgentsApart(root: HostRoot) throws(Failure) {
        guard !agents.isEmpty else { return }
        var seen: [AgentSource] = []
        for var agent in agents {
            let namesakes = seen.filter { $0.host == agent.host }
            if let other = namesakes.first(where: { $0.description.bootID == agent.description.bootID && $0.description.bootID != nil }) {
                try refuseCommonDevice(
                    of: other.channels, agent.channels, "the agents at \(other.client.endpoint) and \(agent.client.endpoint)")
            } else if !namesakes.isEmpty {
                agent = agent.renamed("\(agent.host)@\(agent.client.endpoint)")
            }
            seen.append(agent)
        }
        let own = BootIdentity.read(root: root)
        for agent in seen where own != nil && agent.description.bootID == own {
            let channels = meters.flatMap(\.channels)
            try refuseCommonDevice(of: channels, agent.channels, "this process and the agent at \(agent.client.endpoint)")
        }
        adopt(seen)
    }

    private func refuseCommonDevice(of left: [MeterChannel], _ right: [MeterChannel], _ who: String) throws(Failure) {
        let common = left.first { channel in
            channel.countsInTotals && right.contains { $0.countsInTotals && $0.scope == channel.scope && $0.device == channel.device }
        }
        guard let common else { return }
        throw Failure(
            "meter.same-device",
            "\(who) are on one machine and both measure \(common.name) (\(common.scope.rawValue)), which would count twice",
            remedy: "name one of them, or restrict the agent's meters with its own --meters and --devices")
    }
}
