import JouleModel

extension ConfigurationKeys {
    static let backend: [ConfigurationKey] = [
        ConfigurationKey(
            "backend.type",
            .choice(BackendSpec.Kind.self, also: ["tensorrt": .trtllm], noun: "backend type"), \.backend.kind, isRequired: true,
            "What turns prompts into tokens."),
        ConfigurationKey("backend.model", .model, \.backend.model, isRequired: true, "The model to load, or by its name on a server."),
        ConfigurationKey(
            "backend.revision", Shape<String>.text().optional, \.backend.revision, for: .workers(), "Branch, tag or commit of the model."),
        ConfigurationKey(
            "backend.tokenizer", Shape<String>.text().optional, \.backend.tokenizer, fallback: "the model's",
            for: .workers("a server counts tokens with its own", remedy: "remove it"), "Tokenizer of another model."),
        ConfigurationKey(
            "backend.task", .choice(ModelTask.self, also: ["summarisation": .summarization]), \.backend.task,
            for: .workers(
                "a server has loaded its model, and prompts go to it as they are",
                remedy: "remove it, and put words such as `summarize:` into scenario.template"), "What the model is for."),
        ConfigurationKey("backend.device", .device, \.backend.device, "Where the model runs; on a server backend only recorded."),
        ConfigurationKey(
            "backend.device_ids", aliases: ["backend.gpu_list"], Shape<[DeviceSelector]>.devices.optional, \.backend.deviceIDs,
            fallback: "all visible", "The GPUs to use, by NVML index or UUID; on a server backend those to meter."),
        ConfigurationKey(
            "backend.device_map", .deviceMap, \.backend.deviceMap, fallback: "none; auto with several devices",
            for: .workers(), "How the layers are spread over devices."),
        ConfigurationKey(
            "backend.max_memory", Shape<[String: String]>.table(of: .memorySize, "map of device to size").optional,
            \.backend.maxMemory, for: .workers(), "The most memory to take on each device, such as {0: 20GB, cpu: 40GB}."),
        ConfigurationKey(
            "backend.torch_dtype", .choice(TorchDtype.self), \.backend.torchDtype, for: .workers(), "Data type of the weights."),
        quantization,
        ConfigurationKey(
            "backend.trust_remote_code", .flag, \.backend.trustRemoteCode, for: .workers(), "Run code that comes with the model."),
        ConfigurationKey(
            "backend.attn_implementation", .text(), \.backend.attentionImplementation, for: .workers(), "Attention kernel of transformers."),
        ConfigurationKey("backend.compile", .flag, \.backend.compile, for: .workers(), "Compile the model with torch.compile."),
        ConfigurationKey(
            "backend.python", Shape<String>.text("path").optional, \.backend.python, fallback: "from `setup pytorch`",
            for: pythonWorker, "Interpreter of the worker."),
        ConfigurationKey(
            "backend.command", Shape<String>.text().list(orOne: false, allowsEmpty: false).hidingArguments.optional, \.backend.command,
            for: commandWorker,
            "Program and arguments of the `command` backend, which speaks the worker's JSON lines."),
    ]

    private static let quantization = ConfigurationKey(
        "backend.quantization", type: Shape<QuantizationChoice>.quantization.description,
        schema: Shape<QuantizationChoice>.quantization.schema, fallback: "none", for: .workers(),
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

    private static let pythonWorker = Audience { kind in
        switch kind {
        case .pytorch: nil
        case .command: Audience.Refusal(reason: "the `command` backend starts its own program", remedy: "remove it")
        case .vllm, .openai, .llamacpp, .sglang, .tgi, .ollama, .trtllm, .simulated, .replay:
            Audience.Refusal(reason: "requests go to a server, and no worker is started", remedy: "remove it")
        }
    }

    private static let commandWorker = Audience { kind in
        switch kind {
        case .pytorch: Audience.Refusal(reason: "the `pytorch` backend starts its own worker", remedy: "remove it")
        case .command: nil
        case .vllm, .openai, .llamacpp, .sglang, .tgi, .ollama, .trtllm, .simulated, .replay:
            Audience.Refusal(
                reason: "requests go to a server", remedy: "if the run is to start the server, that is backend.launch.command")
        }
    }
}
