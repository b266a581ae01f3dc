import JouleModel

/// What the stand-in server is and how fast it answers; a scenario may change the rates while it runs.
package struct Settings: Hashable, Sendable {
    package var dialect = ServerDialect.vllm
    package var model = "stub-model"
    package var host = "127.0.0.1"
    /// 0 lets the system choose a free port.
    package var port = 0
    package var rates = Rates()
    /// Labels under which the metrics are split, as a server with several engines splits them.
    package var engines = 1
    package var contextLength = 32_768
    package var tokenizer = StubTokenizer()
    /// Asked for in the `Authorization` header of everything below `/v1`; nil lets everybody in.
    package var apiKey: String?
    package var certificateFile: String?
    package var keyFile: String?
    /// Requests remembered for `GET /stub/log`; 0 remembers none.
    package var logLimit = 10_000
    package var seed: UInt64 = 1

    package init() {}
}

/// How fast the server answers. Spans are in nanoseconds of the schedule.
package struct Rates: Hashable, Sendable {
    /// From the start of work on a request to its first token.
    package var firstToken: Int64 = 100_000_000
    /// Between two tokens.
    package var interToken: Int64 = 20_000_000
    /// Greatest deviation from the schedule, uniform to both sides; it never accumulates.
    package var firstTokenJitter: Int64 = 0
    package var interTokenJitter: Int64 = 0
    /// Tokens of the natural answer; nil answers as long as the request allows.
    package var tokens: Int?
    /// All tokens at once, at the time of the first.
    package var burst = false
    /// Prompt tokens read per second, added to the first token's time; nil reads them at once.
    package var prefillRate: Double?
    /// Requests worked on at the same time; the others wait. nil is no limit.
    package var maxConcurrent: Int?
    /// The time between tokens grows by this share for each further request at work.
    package var batchSlowdown = 0.0
    /// Tokens after the first are written on the next multiple of this, so that many streams share one wake-up. 0 is exact.
    package var tick: Int64 = 1_000_000
    /// Wait between two connections that are taken from the queue of the listening socket.
    package var acceptDelay: Int64 = 0

    package init() {}
}

extension Rates {
    /// The same rates with what a scenario's `server` object changes.
    ///
    /// - Throws: `Failure` for an unknown key or a value out of range.
    package func changed(by value: JSONValue) throws -> Rates {
        var fields = try JSONFields(value, at: "server")
        var rates = self
        rates.firstToken = try fields.milliseconds("ttft_ms") ?? rates.firstToken
        rates.interToken = try fields.milliseconds("itl_ms") ?? rates.interToken
        rates.firstTokenJitter = try fields.milliseconds("ttft_jitter_ms") ?? rates.firstTokenJitter
        rates.interTokenJitter = try fields.milliseconds("itl_jitter_ms") ?? rates.interTokenJitter
        rates.tokens = try fields.integer("tokens", in: 0...1_000_000) ?? rates.tokens
        rates.burst = try fields.bool("burst") ?? rates.burst
        rates.prefillRate = try fields.number("prefill_rate", above: 0) ?? rates.prefillRate
        rates.maxConcurrent = try fields.integer("max_concurrent", in: 1...1_000_000) ?? rates.maxConcurrent
        rates.batchSlowdown = try fields.number("batch_slowdown", above: -.leastNonzeroMagnitude) ?? rates.batchSlowdown
        rates.tick = try fields.milliseconds("tick_ms") ?? rates.tick
        rates.acceptDelay = try fields.milliseconds("accept_delay_ms") ?? rates.acceptDelay
        try fields.finish()
        return rates
    }
}
