extension ServerDialect {
    /// The argument of the server's own program for the number of devices that each layer is split over; nil where none is known.
    package var tensorParallelFlag: String? {
        switch self {
        case .vllm: "--tensor-parallel-size"
        case .sglang: "--tp-size"
        case .trtllm: "--tp_size"
        case .tgi: "--num-shard"
        case .openai, .llamacpp, .ollama: nil
        }
    }

    /// Likewise for the number of stages that the layers are split into.
    package var pipelineParallelFlag: String? {
        switch self {
        case .vllm: "--pipeline-parallel-size"
        case .sglang: "--pp-size"
        case .trtllm: "--pp_size"
        case .openai, .llamacpp, .ollama, .tgi: nil
        }
    }

    /// Every spelling that the servers take for the two.
    package static let parallelFlags: Set<String> = [
        "--tensor-parallel-size", "-tp", "--tp-size", "--tp", "--tp_size", "--num-shard", "--pipeline-parallel-size", "-pp", "--pp-size",
        "--pp", "--pp_size",
    ]
}

extension BackendSpec {
    /// What is added to the command of a server that the run starts; nothing for a model that is not split.
    package var parallelArguments: [String] {
        guard let dialect = kind.dialect else { return [] }
        return [(dialect.tensorParallelFlag, tensorParallel), (dialect.pipelineParallelFlag, pipelineParallel)].flatMap { flag, count in
            count > 1 ? flag.map { [$0, String(count)] } ?? [] : []
        }
    }
}
