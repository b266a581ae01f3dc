import JouleModel
import JouleUnits

extension Recording {
    /// What a reader needs to know of the machine, by name; a value that was not read is nil.
    var environmentFacts: [(name: String, value: String?)] {
        let system = environment.system
        let cpu = environment.cpu
        var facts: [(name: String, value: String?)] = [
            ("host", system.hostname),
            ("system", [system.name, system.kernel, system.architecture].compactMap(\.self).joined(separator: ", ")),
            ("container", system.container ?? "none seen"), ("processor", cpu.model),
            (
                "cores",
                "\(cpu.logicalCores) logical" + (cpu.sockets.map { ", \($0) sockets" } ?? "")
                    + (cpu.governor.map { ", governor \($0)" } ?? "") + (cpu.virtualMachine == true ? ", virtual machine" : "")
            ),
            ("memory", environment.memory.totalBytes.map(\.text)),
        ]
        if let limit = environment.memory.limitBytes { facts.append(("memory limit", limit.text)) }
        if !environment.gpus.isEmpty {
            facts += [("NVIDIA driver", environment.nvidiaDriver), ("CUDA", environment.cudaVersion)]
        }
        for (name, version) in environment.versions.sorted(by: { $0.key < $1.key }) { facts.append((name, version)) }
        guard let process else { return facts }
        facts += [
            ("model class", process.modelClass), ("model revision", process.modelRevision),
            ("parameters", process.parameters.map { NumberText.count(Int($0)) }), ("precision", process.dtype),
            ("context length", process.contextLength.map { "\(NumberText.count($0)) tokens" }),
            ("memory of the model", process.modelMemory.map(\.text)), ("peak memory", process.peakMemory.map(\.text)),
        ]
        return facts
    }
}

extension ByteCount {
    /// `141.0 GB`.
    var text: String {
        let scale = UnitScale.best(for: Double(bytes), unit: "B")
        return "\(NumberText.significant(Double(bytes) * scale.factor)) \(scale.unit)"
    }
}
