import Foundation
import JouleHTTP
import JouleModel
import JouleReport

/// Prometheus by way of its Pushgateway, for runs that end before anybody scrapes them.
///
/// One group for each machine and experiment: a run takes the place of the one before it, and the gateway does not grow with every run.
package struct PushgatewaySink: Sink {
    package static let usualJob = "joulebench"

    package let destination: String
    private let client: ServiceClient
    private let job: String

    /// - Throws: `reporter.url`, `reporter.key`.
    package init(_ reporter: ReporterSpec, variables: [String: String]) throws(Failure) {
        let keys = ServiceKeys(service: "the Pushgateway", variables: variables)
        let user = try keys.value(of: reporter.userVariable, else: nil)
        let password = try keys.value(of: reporter.passwordVariable, else: nil)
        var headers: [(name: String, value: String)] = []
        if let user, let password { headers.append(ServiceKeys.basic(user: user, password: password)) }
        client = try ServiceClient(
            service: "the Pushgateway", url: reporter.url ?? "http://localhost:9091", variable: "reporter.url",
            keyRemedy: "name the variables of its user and password in user_env and password_env", authorization: headers)
        job = reporter.job ?? Self.usualJob
        destination = client.shown
    }

    package func send(_ run: SentRun) async throws(Failure) -> String? {
        let format = MetricsPage.Format.text
        let page = RunPage.text(format, summary: run.summary, recording: run.recording)
        let group = "/metrics" + [("job", job), ("instance", run.host), ("experiment", run.summary.name)].map(Self.label).joined()
        try await client.carryOut("PUT", group, type: format.contentType, body: Array(page.utf8))
        return client.shown + group
    }

    /// `/name/value`; in base64 where the value has a slash or is empty, which a path cannot say.
    static func label(_ name: String, _ value: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        let isPlain = !value.isEmpty && !value.contains("/") && value != "." && value != ".."
        if isPlain, let escaped = value.addingPercentEncoding(withAllowedCharacters: plain) { return "/\(name)/\(escaped)" }
        if value.isEmpty { return "/\(name)@base64/=" }
        let base = Data(value.utf8).base64EncodedString().map { character in
            switch character {
            case "+": Character("-")
            case "/": Character("_")
            default: character
            }
        }
        return "/\(name)@base64/\(String(base.filter { $0 != "=" }))"
    }
}
