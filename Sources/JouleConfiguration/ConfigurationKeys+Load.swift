import JouleModel
import JouleUnits

extension ConfigurationKeys {
    /// When requests are sent.
    static let load: [ConfigurationKey] = [
        ConfigurationKey(
            "load.arrival", .choice(LoadSpec.Arrival.self, noun: "arrival"), \.load.arrival,
            fallback: "sequential; closed with a concurrency, poisson with a rate, trace with a trace",
            when: { $0.backend.kind.isServer },
            "One after the other; a closed loop; or an open loop, whose schedule does not wait for answers."),
        ConfigurationKey(
            "load.concurrency", .count(atLeast: 1), \.load.concurrency,
            for: oneByOne(remedy: "scenario.input_shapes.batch_size makes a worker answer several prompts at once"),
            when: { $0.load.arrival == .closed }, "Requests in flight in a closed loop."),
        ConfigurationKey(
            "load.rate", Shape<Double>.rate(allowsUnlimited: true).optional, \.load.rate, for: oneByOne(),
            "Arrivals in an open loop; `inf` sends all at once."),
        ConfigurationKey(
            "load.burstiness", .number(0...1_000, aboveZero: true), \.load.burstiness, for: oneByOne(),
            when: { $0.load.arrival == .gamma },
            "Shape of the gamma distribution of the distances: 1 is Poisson, less is burstier, more is steadier."),
        ramp,
        ConfigurationKey(
            "load.trace", Shape<String>.text("path").optional, \.load.trace, for: oneByOne(),
            "Recorded arrivals: a file in the form of Azure, Mooncake or BurstGPT."),
        ConfigurationKey(
            "load.max_in_flight", Shape<Int>.count(atLeast: 1).optional, \.load.maxInFlight, for: oneByOne(),
            "The most requests in flight in an open loop; those past it are dropped and counted."),
        ConfigurationKey(
            "load.queue", .flag, \.load.queues, for: oneByOne(), when: { $0.load.maxInFlight != nil },
            "Let requests past max_in_flight wait instead."),
        ConfigurationKey(
            "load.retry", .count(atLeast: 0), \.load.retries, for: .servers(),
            "How often a request that was rejected (429, 503) may be sent again."),
        ConfigurationKey(
            "load.requests", Shape<Int>.count(atLeast: 1).optional, \.load.requests, fallback: "num_samples",
            for: .servers("a worker answers each prompt once", remedy: "use scenario.num_samples"),
            "How many requests are sent; prompts that are used up are drawn from again."),
        ConfigurationKey(
            "load.duration", Shape<Duration>.duration(.milliseconds(1)...(.seconds(366 * 86_400))).optional, \.load.duration,
            for: .servers("a worker answers each prompt once", remedy: "use scenario.num_samples"),
            "How long requests are sent; with `requests`, whichever ends first."),
        objective("ttft", \.load.objectives.timeToFirstToken, "Limit of the time to the first token that makes a request good."),
        objective("tpot", \.load.objectives.timePerOutputToken, "Limit of the time per output token."),
        objective("e2el", \.load.objectives.endToEnd, "Limit of the time from the written request to the last token."),
    ]

    private static func oneByOne(remedy: String = "remove it") -> Audience {
        .servers("a worker answers one batch after the other", remedy: remedy)
    }

    private static func objective(
        _ name: String, _ target: any WritableKeyPath<Experiment, Duration?> & Sendable, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            "load.slo.\(name)", Shape<Duration>.duration(.microseconds(1)...(.seconds(86_400))).optional, target,
            for: .servers("goodput is a figure of serving runs"), summary)
    }

    private static let ramp = ConfigurationKey(
        "load.ramp", type: Shape<LoadSpec.Ramp>.ramp.description, schema: Shape<LoadSpec.Ramp>.ramp.schema, fallback: "–", for: oneByOne(),
        "A rate that changes at the beginning of an open loop and then stays; `to` is `load.rate` unless it says otherwise.",
        decode: { setting, experiment, reading in
            guard var ramp = Shape<LoadSpec.Ramp>.ramp.decode(setting, &reading) else { return }
            let rate = experiment.load.rate
            if ramp.to.isNaN {
                guard let rate, rate.isFinite else {
                    setting.report(
                        "config.missing-key", "`load.ramp` does not say the rate it ends at", remedy: "add to: 64/s, or give load.rate",
                        to: &reading)
                    return
                }
                ramp.to = rate
            } else if let rate, rate != ramp.to {
                setting.report(
                    "config.conflict", "`load.ramp` ends at \(RateText.spell(ramp.to)), and `load.rate` is \(RateText.spell(rate))",
                    remedy: "keep one of the two", to: &reading)
            }
            experiment.load.rate = ramp.to
            experiment.load.ramp = ramp
        },
        render: { $0.load.ramp.flatMap(Shape<LoadSpec.Ramp>.ramp.render) })

    /// Rests between an answer and the next request.
    static let thinkTime: [ConfigurationKey] = [
        ConfigurationKey(
            "latency_simulation.enabled", .flag, \.load.thinkTime.isEnabled,
            "Rest between an answer and the next request, as a person does."),
        ConfigurationKey(
            "latency_simulation.delay_min", .duration(), \.load.thinkTime.minimum, when: { $0.load.thinkTime.isEnabled },
            "The shortest rest."),
        ConfigurationKey(
            "latency_simulation.delay_max", .duration(), \.load.thinkTime.maximum, when: { $0.load.thinkTime.isEnabled },
            "The longest rest; each is drawn evenly between the two, with the seed."),
    ]

    /// How energy is shared over requests.
    static let attribution: [ConfigurationKey] = [
        ConfigurationKey(
            "attribution.method", .choice(AttributionSpec.Method.self), \.attribution.method,
            "Share the energy of each slice of time over the requests then in flight, or the whole by tokens."),
        ConfigurationKey(
            "attribution.alpha", Shape<Double>.number(0...(.greatestFiniteMagnitude)).optional, \.attribution.alpha,
            fallback: "the best source there is", "Joules per uncached prompt token."),
        ConfigurationKey(
            "attribution.beta", Shape<Double>.number(0...(.greatestFiniteMagnitude)).optional, \.attribution.beta,
            fallback: "the best source there is", "Joules per output token."),
    ]
}
