import JouleModel

extension ConfigurationKeys {
    static let scenario: [ConfigurationKey] = [
        ConfigurationKey(
            "scenario.dataset_name", .dataset, \.scenario.datasetName,
            fallback: "builtin:quickstart; synthetic with prompt_lengths",
            "Where prompts come from; paths are relative to the working directory."),
        ConfigurationKey(
            "scenario.text_column_name", Shape<String>.text().optional, \.scenario.textColumnName,
            fallback: "first of text, prompt, instruction, input, question",
            "The column that holds the prompt."),
        ConfigurationKey(
            "scenario.dataset_config", Shape<String>.text().optional, \.scenario.datasetConfig, fallback: "the only one, or `default`",
            "The configuration (subset) of a data set on the hub."),
        ConfigurationKey(
            "scenario.split", Shape<String>.text().optional, \.scenario.split, fallback: "train", "The split of a data set on the hub."),
        ConfigurationKey(
            "scenario.template", Shape<String>.template.optional, \.scenario.template, fallback: "the data set's",
            "How a row becomes a prompt: `{column}` is replaced by the column's text, `{{` is a brace."),
        ConfigurationKey(
            "scenario.num_samples", .count(atLeast: 1), \.scenario.sampleCount, "How many prompts are used."),
        ConfigurationKey(
            "scenario.selection", .choice(ScenarioSpec.Selection.self), \.scenario.selection,
            "The first prompts in file order; all shuffled, then the first; or a random choice in file order."),
        ConfigurationKey(
            "scenario.truncation", .flag, \.scenario.truncation, when: { !$0.backend.kind.isServer },
            "Cut prompts that are too long for the model."),
        ConfigurationKey(
            "scenario.max_input_tokens", aliases: ["scenario.input_shapes.sequence_length"], Shape<Int>.count(atLeast: 1).optional,
            \.scenario.maxInputTokens,
            for: .workers(
                "a server takes each prompt as it is, or refuses it",
                remedy: "remove it; vLLM cuts prompts by extra_body: {truncate_prompt_tokens: N}"),
            "The most tokens of a prompt."),
        ConfigurationKey(
            "scenario.input_length", Shape<Int>.count(atLeast: 1).optional, \.scenario.inputLength,
            for: .workersAnd([.vllm], remedy: "remove it; workers and vLLM cut a prompt by its tokens"),
            "Exactly so many tokens of each prompt: prompts of the data set are joined, as the seed chooses, and cut."),
        ConfigurationKey(
            "scenario.input_shapes.batch_size", aliases: ["scenario.batching_options.batch_size"], .count(atLeast: 1),
            \.scenario.batchSize,
            for: .workers("requests are sent one by one, and the server makes its own batches", remedy: "use load.concurrency"),
            "Prompts per batch."),
        ConfigurationKey(
            "scenario.input_shapes.pad_to", Shape<Int>.count(atLeast: 1).optional, \.scenario.padTo,
            for: .workers("a server pads nothing", remedy: "remove it"),
            "Positions that each prompt of a batch is padded to, at least; padding is never counted as tokens."),
        ConfigurationKey(
            "scenario.prompt_lengths", Shape<LengthDistribution>.lengths.optional, \.scenario.promptLengths,
            "Tokens of a synthetic prompt."),
        ConfigurationKey(
            "scenario.output_lengths", Shape<LengthDistribution>.lengths.optional, \.scenario.outputLengths, for: exactLengths,
            "Tokens of each answer, exactly; in the place of max_new_tokens and min_new_tokens."),
        ConfigurationKey(
            "scenario.shared_prefix_tokens", .count(atLeast: 0), \.scenario.sharedPrefixTokens,
            when: { $0.scenario.datasetName == "synthetic" }, "Tokens of a beginning that all synthetic prompts share."),
        ConfigurationKey(
            "scenario.unique_prefix", .flag, \.scenario.uniquePrefix,
            "Begin each prompt with words of its own, so that no prefix cache can answer for it."),
        ConfigurationKey(
            "scenario.turns", .count(atLeast: 1), \.scenario.turns,
            for: .servers("a worker answers prompts that do not depend on each other", remedy: "use a server with the chat API"),
            when: { $0.backend.kind.isServer },
            "Requests of a conversation: each carries the prompts and the real answers before it."),
        ConfigurationKey("scenario.save_outputs", .flag, \.scenario.saveOutputs, "Keep the generated texts."),
    ]

