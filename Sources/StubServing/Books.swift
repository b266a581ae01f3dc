import Foundation
import JouleModel

/// The counters behind the metrics page, split over the engines by a request's number.
struct Books {
    struct Engine {
        var running = 0
        var waiting = 0
        var promptTokens = 0
        var generatedTokens = 0
        var prefill: Int64 = 0
        var decode: Int64 = 0
        var timeToFirstToken: Int64 = 0
        var finished = 0
        var broken = 0
    }

    private(set) var engines: [Engine]
    /// Seconds since 1970.
    let started: Double

    init(engines: Int, started: Double = Date().timeIntervalSince1970) {
        self.engines = Array(repeating: Engine(), count: max(1, engines))
        self.started = started
    }

    mutating func running(_ change: Int, number: Int) { engines[number % engines.count].running += change }
    mutating func waiting(_ change: Int, number: Int) { engines[number % engines.count].waiting += change }
    mutating func generated(_ tokens: Int, number: Int) { engines[number % engines.count].generatedTokens += tokens }

    mutating func ended(_ exchange: StubServing.Engine.Exchange, promptTokens: Int, at now: Int64, how: String) {
        let index = exchange.number % engines.count
        // A refused request was never worked on.
        if let firstToken = exchange.firstToken {
            engines[index].promptTokens += promptTokens
            engines[index].prefill += firstToken - exchange.admitted
            engines[index].decode += now - firstToken
            engines[index].timeToFirstToken += firstToken - exchange.request.received
        }
        if how == "finished" { engines[index].finished += 1 } else { engines[index].broken += 1 }
    }

    func sum(_ counter: KeyPath<Engine, Int>) -> Int { engines.reduce(0) { $0 + $1[keyPath: counter] } }
    func sum(_ counter: KeyPath<Engine, Int64>) -> Int64 { engines.reduce(0) { $0 + $1[keyPath: counter] } }
}

/// Prometheus' text format, version 0.0.4.
struct MetricsText {
    private(set) var text = ""

    mutating func family(_ name: String, _ kind: String, _ samples: [(labels: String, value: String)]) {
        text += "# HELP \(name) Counted by the stub server.\n# TYPE \(name) \(kind)\n"
        for sample in samples { text += "\(name)\(sample.labels) \(sample.value)\n" }
    }

    mutating func gauge(_ name: String, _ value: String) { family(name, "gauge", [("", value)]) }
    mutating func counter(_ name: String, _ value: String) { family(name, "counter", [("", value)]) }
}

extension MetricsText {
    /// A histogram with its sum and count and no buckets but the last.
    mutating func histogram(_ name: String, _ samples: [(labels: String, sum: String, count: Int)]) {
        text += "# HELP \(name) Counted by the stub server.\n# TYPE \(name) histogram\n"
        for sample in samples {
            text += "\(name)_bucket{\(sample.labels),le=\"+Inf\"} \(sample.count)\n"
            text += "\(name)_count{\(sample.labels)} \(sample.count)\n\(name)_sum{\(sample.labels)} \(sample.sum)\n"
        }
    }
}
