import JouleModel

extension ConfigurationKeys {
    /// Which prompts go into one batch, and what is kept of the answers.
    static let batching: [ConfigurationKey] = [
        ConfigurationKey(
            "scenario.dynamic_batching", .flag, \.scenario.dynamicBatching, for: .workers(ownBatches, remedy: "use load.concurrency"),
            "Put as many prompts into a batch as max_batch_tokens has room for, at most batch_size."),
        ConfigurationKey(
            "scenario.max_batch_tokens", Shape<Int>.count(atLeast: 1).optional, \.scenario.maxBatchTokens,
            for: .workers(ownBatches, remedy: "remove it; vLLM has --max-num-batched-tokens"), when: { $0.scenario.dynamicBatching },
            "The most prompt tokens of a dynamic batch with its padding: its longest prompt times its prompts."),
        ConfigurationKey(
            "scenario.sort_by_length", .flag, \.scenario.sortsByLength, for: .workers(ownBatches),
            "Put prompts of like lengths into one batch, the longest first."),
        ConfigurationKey(
            "scenario.decode_token_to_text", .flag, \.scenario.decodesOutputs,
            for: .workers("a server answers in text", remedy: "remove it"), when: { $0.scenario.saveOutputs },
            "Save outputs as text; false saves the ids of their tokens."),
    ]

    private static let ownBatches = "requests are sent one by one, and the server makes its own batches"

    /// Several workers beside each other, and a model that is split over devices.
    static let parallelism: [ConfigurationKey] = [
        ConfigurationKey(
            "backend.processes", aliases: ["backend.num_processes"], .count(atLeast: 1), \.backend.processes,
            for: .workers("no worker is started", remedy: "remove it; load.concurrency has a server answer several requests at once"),
            "Workers that each hold the whole model and answer every n-th prompt; each has devices of its own, or a share of the processor."
        ),
        ConfigurationKey(
            "backend.tensor_parallel", .count(atLeast: 1), \.backend.tensorParallel, for: splitLayers,
            when: { $0.backend.server.launch != nil || !$0.backend.kind.isServer },
            "Devices that each layer is split over: processes of the worker, or an argument of the server that the run starts."),
        ConfigurationKey(
            "backend.pipeline_parallel", .count(atLeast: 1), \.backend.pipelineParallel, for: splitSequence,
            when: { $0.backend.server.launch != nil },
            "Stages that the layers are split into: an argument of the server that the run starts."),
    ]

    private static let splitLayers = Audience { kind in
        if kind.isSimulation { return noDevices(of: kind) }
        guard let dialect = kind.dialect, dialect.tensorParallelFlag == nil else { return nil }
        return unknownArgument(of: kind)
    }

    private static let splitSequence = Audience { kind in
        if kind.isSimulation { return noDevices(of: kind) }
        guard let dialect = kind.dialect else {
            return Audience.Refusal(
                reason: "a worker splits layers and not their sequence",
                remedy: "backend.device_map: auto spreads whole layers over device_ids; backend.tensor_parallel splits each of them")
        }
        return dialect.pipelineParallelFlag == nil ? unknownArgument(of: kind) : nil
    }

    private static func noDevices(of kind: BackendSpec.Kind) -> Audience.Refusal {
        Audience.Refusal(reason: "`\(kind.rawValue)` has no devices and starts no server", remedy: "remove it")
    }

    private static func unknownArgument(of kind: BackendSpec.Kind) -> Audience.Refusal {
        Audience.Refusal(reason: "no argument of \(kind.title)'s server is known for it", remedy: "say it in backend.launch.command")
    }
}
