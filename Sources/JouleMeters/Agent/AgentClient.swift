import Foundation
import JouleHTTP
import JouleModel
import JouleUnits

/// Asks an agent. Every call blocks: for threads of their own, never for tasks.
package final class AgentClient: Sendable {
    package let endpoint: AgentEndpoint
    private let token: String?
    private let fetcher = HTTPFetcher(limit: .mebibytes(4))

    package init(_ endpoint: AgentEndpoint, token: String?) {
        self.endpoint = endpoint
        self.token = token
    }

    /// What the agent says of itself.
    ///
    /// - Throws: `meter.agent-unreachable`, `meter.agent-token`, `meter.agent-unknown`, `meter.agent-version`.
    package func description(timeout: Duration = .seconds(5)) throws(Failure) -> AgentDescription {
        let reply = try ask(AgentProtocol.descriptionPath, timeout: timeout)
        guard let greeting = try? JSONDecoder().decode(AgentGreeting.self, from: Data(reply.body)) else {
            throw notAnAgent("its description")
        }
        guard greeting.protocolVersion == AgentProtocol.version else {
            let older = greeting.protocolVersion < AgentProtocol.version
            throw Failure(
                "meter.agent-version",
                "the agent at \(endpoint) is joulebench \(greeting.version) and speaks version \(greeting.protocolVersion) of the protocol; "
                    + "this one speaks version \(AgentProtocol.version)",
                remedy: "install the newer of the two on \(older ? "that" : "this") machine as well")
        }
        do {
            return try JSONDecoder().decode(AgentDescription.self, from: Data(reply.body))
        } catch {
            throw notAnAgent("its description")
        }
    }

    /// One reading of its clock, with our stamps before and after.
    func clock(timeout: Duration) throws(Failure) -> (sent: Instant, received: Instant, clock: AgentClock) {
        let reply = try ask(AgentProtocol.clockPath, timeout: timeout)
        guard let clock = try? JSONDecoder().decode(AgentClock.self, from: Data(reply.body)), SampleBatch.isOnAClock(clock.now) else {
            throw notAnAgent("its clock")
        }
        return (reply.asked, reply.answered, clock)
    }

    /// Where a batch shall begin.
    enum Beginning {
        /// After a sample that we have, in an epoch.
        case after(Int64, epoch: String)
        /// At about an instant of the agent's clock.
        case since(Instant)
        /// With the oldest.
        case oldest
    }

    /// - Parameters:
    ///   - limit: the most rows that are taken.
    ///   - marksEdge: whether the agent shall read its meters at once, as at the edge of a window.
    func samples(_ beginning: Beginning, limit: Int, marksEdge: Bool, timeout: Duration) throws(Failure) -> SampleBatch {
        var query = "limit=\(limit)"
        switch beginning {
        case .after(let number, let epoch): query += "&after=\(number)&epoch=\(epoch)"
        case .since(let instant): query += "&since=\(instant.nanoseconds)"
        case .oldest: break
        }
        if marksEdge { query += "&edge=1" }
        let reply = try ask("\(AgentProtocol.samplesPath)?\(query)", timeout: timeout)
        var position = 0
        do throws(SampleBatch.Flaw) {
            return try SampleBatch(reply.body, at: &position)
        } catch {
            throw notAnAgent("its samples: \(error)")
        }
    }

    private func ask(_ path: String, timeout: Duration) throws(Failure) -> HTTPReply {
        var headers: [(name: String, value: String)] = []
        if let token { headers.append((name: "Authorization", value: "Bearer \(token)")) }
        let reply: HTTPReply
        do throws(Failure) {
            reply = try fetcher.sendAndWait(HTTPRequest(url: endpoint.url + path, headers: headers, timeout: timeout))
        } catch {
            throw Failure(
                "meter.agent-unreachable", "no agent answers at \(endpoint)", cause: error.cause ?? error.message,
                remedy: "start it there with `joulebench agent --listen HOST:\(endpoint.port)`, and see that nothing stands between")
        }
        switch reply.status {
        case 200..<300: return reply
        case 401, 403:
            throw Failure(
                "meter.agent-token",
                token == nil ? "the agent at \(endpoint) wants a token" : "the agent at \(endpoint) does not take this token",
                remedy:
                    "set \(AgentProtocol.tokenVariable), or the variable that `token_env` or --agent-token-env names, to the agent's token")
        default: throw notAnAgent("status \(reply.status)")
        }
    }

    private func notAnAgent(_ what: String) -> Failure {
        Failure(
            "meter.agent-unknown", "what answers at \(endpoint) is no agent of Joulebench", cause: what,
            remedy: "name the address that `joulebench agent` prints")
    }
}
