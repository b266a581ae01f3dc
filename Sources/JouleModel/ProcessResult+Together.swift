import JouleUnits

extension ProcessResult {
    /// What several workers with the same model were together: tokens, rate and memory are sums. The peak is one too, as if all had
    /// been at theirs at once.
    ///
    /// - Returns: the only one as it is; nil of none.
    package static func together(_ processes: [ProcessResult]) -> ProcessResult? {
        guard var whole = processes.first, processes.count > 1 else { return processes.first }
        whole.pid = nil
        whole.devices = processes.reduce(into: []) { all, process in
            for device in process.devices where !all.contains(device) { all.append(device) }
        }
        whole.start = processes.compactMap(\.start).min()
        whole.end = processes.compactMap(\.end).max()
        whole.inputTokens = processes.reduce(0) { $0 + $1.inputTokens }
        whole.outputTokens = processes.reduce(0) { $0 + $1.outputTokens }
        whole.batches = total(processes.map(\.batches), +)
        whole.paddingTokens = total(processes.map(\.paddingTokens), +)
        whole.inferenceSeconds = nil
        if let start = whole.start, let end = whole.end, end > start { whole.inferenceSeconds = (end - start).seconds }
        whole.tokensPerSecond = total(processes.map(\.tokensPerSecond), +)
        whole.meanLatencySeconds = nil
        whole.energyByScope = [:]
        whole.modelMemory = total(processes.map(\.modelMemory)) { ByteCount($0.bytes + $1.bytes) }
        whole.peakMemory = total(processes.map(\.peakMemory)) { ByteCount($0.bytes + $1.bytes) }
        whole.lastErrorLines = processes.flatMap(\.lastErrorLines)
        return whole
    }

    /// nil when one of them is not known: a part is no sum.
    private static func total<Value>(_ values: [Value?], _ add: (Value, Value) -> Value) -> Value? {
        let known = values.compactMap(\.self)
        guard known.count == values.count, let first = known.first else { return nil }
        return known.dropFirst().reduce(first, add)
    }
}
