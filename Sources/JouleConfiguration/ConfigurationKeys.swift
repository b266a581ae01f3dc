import JouleModel

/// Every key of a configuration file, in the order in which they are decoded, shown and listed.
///
/// The order matters once: `phases.preset` lays the lengths that the keys after it change.
enum ConfigurationKeys {
    static let all: [ConfigurationKey] = general + backend + scenario + generation + phases + metrics + reporters

    /// The keys by every name they answer to.
    static let byPath: [[String]: ConfigurationKey] = Dictionary(
        uniqueKeysWithValues: all.flatMap { key in ([key.path] + key.aliases).map { ($0, key) } })

    /// Paths that hold keys rather than a value: `backend`, `scenario.generate_kwargs`.
    static let sections: Set<[String]> = Set(
        byPath.keys.flatMap { path in (1..<path.count).map { Array(path.prefix($0)) } })

    private static let general: [ConfigurationKey] = [
        ConfigurationKey("name", .text(), \.name, fallback: "file name", "Name of the experiment in results and reports."),
        ConfigurationKey("output_dir", .text("path"), \.outputDirectory, "Folder that receives the run directories."),
        ConfigurationKey("repetitions", .count(atLeast: 1), \.repetitions, "How often the experiment is run."),
        ConfigurationKey("seed", .seed, \.seed, "Seed of every random choice: the selection of prompts and the sampling of tokens."),
    ]

    private static let backend: [ConfigurationKey] = [
        ConfigurationKey(
            "backend.type", .choice(BackendSpec.Kind.self, later: UpcomingKeys.backendTypes, noun: "backend type"), \.backend.kind,
            isRequired: true, "What turns prompts into tokens."),
        ConfigurationKey("backend.model", .model, \.backend.model, isRequired: true, "The model to load."),
        ConfigurationKey("backend.revision", Shape<String>.text().optional, \.backend.revision, "Branch, tag or commit of the model."),
        ConfigurationKey(
            "backend.tokenizer", Shape<String>.text().optional, \.backend.tokenizer, fallback: "the model's",
            "Tokenizer of another model."),
        ConfigurationKey(
            "backend.task", .choice(ModelTask.self, also: ["summarisation": .summarization]), \.backend.task, "What the model is for."),
        ConfigurationKey("backend.device", .device, \.backend.device, "Where the model runs."),
        ConfigurationKey(
            "backend.device_ids", aliases: ["backend.gpu_list"], Shape<[DeviceSelector]>.devices.optional, \.backend.deviceIDs,
            fallback: "all visible", "The GPUs to use, by NVML index or UUID."),
        ConfigurationKey(
            "backend.device_map", .deviceMap, \.backend.deviceMap, fallback: "none; auto with several devices",
            "How the layers are spread over devices."),
        ConfigurationKey(
            "backend.max_memory", Shape<[String: String]>.table(of: .memorySize, "map of device to size").optional,
            \.backend.maxMemory, "The most memory to take on each device, such as {0: 20GB, cpu: 40GB}."),
        ConfigurationKey("backend.torch_dtype", .choice(TorchDtype.self), \.backend.torchDtype, "Data type of the weights."),
        quantization,
        ConfigurationKey("backend.trust_remote_code", .flag, \.backend.trustRemoteCode, "Run code that comes with the model."),
        ConfigurationKey("backend.attn_implementation", .text(), \.backend.attentionImplementation, "Attention kernel of transformers."),
        ConfigurationKey("backend.compile", .flag, \.backend.compile, "Compile the model with torch.compile."),
        ConfigurationKey(
            "backend.python", Shape<String>.text("path").optional, \.backend.python, fallback: "from `setup pytorch`",
            "Interpreter of the worker."),
        ConfigurationKey(
            "backend.command", Shape<String>.text().list(orOne: false, allowsEmpty: false).optional, \.backend.command,
            "Program and arguments of the `command` backend, which speaks the worker's JSON lines."),
    ]

