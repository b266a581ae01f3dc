/// Where prompts come from, how they are made into requests and batches, and what is asked of the model's thinking.
extension Trial {
    private static func worker(_ scenario: String, model: String = "stand-in", more: String = "") -> String {
        """
        backend: {type: command, model: \(model), command: {worker}, device: cpu}
        scenario: {\(scenario), generate_kwargs: {max_new_tokens: 3}}
        phases: {preset: none}
        metrics: {meters: none}
        \(more)

        """
    }

    private static func server(_ scenario: String, model: String = "stub-model") -> String {
        """
        backend: {type: vllm, model: \(model), endpoint: "{stub}"}
        scenario: {\(scenario)}
        phases: {preset: none}
        metrics: {meters: none}

        """
    }

    private static let ofFile = worker("dataset_name: '{prompts}', num_samples: 4")
    private static let table = ["table.csv": "text,question\nplain words,Why though?\n"]

    static let prompts: [Trial] = [
        Trial(
            name: "a data set", base: worker("num_samples: 1"),
            effects: [Effect("scenario.dataset_name", "{prompts}", .worker, .says("prompt0 more more more"))]),
        Trial(
            name: "a column", base: worker("dataset_name: '{scene}/table.csv', num_samples: 1"), files: table,
            effects: [Effect("scenario.text_column_name", "question", .worker, .says(#""prompt": "Why though?""#))]),
        Trial(
            name: "a template", base: worker("dataset_name: '{scene}/table.csv', num_samples: 1"), files: table,
            effects: [Effect("scenario.template", "'Say: {question}'", .worker, .says(#""prompt": "Say: Why though?""#))]),
        Trial(
            name: "parts of a data set on the hub", base: worker("dataset_name: owner/set, num_samples: 1"),
            environment: ["HF_DATASETS_SERVER": "{stub}"], stub: [],
            script: """
                {"rules": [{"when": {"path": "/splits"}, "status": 200, "body_json": {"splits": [
                  {"dataset": "owner/set", "config": "default", "split": "train"},
                  {"dataset": "owner/set", "config": "finnish", "split": "validation"}]}}]}
                """,
            effects: [
                Effect("scenario.dataset_config", "finnish", .wire, .says("config=finnish")),
                Effect("scenario.split", "validation", .wire, .says("split=validation")),
            ]),
        Trial(
            name: "how many prompts", base: ofFile,
            effects: [Effect("scenario.num_samples", "7", .worker, .says("prompt6 "))]),
        Trial(
            name: "which prompts", base: ofFile,
            effects: [Effect("scenario.selection", "shuffled", .worker, .differs(#""prompt": "(prompt\d)"#))]),
        Trial(
            name: "lengths", base: ofFile,
            effects: [
                Effect("scenario.truncation", "false", .worker, .says(#""truncation": false"#)),
                Effect("scenario.max_input_tokens", "33", .worker, .says(#""max_input_tokens": 33"#)),
                Effect("scenario.input_shapes.pad_to", "48", .worker, .says(#""pad_to": 48"#)),
                Effect("scenario.save_outputs", "true", .tree, .says("outputs.jsonl")),
            ]),
        Trial(
            name: "an exact length", base: worker("dataset_name: '{prompts}', num_samples: 4"),
            effects: [Effect("scenario.input_length", "7", .worker, .matches(#""prompt": "([^" ]+ ){5,}"#))]),
        Trial(
            name: "batches", base: ofFile,
            effects: [Effect("scenario.input_shapes.batch_size", "2", .worker, .matches(#""index": 0,.*"index": 1"#))]),
        Trial(
            name: "a budget of tokens",
            base: ofFile.replacing("num_samples: 4", with: "num_samples: 4, input_shapes: {batch_size: 4}, max_batch_tokens: 100"),
            effects: [Effect("scenario.dynamic_batching", "true", .worker, .says(#""op": "count_tokens""#))]),
        Trial(
            name: "a smaller budget",
            base: ofFile.replacing(
                "num_samples: 4", with: "num_samples: 4, input_shapes: {batch_size: 4}, dynamic_batching: true, max_batch_tokens: 100"),
            effects: [Effect("scenario.max_batch_tokens", "8", .worker, .counts(#""op": "generate""#))]),
        Trial(
            name: "an order by length", base: worker("dataset_name: '{scene}/uneven.txt', num_samples: 2"),
            files: ["uneven.txt": "short\nrather longer than that\n"],
            effects: [Effect("scenario.sort_by_length", "true", .worker, .differs(#""op": "generate", "requests": \[\{"index": (\d)"#))]),
        Trial(
            name: "outputs as numbers", base: worker("dataset_name: '{prompts}', num_samples: 1, save_outputs: true"),
            effects: [Effect("scenario.decode_token_to_text", "false", .worker, .says(#""return_ids": true"#))]),
        Trial(
            name: "synthetic prompts", base: server("num_samples: 2"), stub: [],
            effects: [
                Effect("scenario.prompt_lengths", "25", .wire, .matches(#""content":"(\S+ ){24}\S+""#)),
                Effect("scenario.output_lengths", "6", .wire, .says(#""max_tokens":6"#)),
                Effect("scenario.shared_prefix_tokens", "12", .wire, .matches(#"(?s)"content":"((?:\S+ ){11}\S+) .*"content":"\1 "#)),
            ]),
        Trial(
            name: "beginnings of their own",
            base: server("dataset_name: '{prompts}', num_samples: 2, generate_kwargs: {max_new_tokens: 3}"),
            stub: [], effects: [Effect("scenario.unique_prefix", "true", .wire, .differs(#""content":"(\S+)"#))]),
        Trial(
            name: "turns", base: server("dataset_name: '{prompts}', num_samples: 2, generate_kwargs: {max_new_tokens: 3}"), stub: [],
            effects: [Effect("scenario.turns", "2", .wire, .says(#""role":"assistant""#))]),
        Trial(
            name: "thinking", base: worker("num_samples: 1"),
            effects: [Effect("scenario.reasoning", "true", .worker, .says(#""reasoning_effort": "high""#))]),
        Trial(
            name: "arguments of templates", base: worker("num_samples: 1"),
            effects: [
                Effect("scenario.reasoning_params.reasoning_effort", "medium", .worker, .says(#""reasoning_effort": "medium""#)),
                Effect("scenario.reasoning_params.enable_thinking", "true", .worker, .says(#""enable_thinking": true"#)),
                Effect("scenario.reasoning_params.thinking_budget", "64", .worker, .says("64")),
                Effect("scenario.reasoning_params.cot_depth", "3", .worker, .says(#""cot_depth": 3"#)),
                Effect("scenario.reasoning_params.reasoning", "true", .worker, .says(#""reasoning": true"#)),
            ]),
        Trial(
            name: "a family of one's own", base: worker("num_samples: 1, reasoning: true"),
            files: ["own.yaml": "acme: {type: prefix, patterns: [stand-in], prefix: '[think] '}\n"],
            effects: [Effect("scenario.formats_file", "{scene}/own.yaml", .worker, .says("[think] "))]),
        Trial(
            name: "a word of older files", base: worker("num_samples: 1"),
            effects: [Effect("backend.use_harmony", "true", .terminal, .says("use_harmony"))]),
        Trial(
            name: "thinking time of a person", base: worker("num_samples: 3", more: "latency_simulation: {enabled: false}"),
            effects: [
                Effect("latency_simulation.enabled", "true", .pauses, .says("at least 0.5 s")),
                Effect("latency_simulation.delay_min", "600ms", .pauses, .says("at least 0.5 s")),
                Effect("latency_simulation.delay_max", "600ms", .pauses, .says("at least 0.5 s")),
            ]),
    ]
}
