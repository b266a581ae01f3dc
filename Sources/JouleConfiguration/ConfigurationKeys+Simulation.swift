import JouleModel
import JouleUnits

extension ConfigurationKeys {
    /// The backends without a model: a simulated server, and a recorded run that is played again.
    static let simulation: [ConfigurationKey] = timing + power + replay

    private static let span: ClosedRange<Duration> = .zero...(.seconds(3_600))

    private static func simulated<Value>(
        _ name: String, _ shape: Shape<Value>, _ target: any WritableKeyPath<Experiment, Value> & Sendable,
        fallback: String? = nil, _ summary: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            "backend.simulated.\(name)", shape, target, fallback: fallback, for: .only(.simulated, "no server is simulated"), summary)
    }

    private static let timing: [ConfigurationKey] = [
        simulated(
            "ttft", .duration(span), \.backend.simulated.firstToken,
            "From the start of work on a request to its first token, besides the reading of its prompt."),
        simulated(
            "prefill_rate", .rate(allowsUnlimited: true), \.backend.simulated.prefillRate,
            "Prompt tokens that are read in a second, for each request apart; a word is a token. `inf` reads them at once."),
        simulated("tpot", .duration(span), \.backend.simulated.outputToken, "Between two tokens of a request that is alone."),
        simulated(
            "ttft_jitter", .duration(span), \.backend.simulated.firstTokenJitter,
            "Greatest deviation of the first token, to both sides, drawn by the seed for each request."),
        simulated(
            "tpot_jitter", .duration(span), \.backend.simulated.outputTokenJitter,
            "The same for every other token; deviations do not add up."),
        simulated(
            "max_concurrency", .count(atLeast: 1), \.backend.simulated.maxConcurrency,
            "Requests at work at the same time; others wait in their order."),
        simulated(
            "batch_slowdown", .number(0...100), \.backend.simulated.batchSlowdown,
            "The time between tokens grows by this share for each further request at work."),
        simulated(
            "answer_lengths", Shape<LengthDistribution>.lengths.optional, \.backend.simulated.answerLengths,
            fallback: "as long as each request allows",
            "Where an answer ends by itself, in tokens, drawn by the seed for each request."),
        simulated(
            "reasoning_tokens", .count(atLeast: 0), \.backend.simulated.reasoningTokens,
            "Tokens of thinking at the start of each answer, a part of its length."),
    ]

    private static let power: [ConfigurationKey] = [
        simulated("idle_power", .watts, \.backend.simulated.idlePower, "Power of the one simulated GPU while no request is at work."),
        simulated(
            "prefill_power", .watts, \.backend.simulated.prefillPower, "Its power while at least one request waits for its first token."),
        simulated("decode_power", .watts, \.backend.simulated.decodePower, "Its power while all requests at work generate."),
    ]

    private static let replay: [ConfigurationKey] = [
        ConfigurationKey(
            "backend.replay.run", Shape<String>.text("folder or id of a run").optional, \.backend.replay.run,
            for: .only(.replay, "no recording is played"),
            "The run whose answers are given again: the same prompts get their recorded numbers of tokens at their recorded times."),
        ConfigurationKey(
            "backend.replay.speed", .number(0.001...1_000), \.backend.replay.speed, for: .only(.replay, "no recording is played"),
            "How many times as fast as it was recorded."),
    ]
}