    private static let quantization = ConfigurationKey(
        "backend.quantization", type: Shape<QuantizationChoice>.quantization.description, fallback: "none",
        "Weights in fewer bits; the names of data types mean none, with that type.",
        decode: { setting, experiment, reading in
            guard let choice = Shape<QuantizationChoice>.quantization.decode(setting, &reading) else { return }
            experiment.backend.quantization = choice.quantization
            guard let dtype = choice.dtype else { return }
            let other = experiment.backend.torchDtype
            if other != .auto, other != dtype {
                setting.report(
                    "config.conflict", "`backend.quantization` asks for \(dtype.rawValue) and `backend.torch_dtype` for \(other.rawValue)",
                    remedy: "keep one of the two", to: &reading)
            }
            experiment.backend.torchDtype = dtype
        },
        render: { Shape<QuantizationChoice>.quantization.render(QuantizationChoice(quantization: $0.backend.quantization)) })

    private static let scenario: [ConfigurationKey] = [
        ConfigurationKey(
            "scenario.dataset_name", .dataset, \.scenario.datasetName,
            "Where prompts come from; paths are relative to the working directory."),
        ConfigurationKey(
            "scenario.text_column_name", Shape<String>.text().optional, \.scenario.textColumnName,
            fallback: "first of text, prompt, instruction, input, question", "The field of a `.jsonl` line that holds the prompt."),
        ConfigurationKey(
            "scenario.num_samples", .count(atLeast: 1), \.scenario.sampleCount, "How many prompts are used."),
        ConfigurationKey(
            "scenario.selection", .choice(ScenarioSpec.Selection.self), \.scenario.selection,
            "The first prompts in file order; all shuffled, then the first; or a random choice in file order."),
        ConfigurationKey("scenario.truncation", .flag, \.scenario.truncation, "Cut prompts that are too long for the model."),
        ConfigurationKey(
            "scenario.max_input_tokens", aliases: ["scenario.input_shapes.sequence_length"], Shape<Int>.count(atLeast: 1).optional,
            \.scenario.maxInputTokens, "The most tokens of a prompt."),
        ConfigurationKey(
            "scenario.input_shapes.batch_size", aliases: ["scenario.batching_options.batch_size"], .count(atLeast: 1),
            \.scenario.batchSize, "Prompts per batch."),
        ConfigurationKey("scenario.save_outputs", .flag, \.scenario.saveOutputs, "Keep the generated texts."),
    ]

    private static let generation: [ConfigurationKey] = [
        ConfigurationKey(
            "scenario.generate_kwargs.max_new_tokens", .count(atLeast: 1), \.scenario.generation.maxNewTokens,
            "The most tokens of an answer."),
        ConfigurationKey(
            "scenario.generate_kwargs.min_new_tokens", .count(atLeast: 0), \.scenario.generation.minNewTokens,
            "The fewest tokens of an answer; equal to the most, every answer has that length."),
        ConfigurationKey(
            "scenario.generate_kwargs.temperature", .number(0...10), \.scenario.generation.temperature, "0 takes the likeliest token."),
        ConfigurationKey(
            "scenario.generate_kwargs.top_p", .number(0...1, aboveZero: true), \.scenario.generation.topP,
            "Sample from the likeliest tokens of this total probability."),
        ConfigurationKey(
            "scenario.generate_kwargs.top_k", .topK, \.scenario.generation.topK, "Sample from this many tokens; 0 and -1 mean all."),
        ConfigurationKey(
            "scenario.generate_kwargs.do_sample", Shape<Bool>.flag.optional, \.scenario.generation.doSample,
            fallback: "temperature > 0", "Sample rather than take the likeliest token."),
        ConfigurationKey(
            "scenario.generate_kwargs.repetition_penalty", .number(0...10, aboveZero: true), \.scenario.generation.repetitionPenalty,
            "1 leaves repetition alone."),
        ConfigurationKey(
            "scenario.generate_kwargs.ignore_eos", .flag, \.scenario.generation.ignoreEOS, "Go on after the token that ends an answer."),
        ConfigurationKey(
            "scenario.generate_kwargs.stop", Shape<String>.stopText.list(), \.scenario.generation.stop, fallback: "–",
            "Texts that end an answer."),
    ]

