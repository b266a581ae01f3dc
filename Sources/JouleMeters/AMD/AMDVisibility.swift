import JouleModel

/// Which AMD GPUs a process of this environment gets to see.
///
/// ROCm filters twice: `ROCR_VISIBLE_DEVICES` chooses among all GPUs by index or `GPU-…`, and `HIP_VISIBLE_DEVICES` (for HIP also under
/// the name `CUDA_VISIBLE_DEVICES`) among those that are left, whose indices count anew. In both an entry that names no GPU ends the
/// list, and an empty value hides all.
struct AMDVisibility: Hashable, Sendable {
    private(set) var gpus: [GPUIdentity]
    /// What a variable hides by being wrong or empty, each in a sentence.
    private(set) var remarks: [String] = []

    init(variables: [String: String], among all: [GPUIdentity]) {
        gpus = all
        narrow(by: "ROCR_VISIBLE_DEVICES", variables)
        if variables["HIP_VISIBLE_DEVICES"] != nil {
            narrow(by: "HIP_VISIBLE_DEVICES", variables)
        } else {
            narrow(by: "CUDA_VISIBLE_DEVICES", variables)
        }
    }

    private mutating func narrow(by name: String, _ variables: [String: String]) {
        guard let value = variables[name] else { return }
        var chosen: [GPUIdentity] = []
        for entry in value.split(separator: ",", omittingEmptySubsequences: false) {
            let entry = entry.filter { $0 != " " }
            guard let gpu = Self.find(entry, in: gpus), !chosen.contains(gpu) else {
                remarks.append(
                    chosen.isEmpty && (entry.isEmpty || entry.hasPrefix("-"))
                        ? "\(name)=\(value) hides every AMD GPU"
                        : "\(name)=\(value) names `\(entry)`, which is no further GPU here: the list ends before it")
                break
            }
            chosen.append(gpu)
        }
        gpus = chosen
    }

    private static func find(_ entry: String, in gpus: [GPUIdentity]) -> GPUIdentity? {
        if entry.uppercased().hasPrefix("GPU-") { return gpus.first { $0.uuid.lowercased() == entry.lowercased() } }
        guard let index = Int(entry), gpus.indices.contains(index) else { return nil }
        return gpus[index]
    }
}
