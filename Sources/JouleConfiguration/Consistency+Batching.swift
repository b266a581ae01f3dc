import JouleModel

/// Rules about batches, workers beside each other, and models that are split.
extension Consistency {
    private static let budget = "scenario.max_batch_tokens"
    private static let dynamic = "scenario.dynamic_batching"
    private static let batchSize = "scenario.input_shapes.batch_size"
    private static let padTo = "scenario.input_shapes.pad_to"
    private static let processes = "backend.processes"

    static func checkBatching(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let scenario = experiment.scenario
        guard reading.accepts(budget, dynamic, batchSize) else { return }
        guard scenario.dynamicBatching else {
            if scenario.maxBatchTokens != nil {
                reading.warn(
                    "config.no-effect", "`\(budget)` has no effect: \(dynamic) is false", at: origin(budget, root),
                    remedy: "set dynamic_batching: true, or remove it")
            }
            return
        }
        if scenario.maxBatchTokens == nil {
            reading.report(
                "config.missing-key", "`\(budget)` is missing: dynamic batches are as large as it allows", at: origin(dynamic, root),
                remedy: "add max_batch_tokens: 2048, the most tokens of a batch with its padding")
        }
        if let budget = scenario.maxBatchTokens, let width = scenario.padTo, width > budget, reading.accepts(padTo) {
            reading.report(
                "config.conflict",
                "`\(padTo)` is \(width) and `\(Self.budget)` is \(budget): every prompt alone takes more than a batch may",
                at: origin(padTo, root), remedy: "raise max_batch_tokens to at least \(width), or lower pad_to")
        }
        if scenario.batchSize == 1 {
            reading.warn(
                "config.no-effect", "`\(dynamic)` has no effect: `\(batchSize)` is the most prompts of a batch, and is 1",
                at: origin(dynamic, root), remedy: "set input_shapes.batch_size, such as 32")
        }
    }

    static func checkProcesses(_ backend: BackendSpec, _ root: ConfigNode, _ reading: inout Reading) {
        guard backend.processes > 1, reading.accepts(processes, "backend.device", "backend.device_ids") else { return }
        let isOneGPU = backend.device == "mps" || backend.device.hasPrefix("cuda:")
        let devices = backend.deviceIDs?.count ?? (isOneGPU ? 1 : nil)
        guard let devices, devices < backend.processes, backend.device != "cpu" else { return }
        reading.report(
            "config.conflict",
            "num_processes must be <= len(gpu_list), but `\(processes)` is \(backend.processes) and the devices are \(devices)",
            at: origin(processes, root), remedy: "lower backend.processes, or name more GPUs in backend.device_ids")
    }

    /// A worker whose layers are split has a process on each of its devices, which know nothing of another way to lay a model out.
    static func checkSplitWorker(_ backend: BackendSpec, _ root: ConfigNode, _ reading: inout Reading) {
        let key = "backend.tensor_parallel"
        guard backend.tensorParallel > 1, !backend.kind.isServer, reading.accepts(key, "backend.device", "backend.device_ids") else {
            return
        }
        let others: [(key: String, isThere: Bool)] = [
            ("backend.device_map", backend.deviceMap != nil), ("backend.max_memory", backend.maxMemory != nil),
            ("backend.quantization", backend.quantization != nil), ("backend.compile", backend.compile),
        ]
        for other in others where other.isThere {
            reading.report(
                "config.conflict", "`\(key)` splits the layers, and `\(other.key)` does not go with that", at: origin(key, root),
                remedy: "keep one of the two")
        }
        if backend.device == "mps" || backend.device.hasPrefix("cuda:") {
            reading.report(
                "config.conflict", "`\(key)` is \(backend.tensorParallel), and `backend.device` is one device: \(backend.device)",
                at: origin(key, root), remedy: "set device: cuda with device_ids, or device: cpu")
        }
        let wanted = backend.tensorParallel * backend.processes
        if let devices = backend.deviceIDs, devices.count != wanted {
            reading.report(
                "config.conflict",
                "`\(key)` is \(backend.tensorParallel)\(backend.processes > 1 ? " for each of \(backend.processes) workers" : ""), "
                    + "and `backend.device_ids` names \(devices.count) GPUs and not \(wanted)",
                at: origin(key, root), remedy: "name \(wanted) GPUs, or change tensor_parallel")
        }
    }

    static func checkParallelism(_ backend: BackendSpec, _ root: ConfigNode, _ reading: inout Reading) {
        let arguments = backend.parallelArguments
        let (tensor, pipeline) = ("backend.tensor_parallel", "backend.pipeline_parallel")
        guard !arguments.isEmpty, reading.accepts(tensor, pipeline, "backend.launch.command") else { return }
        let key = given(tensor, root) && backend.tensorParallel > 1 ? tensor : pipeline
        guard let launch = backend.server.launch else {
            refuse(
                key, "the server runs already, and only one that the run starts can be told", root,
                remedy: "give backend.launch, or remove it and start the server so", &reading)
            return
        }
        let said = launch.command.first { argument in
            ServerDialect.parallelFlags.contains(String(argument.prefix { $0 != "=" }))
        }
        if let said {
            reading.report(
                "config.conflict", "`\(key)` and `\(said)` in `backend.launch.command` both say how the model is split",
                at: origin(key, root), remedy: "keep one of the two")
        }
    }
}