    private static let phases: [ConfigurationKey] = [
        ConfigurationKey(
            "phases.preset", type: Shape<PhasesSpec.Preset>.preset.description, fallback: "quick",
            "Lengths of all phases, which the keys below change.",
            decode: { setting, experiment, reading in
                switch Shape<PhasesSpec.Preset>.preset.decode(setting, &reading) {
                case .quick?: experiment.phases = .quick
                case PhasesSpec.Preset.none?: experiment.phases = .none
                case nil: break
                }
            },
            render: { Shape<PhasesSpec.Preset>.preset.render($0.phases.preset) }),
        ConfigurationKey("phases.idle_host", .duration(), \.phases.idleHost, "Idle before the model is loaded."),
        ConfigurationKey("phases.idle_loaded", .duration(), \.phases.idleLoaded, "Idle with the model loaded."),
        ConfigurationKey("phases.warmup_requests", .count(atLeast: 0), \.phases.warmupRequests, "Requests that are in no figure."),
        ConfigurationKey("phases.cooldown", .duration(), \.phases.cooldown, "Idle after the last request."),
    ]

    private static let metrics: [ConfigurationKey] = [
        ConfigurationKey("metrics.enabled", .flag, \.metrics.enabled, "Measure energy at all."),
        ConfigurationKey(
            "metrics.type", type: "`native`; `codecarbon`, `zeus` are accepted names for it", fallback: "native",
            "Kept for files of older tools; the meters are always this program's own.",
            decode: { setting, _, reading in _ = Shape<EngineName>.choice(EngineName.self).decode(setting, &reading) },
            render: { _ in nil }),
        ConfigurationKey("metrics.meters", .meters, \.metrics.meters, "The meters to read."),
        ConfigurationKey(
            "metrics.sample_period", .duration(.milliseconds(1)...(.seconds(60))), \.metrics.samplePeriod, "Time between two readings."),
        ConfigurationKey(
            "metrics.require", Shape<Scope>.choice(Scope.self, noun: "scope").list(), \.metrics.require, fallback: "–",
            "Scopes that must be measured, or the run does not start."),
        ConfigurationKey("metrics.project_name", Shape<String>.text().optional, \.metrics.projectName, "Named in exports."),
        ConfigurationKey(
            "metrics.country_iso_code", Shape<String>.country.optional, \.metrics.countryISOCode, "Country of the machine."),
        ConfigurationKey("metrics.region", Shape<String>.text().optional, \.metrics.region, "Region inside the country."),
    ]

    private static let reporters: [ConfigurationKey] = [
        ConfigurationKey(
            "reporter", Shape<ReporterSpec>.reporter.list(), \.reporters, fallback: "json and html in the run directory",
            "Where results go besides the run directory.")
    ]
}

/// Measuring engines of the older tools.
private enum EngineName: String, CaseIterable, Sendable { case native, codecarbon, zeus }

extension Shape<PhasesSpec.Preset> {
    fileprivate static var preset: Shape { .choice(PhasesSpec.Preset.self, later: ["protocol"], noun: "preset") }
}

extension Shape<Int?> {
    /// 0 and -1 are how other tools say "all", and mean that nothing is asked for.
    fileprivate static var topK: Shape {
        let count = Shape<Int>.count(atLeast: 1)
        return Shape(
            "int ≥ 1",
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
            "text",
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
        let known = "known are builtin:quickstart, and the path of a .txt or .jsonl file"
        return Shape(
            "`builtin:quickstart`, or the path of a `.txt` or `.jsonl` file",
            decode: { setting, reading in
                guard let name = text().decode(setting, &reading) else { return nil }
                let lowered = name.lowercased()
                if name == "builtin:quickstart" || lowered.hasSuffix(".txt") || lowered.hasSuffix(".jsonl") { return name }
                if name.hasPrefix("builtin:") {
                    setting.report("config.invalid-value", "there is no built-in data set `\(name)`", remedy: known, to: &reading)
                } else {
                    setting.report(
                        "config.not-available", "the data set `\(name)` is not available in this version", remedy: known, to: &reading)
                }
                return nil
            },
            render: { .text($0) })
    }
}
