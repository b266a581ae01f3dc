import Foundation
import JouleHTTP
import JouleModel
import JouleUnits

/// Talks to one service over HTTP, and turns what goes wrong into words for people.
struct ServiceClient: Sendable {
    /// `MLflow`.
    let service: String
    /// Where it is, for people.
    let shown: String
    /// What a person does about a refused key.
    let keyRemedy: String
    private let base: String
    private let authorization: [(name: String, value: String)]
    private let fetcher: HTTPFetcher
    private let pauses: [Duration]

    /// Of one request, from connecting to the last byte of the answer.
    static let timeout: Duration = .seconds(30)

    /// - Parameters:
    ///   - variable: what the address is from, for the words about one that cannot be used.
    ///   - authorization: headers with keys.
    ///   - pauses: before each time that a service which is busy or away is asked again.
    init(
        service: String, url: String, variable: String, keyRemedy: String, authorization: [(name: String, value: String)],
        insecure: Bool = false, pauses: [Duration] = [.seconds(1), .seconds(3)]
    ) throws(Failure) {
        let address: PageAddress
        do throws(Failure) {
            address = try PageAddress(url)
        } catch {
            throw Failure(
                "reporter.url", "\(service) cannot be reached: \(error.message)", remedy: "\(error.remedy ?? "correct it") in \(variable)")
        }
        var base = address.url(orPage: "")
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        self.service = service
        var shown = address.shown
        while shown.hasSuffix("/") { shown.removeLast() }
        self.shown = shown
        self.keyRemedy = keyRemedy
        self.authorization = authorization
        self.pauses = pauses
        fetcher = HTTPFetcher(insecure: insecure)
    }

    /// Sends one request; a busy or absent service is asked again twice, 1 s and 3 s later.
    ///
    /// - Returns: the answer, whatever its status.
    /// - Throws: `reporter.unreachable`.
    func answer(
        _ method: String, _ page: String, type: String? = nil, body: [UInt8]? = nil
    ) async throws(Failure) -> HTTPReply {
        var headers = authorization
        if let type { headers.append(("Content-Type", type)) }
        let request = HTTPRequest(method: method, url: base + page, headers: headers, body: body, timeout: Self.timeout)
        var pauses = pauses[...]
        while true {
            let failure: Failure
            do throws(Failure) {
                let reply = try await fetcher.send(request)
                guard [429, 502, 503, 504].contains(reply.status), let pause = pauses.popFirst() else { return reply }
                if (try? await Task.sleep(for: pause)) == nil { return reply }
                continue
            } catch {
                failure = error
            }
            // After a timeout the request may have had its effect; it is not made twice.
            if failure.code == "http.connect", let pause = pauses.popFirst(), (try? await Task.sleep(for: pause)) != nil { continue }
            throw Failure(
                "reporter.unreachable", "\(service) at \(shown) did not get the run",
                cause: [failure.message, failure.cause].compactMap(\.self).joined(separator: ": "),
                remedy: "see that it runs and that this machine may reach it")
        }
    }

    /// The answer to a request that the service carried out.
    ///
    /// - Throws: `reporter.unreachable`, `reporter.key`, `reporter.refused`.
    @discardableResult
    func carryOut(
        _ method: String, _ page: String, type: String? = nil, body: [UInt8]? = nil
    ) async throws(Failure) -> HTTPReply {
        let reply = try await answer(method, page, type: type, body: body)
        guard reply.isSuccess else { throw refusal(reply, of: "\(method) \(page.prefix { $0 != "?" })") }
        return reply
    }

    /// - Parameter words: the service's own, where they are not the whole answer.
    func refusal(_ reply: HTTPReply, of request: String, words: String? = nil) -> Failure {
        let said = Self.excerpt(words ?? reply.text)
        let cause = "\(request): status \(reply.status)" + (said.isEmpty ? "" : ": \(said)")
        if reply.status == 401 || reply.status == 403 {
            return Failure("reporter.key", "\(service) at \(shown) does not let us in", cause: cause, remedy: keyRemedy)
        }
        let remedy =
            switch reply.status {
            case 404, 405: "see that this is the address of \(service)"
            case 429, 500...: "see the log of \(service)"
            default: "see what it says; a newer joulebench may know a newer \(service)"
            }
        return Failure("reporter.refused", "\(service) at \(shown) did not take the run", cause: cause, remedy: remedy)
    }

    /// The first lines of an answer, without the pages that proxies send.
    static func excerpt(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            .joined(separator: " ")
        if line.hasPrefix("<") { return "a page of HTML" }
        return line.count > 300 ? "\(line.prefix(300))…" : line
    }
}

/// Keys of services, which come from the environment alone.
struct ServiceKeys {
    let service: String
    let variables: [String: String]

    /// The value of a variable that the configuration names, or of the one that the service's own tools read.
    ///
    /// - Throws: `reporter.key` when the configuration names one that is not set.
    func value(of named: String?, else usual: String?) throws(Failure) -> String? {
        if let named {
            guard let value = variables[named], !value.isEmpty else {
                throw Failure(
                    "reporter.key", "the variable `\(named)`, which holds a key for \(service), is not set",
                    remedy: "export \(named)=…, or take it out of the reporter")
            }
            return value
        }
        return usual.flatMap { variables[$0] }.flatMap { $0.isEmpty ? nil : $0 }
    }

    static func basic(user: String, password: String) -> (name: String, value: String) {
        ("Authorization", "Basic " + Data("\(user):\(password)".utf8).base64EncodedString())
    }
}

extension JSONValue {
    /// One line; equal values give equal bytes.
    func line() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A tree of plain values encodes; numbers that JSON cannot write are left out where the tree is made.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }

    init?(_ reply: HTTPReply) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(reply.body)) else { return nil }
        self = value
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
}

extension JSONValue {
    /// Any encodable value as a tree.
    init(encoding value: some Encodable) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
    }
}
