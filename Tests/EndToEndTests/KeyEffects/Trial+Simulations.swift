/// Backends without a model, whose own keys say how long things take and what they draw.
extension Trial {
    private static let modest = "ttft: 5ms, prefill_rate: inf, tpot: 1ms"

    private static func simulated(_ options: String = modest, load: String = "{arrival: burst, requests: 6}", more: String = "") -> String {
        """
        backend: {type: simulated, model: m, simulated: {\(options)}}
        scenario: {dataset_name: '{prompts}', num_samples: 6, generate_kwargs: {max_new_tokens: 3}}
        load: \(load)
        phases: {preset: none}
        \(more)

        """
    }

    private static func timing(_ name: String, _ options: String = modest, key: String, _ value: String, _ sign: Effect.Sign) -> Trial {
        Trial(name: "a simulated \(name)", base: simulated(options), effects: [Effect("backend.simulated.\(key)", value, .tokens, sign)])
    }

    private static func power(_ state: String) -> Trial {
        Trial(
            name: "a power while it \(state)s", base: simulated("ttft: 300ms, prefill_rate: inf, tpot: 150ms"),
            effects: [Effect("backend.simulated.\(state)_power", "9000 W", .terminal, .matches("mean power +[1-9],[0-9]{3} "))])
    }

    private static let replayed = """
        backend: {type: replay, model: m, replay: {run: '{recording}'}}
        scenario: {num_samples: 3, generate_kwargs: {max_new_tokens: 8}}
        phases: {preset: none}

        """
    private static let recording = """
        backend: {type: simulated, model: m, simulated: {ttft: 40ms, tpot: 2ms}}
        scenario: {num_samples: 3, generate_kwargs: {max_new_tokens: 8}}
        phases: {preset: none}

        """

    static let simulations: [Trial] = [
        timing("first token", key: "ttft", "600ms", .says("shortest first token at least 0.5 s")),
        timing("reading of prompts", key: "prefill_rate", "5/s", .says("shortest first token at least 0.5 s")),
        timing("time for each token", key: "tpot", "300ms", .says("shortest answer at least 0.5 s")),
        timing(
            "spread of first tokens", "ttft: 800ms, prefill_rate: inf, tpot: 1ms", key: "ttft_jitter", "790ms",
            .drops("shortest first token at least 0.5 s")),
        timing(
            "spread of tokens", "ttft: 5ms, prefill_rate: inf, tpot: 400ms", key: "tpot_jitter", "390ms",
            .says("longest answer at least 1.0 s")),
        timing(
            "queue", "ttft: 150ms, prefill_rate: inf, tpot: 1ms", key: "max_concurrency", "1",
            .says("longest first token at least 0.5 s")),
        timing(
            "crowd", "ttft: 5ms, prefill_rate: inf, tpot: 50ms, batch_slowdown: 0", key: "batch_slowdown", "3",
            .says("longest answer at least 0.5 s")),
        Trial(
            name: "simulated answers", base: simulated(),
            effects: [
                Effect("backend.simulated.answer_lengths", "2", .file("requests.jsonl"), .says(#""output_tokens":2"#)),
                Effect("backend.simulated.reasoning_tokens", "1", .file("requests.jsonl"), .says(#""reasoning_tokens":1"#)),
            ]),
        Trial(
            name: "a power at rest", base: simulated(more: "").replacing("preset: none", with: "preset: none, idle_loaded: 100ms"),
            effects: [Effect("backend.simulated.idle_power", "8888 W", .terminal, .says("loaded 8,888 "))]),
        power("prefill"), power("decode"),
        Trial(
            name: "a recording", base: replayed.replacing(", replay: {run: '{recording}'}", with: ""), recorded: recording,
            effects: [Effect("backend.replay.run", "{recording}", .file("requests.jsonl"), .says("completed"))]),
        Trial(
            name: "a recording slowed down", base: replayed, recorded: recording,
            effects: [Effect("backend.replay.speed", "0.05", .tokens, .says("shortest first token at least 0.5 s"))]),
    ]
}
