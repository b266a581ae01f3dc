import JouleModel

/// Rules about reporters and what they report on.
extension Consistency {
    static func checkReporters(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let key = "reporter"
        guard reading.accepts(key), !experiment.backend.kind.isServer else { return }
        guard let index = experiment.reporters.firstIndex(where: { $0.kind == .vllm }) else { return }
        var place = root[[key]]?.origin
        if case .list(let items)? = root[[key]]?.content, items.indices.contains(index) { place = items[index].origin }
        reading.report(
            "config.not-honoured",
            "the reporter `vllm` cannot be honoured: `vllm bench serve` describes requests to a server, and a worker answers batches",
            at: place, remedy: "use a backend that is a server, or reporter: jsonl for every figure of this run")
    }
}
