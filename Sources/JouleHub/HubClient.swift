import Foundation
import JouleHTTP
import JouleModel
import JouleUnits

/// Asks the hub, patiently: before the run begins nobody's latency is measured.
struct HubClient: Sendable {
    /// Asked again so many times after an answer that says "not now".
    private static let retries = 4
    /// A longer wait is not waited for.
    private static let longestWait: Duration = .seconds(90)

    let settings: HubSettings
    let fetcher: HTTPFetcher
    let timeout: Duration
    let pause: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - subject: the data set, for messages.
    /// - Throws: `hub.unauthorized`, `hub.not-found`, `hub.busy`, `hub.refused`, `hub.unreachable`, `hub.answer`.
    func get<Answer: Decodable>(_ url: String, as type: Answer.Type, about subject: String) async throws -> (Answer, revision: String?) {
        let reply = try await reply(url, about: subject)
        do {
            return (try JSONDecoder().decode(type, from: Data(reply.body)), reply.header("X-Revision"))
        } catch {
            throw Failure(
                "hub.answer", "the hub's answer about `\(subject)` is not of the form that this version knows", cause: "\(error)",
                remedy: Self.local)
        }
    }

    static let local = "download the data set and name the file (.jsonl, .csv, .json, .parquet) in scenario.dataset_name"

    private func reply(_ url: String, about subject: String) async throws -> HTTPReply {
        var request = HTTPRequest(url: url, timeout: timeout)
        if let token = settings.token { request.headers = [("Authorization", "Bearer \(token)")] }
        var wait: Duration = .seconds(1)
        for attempt in 0... {
            let reply: HTTPReply
            do throws(Failure) {
                reply = try await fetcher.send(request)
            } catch {
                guard error.code == "http.timeout", attempt < Self.retries else { throw unreachable(error, subject) }
                continue
            }
            if reply.isSuccess { return reply }
            guard [429, 500, 502, 503, 504].contains(reply.status), attempt < Self.retries else { throw refusal(reply, subject) }
            let asked = reply.header("Retry-After").flatMap { Int($0) }.map { Duration.seconds($0) }
            guard (asked ?? wait) <= Self.longestWait else { throw refusal(reply, subject) }
            try await pause(asked ?? wait)
            wait = wait * 2
        }
        throw Failure("hub.busy", "the hub does not answer about `\(subject)`", remedy: Self.local)
    }

    private func unreachable(_ error: Failure, _ subject: String) -> Failure {
        Failure(
            "hub.unreachable", "the hub cannot be reached, and the rows of `\(subject)` are not all in the cache", cause: error.description,
            remedy: "\(Self.local); on a machine without a network, fetch it once elsewhere and copy \(settings.cache)")
    }

    private func refusal(_ reply: HTTPReply, _ subject: String) -> Failure {
        let said = (try? JSONDecoder().decode([String: JSONValue].self, from: Data(reply.body)))?["error"]
        var cause = "HTTP status \(reply.status)"
        if case .string(let text)? = said { cause += ": " + text.prefix(300) }
        switch reply.status {
        case 401, 403:
            let remedy =
                settings.token == nil
                ? "set HF_TOKEN to a token that may read it, and accept the data set's conditions on the hub if it has any"
                : "the token was not enough: accept the data set's conditions on the hub, or check whether the token may read it"
            return Failure("hub.unauthorized", "the hub does not give out `\(subject)`", cause: cause, remedy: remedy)
        case 404:
            return Failure(
                "hub.not-found", "the hub has no rows of `\(subject)`", cause: cause,
                remedy: "check the name, scenario.dataset_config and scenario.split; a private data set needs HF_TOKEN")
        case 429, 503:
            return Failure("hub.busy", "the hub has no time for `\(subject)`", cause: cause, remedy: "try again later; or \(Self.local)")
        default:
            return Failure("hub.refused", "the hub gives no rows of `\(subject)`", cause: cause, remedy: Self.local)
        }
    }
}
