import Foundation
import JouleModel

/// The server's own truth about the requests it received; all times are nanoseconds on the monotonic clock.
struct RequestLog {
    /// One request. Written by the engine's loop alone.
    final class Entry {
        struct Write {
            let time: Int64
            let bytes: Int
            let tokens: Int
        }

        let number: Int
        let connection: Int
        let method: String
        let path: String
        let query: String
        let fields: [NamedText]
        let body: String
        let received: Int64
        var admitted: Int64?
        var writes: [Write] = []
        var bytes = 0
        var tokens = 0
        var ended: Int64?
        var ending = "open"

        init(number: Int, connection: Int, request: IncomingRequest) {
            self.number = number
            self.connection = connection
            method = request.method
            path = request.path
            query = request.query
            fields = request.fields.map {
                Self.secret.contains($0.name.lowercased()) ? NamedText(name: $0.name, text: "(hidden)") : $0
            }
            body = String(decoding: request.body.readableBytesView.prefix(Self.longestBody), as: UTF8.self)
            received = request.received
        }

        private static let secret: Set<String> = ["authorization", "x-api-key", "api-key", "cookie", "proxy-authorization"]
        private static let longestBody = 64 * 1024
    }

    private let limit: Int
    private(set) var entries: [Entry] = []
    private var first = 0
    private(set) var firstTokens = LatenessTally()
    private(set) var laterTokens = LatenessTally()
    private(set) var timesToFirstToken = LatenessTally()
    private var requests = 0

    var isOn: Bool { limit > 0 }

    init(limit: Int) { self.limit = limit }

    /// A new entry in the place of the oldest where there are too many; nil where nothing is to be remembered.
    mutating func add(number: Int, connection: Int, request: IncomingRequest) -> Entry? {
        requests += 1
        guard isOn else { return nil }
        let entry = Entry(number: number, connection: connection, request: request)
        if entries.count < limit {
            entries.append(entry)
        } else {
            entries[first] = entry
            first = (first + 1) % limit
        }
        return entry
    }

    mutating func noteTokens(late: Int64, isFirst: Bool, sinceReceived: Int64) {
        if isFirst {
            firstTokens.add(late)
            timesToFirstToken.add(sinceReceived)
        } else {
            laterTokens.add(late)
        }
    }

    mutating func clear() { self = RequestLog(limit: limit) }

    func json(withRequests: Bool) -> String {
        let summary = [
            "\"requests\":\(requests)", "\"first_token_lateness_ms\":\(firstTokens.json)", "\"token_lateness_ms\":\(laterTokens.json)",
            "\"ttft_ms\":\(timesToFirstToken.json)",
        ].joined(separator: ",")
        guard withRequests else { return "{\"clock\":\"monotonic\",\"summary\":{\(summary)}}" }
        let ordered = entries[first...] + entries[..<first]
        return "{\"clock\":\"monotonic\",\"summary\":{\(summary)},\"requests\":[\(ordered.map(\.json).joined(separator: ",\n"))]}"
    }
}

extension RequestLog.Entry {
    fileprivate var json: String {
        let headers = fields.map { "[\(quoted($0.name)),\(quoted($0.text))]" }.joined(separator: ",")
        let written = writes.map { "[\($0.time),\($0.bytes),\($0.tokens)]" }.joined(separator: ",")
        return "{"
            + [
                "\"number\":\(number)", "\"connection\":\(connection)", "\"method\":\(quoted(method))", "\"path\":\(quoted(path))",
                "\"query\":\(quoted(query))",
                "\"received_ns\":\(received)", "\"admitted_ns\":\(admitted.map(String.init) ?? "null")",
                "\"ended_ns\":\(ended.map(String.init) ?? "null")", "\"ending\":\(quoted(ending))", "\"bytes\":\(bytes)",
                "\"tokens\":\(tokens)", "\"writes\":[\(written)]", "\"headers\":[\(headers)]", "\"body\":\(quoted(body))",
            ].joined(separator: ",") + "}"
    }
}

/// Mean, greatest and quantiles of spans in nanoseconds, in fixed memory: the quantiles are upper edges of buckets 2 % wide.
struct LatenessTally {
    private var buckets = [Int](repeating: 0, count: 1_300)
    private var count = 0
    private var sum: Int64 = 0
    private var greatest: Int64 = 0

    private static let width = 1.02

    mutating func add(_ span: Int64) {
        count += 1
        sum += span
        greatest = max(greatest, span)
        let index = span <= 1 ? 0 : Int((log(Double(span)) / log(Self.width)).rounded(.up))
        buckets[min(index, buckets.count - 1)] += 1
    }

    /// The quantile in nanoseconds; nil of nothing.
    func quantile(_ share: Double) -> Int64? {
        guard count > 0 else { return nil }
        let rank = Int((Double(count) * share).rounded(.up))
        var seen = 0
        for (index, bucket) in buckets.enumerated() {
            seen += bucket
            if seen >= max(1, rank) { return min(greatest, Int64(pow(Self.width, Double(index)))) }
        }
        return greatest
    }

    fileprivate var json: String {
        guard count > 0, let median = quantile(0.5), let high = quantile(0.99) else { return #"{"count":0}"# }
        let mean = String(format: "%.6f", Double(sum) / Double(count) / 1e6)
        return
            #"{"count":\#(count),"mean":\#(mean),"p50":\#(milliseconds(median)),"p99":\#(milliseconds(high)),"max":\#(milliseconds(greatest))}"#
    }
}
