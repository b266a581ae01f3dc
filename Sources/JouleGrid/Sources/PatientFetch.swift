import JouleHTTP
import JouleModel
import JouleUnits

/// Fetches pages of services that ask their callers to slow down at times.
struct PatientFetch: Sendable {
    let fetcher: HTTPFetcher
    /// The longest that all waits of one page may take together.
    let patience: Duration
    let wait: @Sendable (Duration) async -> Void

    private static let mostAttempts = 4

    /// Waits and asks again on 429 and 5xx, as long as `Retry-After` says, else 1, 2, 4 s.
    ///
    /// - Parameter keyName: the variable of the key, for the words about a refused one.
    func page(_ request: HTTPRequest, keyName: String? = nil) async throws(LookupFailure) -> HTTPReply {
        var waited = Duration.zero
        for attempt in 1...Self.mostAttempts {
            let reply: HTTPReply
            do throws(Failure) {
                reply = try await fetcher.send(request)
            } catch {
                throw LookupFailure(error.message + (error.cause.map { ": \($0)" } ?? ""))
            }
            if reply.isSuccess { return reply }
            switch reply.status {
            case 401, 403:
                throw LookupFailure("it refuses " + (keyName.map { "the key in \($0)" } ?? "to answer") + " (status \(reply.status))")
            case 429, 500...599:
                let delay = reply.header("retry-after").flatMap(Self.seconds) ?? .seconds(1 << (attempt - 1))
                guard attempt < Self.mostAttempts, waited + delay <= patience else {
                    throw LookupFailure("it answers with status \(reply.status) and wants to be asked again in \(delay.seconds) s")
                }
                await wait(delay)
                waited += delay
            default:
                throw LookupFailure("it answers with status \(reply.status)")
            }
        }
        throw LookupFailure("it did not answer")
    }

    /// The form of the header that counts; a date there is rare and means minutes at least.
    private static func seconds(_ text: String) -> Duration? {
        guard let count = Int64(text.filter { $0 != " " }), count >= 0, count < 86_400 else { return nil }
        return .seconds(count)
    }
}