    static let generation: [ConfigurationKey] = [
        ConfigurationKey(
            "scenario.generate_kwargs.max_new_tokens", .count(atLeast: 1), \.scenario.generation.maxNewTokens,
            when: { $0.scenario.outputLengths == nil },
            "The most tokens of an answer."),
        ConfigurationKey(
            "scenario.generate_kwargs.min_new_tokens", .count(atLeast: 0), \.scenario.generation.minNewTokens,
            for: .workersAnd([.vllm, .sglang, .trtllm], remedy: "remove it; with llama.cpp, ignore_eos: true forces max_new_tokens"),
            when: { $0.scenario.outputLengths == nil },
            "The fewest tokens of an answer; equal to the most, every answer has that length."),
        ConfigurationKey(
            "scenario.generate_kwargs.temperature", .number(0...10), \.scenario.generation.temperature, "0 takes the likeliest token."),
        ConfigurationKey(
            "scenario.generate_kwargs.top_p", .number(0...1, aboveZero: true), \.scenario.generation.topP,
            "Sample from the likeliest tokens of this total probability."),
        ConfigurationKey(
            "scenario.generate_kwargs.top_k", .topK, \.scenario.generation.topK,
            for: .workersAnd(rich), "Sample from this many tokens; 0 and -1 mean all."),
        ConfigurationKey(
            "scenario.generate_kwargs.do_sample", Shape<Bool>.flag.optional, \.scenario.generation.doSample,
            fallback: "temperature > 0", "Sample rather than take the likeliest token."),
        ConfigurationKey(
            "scenario.generate_kwargs.repetition_penalty", .number(0...10, aboveZero: true), \.scenario.generation.repetitionPenalty,
            for: .workersAnd(rich), "1 leaves repetition alone."),
        ConfigurationKey(
            "scenario.generate_kwargs.ignore_eos", .flag, \.scenario.generation.ignoreEOS,
            for: .workersAnd(rich), "Go on after the token that ends an answer."),
        ConfigurationKey(
            "scenario.generate_kwargs.stop", Shape<String>.stopText.list(), \.scenario.generation.stop, fallback: "–",
            "Texts that end an answer."),
    ]

    /// Servers that take more parameters than the interface itself has.
    private static let rich: Set<ServerDialect> = [.vllm, .sglang, .llamacpp, .trtllm]

    private static let exactLengths = Audience { kind in
        guard let dialect = kind.dialect else {
            return Audience.Refusal(
                reason: "all requests to a worker have one length", remedy: "set min_new_tokens and max_new_tokens to the same number")
        }
        guard !rich.contains(dialect) else { return nil }
        return Audience.Refusal(
            reason: "\(kind.title) has no ignore_eos, so no answer can be made to have a length",
            remedy: "max_new_tokens gives the longest answer")
    }
}

extension Shape<Int?> {
    /// 0 and -1 are how other tools say "all", and mean that nothing is asked for.
    fileprivate static var topK: Shape {
        let count = Shape<Int>.count(atLeast: 1)
        return Shape(
            "int ≥ 1", schema: .any(of: [count.schema, .integer(atLeast: -1)]),
            decode: { setting, reading in
                if case .scalar(let text, isQuoted: false) = setting.node.content, ["0", "-1"].contains(text) { return .some(nil) }
                return count.decode(setting, &reading).map(Optional.some)
            },
            render: { $0.flatMap(count.render) })
    }
}

extension Shape<String> {
    /// A text that may be white space, such as a line end.
    fileprivate static var stopText: Shape {
        Shape(
            "text", schema: .text,
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "a text", to: &reading)
                    return nil
                }
                guard !text.isEmpty else {
                    setting.report("config.invalid-value", "`\(setting.path)` is empty", to: &reading)
                    return nil
                }
                return text
            },
            render: { .text($0) })
    }

    fileprivate static var dataset: Shape {
        Shape(
            "`builtin:quickstart`, `synthetic`, a file (`.txt`, `.jsonl`, `.csv`, `.json`, `.parquet`), a folder, or `owner/name` on the hub",
            schema: .text(examples: ["builtin:quickstart", "synthetic", "alpaca", "gsm8k"]),
            decode: { setting, reading in
                guard let name = text().decode(setting, &reading) else { return nil }
                do throws(Failure) {
                    _ = try DatasetReference(name)
                    return name
                } catch {
                    setting.report("config.invalid-value", error.message, remedy: error.remedy, to: &reading)
                    return nil
                }
            },
            render: { .text($0) })
    }

    /// A name or a text with places for columns.
    fileprivate static var template: Shape {
        Shape(
            "`alpaca`, `gsm8k`, `sharegpt`, or text with `{column}`", schema: .text(examples: ["alpaca", "Summarize: {text}"]),
            decode: { setting, reading in
                guard let text = text().decode(setting, &reading) else { return nil }
                do throws(Failure) {
                    _ = try PromptTemplate(parsing: text)
                    return text
                } catch {
                    setting.report("config.invalid-value", error.message, remedy: error.remedy, to: &reading)
                    return nil
                }
            },
            render: { .text($0) })
    }
}
