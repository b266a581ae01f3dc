import JouleModel

/// What tells one GPU from another.
package struct GPUIdentity: Hashable, Sendable {
    /// Position in NVML's order, which is that of the PCI bus.
    package let index: Int
    package let uuid: String
    package let name: String?
    /// The UUIDs of the MIG slices that exist on it now.
    package let slices: [String]

    package init(index: Int, uuid: String, name: String?, slices: [String] = []) {
        self.index = index
        self.uuid = uuid
        self.name = name
        self.slices = slices
    }

    /// How people call it: `NVIDIA H200 #0`.
    package var title: String { "\(name ?? "NVIDIA GPU") #\(index)" }
}

/// Which GPUs are metered, and why not the others.
package struct GPUSelection: Hashable, Sendable {
    package struct Choice: Hashable, Sendable {
        package let gpu: GPUIdentity
        /// The MIG slices through which the GPU was named; its reading is that of the whole GPU all the same.
        package var slices: [String]
    }

    package var choices: [Choice] = []
    /// What `CUDA_VISIBLE_DEVICES` hides by being wrong or empty, in a sentence.
    package var remark: String?

    /// The GPUs that selectors name, in that order and each once.
    ///
    /// Without selectors, those that `CUDA_VISIBLE_DEVICES` leaves visible; without that, all. An index is always one of NVML's,
    /// whatever the variable says.
    package static func resolve(
        _ selectors: [DeviceSelector]?, cudaVisibleDevices: String?, among gpus: [GPUIdentity]
    ) throws(Failure) -> GPUSelection {
        if let selectors {
            var selection = GPUSelection()
            for selector in selectors { selection.add(try find(selector, among: gpus)) }
            return selection
        }
        if let cudaVisibleDevices { return visible(cudaVisibleDevices, among: gpus) }
        return GPUSelection(choices: gpus.map { Choice(gpu: $0, slices: []) })
    }

    private mutating func add(_ choice: Choice) {
        if let known = choices.firstIndex(where: { $0.gpu == choice.gpu }) {
            for slice in choice.slices where !choices[known].slices.contains(slice) { choices[known].slices.append(slice) }
        } else {
            choices.append(choice)
        }
    }

    // MARK: By name

    private static func find(_ selector: DeviceSelector, among gpus: [GPUIdentity]) throws(Failure) -> Choice {
        let found = candidates(selector, among: gpus)
        guard let first = found.first else {
            throw Failure("meter.unknown-device", "there is no GPU \(selector)", remedy: inventory(of: gpus))
        }
        guard found.count == 1 else {
            throw Failure(
                "meter.unknown-device", "\(selector) is the beginning of \(found.count) UUIDs", remedy: inventory(of: gpus))
        }
        return first
    }

    private static func candidates(_ selector: DeviceSelector, among gpus: [GPUIdentity]) -> [Choice] {
        switch selector {
        case .index(let index): gpus.filter { $0.index == index }.map { Choice(gpu: $0, slices: []) }
        case .uuid(let start): best(gpus.map { Choice(gpu: $0, slices: []) }, start) { $0.gpu.uuid }
        case .mig(let start): slices(start, among: gpus)
        }
    }

    private static func slices(_ start: String, among gpus: [GPUIdentity]) -> [Choice] {
        // Before driver 470 a slice was called `MIG-GPU-<uuid of the GPU>/<instance>/<instance>`.
        if start.hasPrefix("MIG-GPU-") {
            let parent = start.dropFirst(4).prefix { $0 != "/" }
            return gpus.filter { $0.uuid == parent }.map { Choice(gpu: $0, slices: [start]) }
        }
        return best(gpus.flatMap { gpu in gpu.slices.map { Choice(gpu: gpu, slices: [$0]) } }, start) { $0.slices[0] }
    }

    /// A whole UUID names one device even where it begins another's.
    private static func best(_ all: [Choice], _ start: String, uuid: (Choice) -> String) -> [Choice] {
        let exact = all.filter { uuid($0) == start }
        return exact.isEmpty ? all.filter { uuid($0).hasPrefix(start) } : exact
    }

    private static func inventory(of gpus: [GPUIdentity]) -> String {
        if gpus.isEmpty { return "the driver shows no GPU; look at `nvidia-smi -L`" }
        let lines = gpus.map { gpu in
            let slices = gpu.slices.isEmpty ? "" : ", with \(gpu.slices.joined(separator: " and "))"
            return "\(gpu.index) (\(gpu.name ?? "NVIDIA GPU"), \(gpu.uuid)\(slices))"
        }
        return "choose among \(lines.joined(separator: ", "))"
    }

    // MARK: By CUDA_VISIBLE_DEVICES

    /// Reads the variable as CUDA does: the first entry that names no device ends the list, a device named twice empties it.
    ///
    /// The first entry decides whether the list is one of numbers, of GPUs' UUIDs or of slices; a number is as much of the entry as
    /// reads as one. This is CUDA's rule as PyTorch's `torch.cuda` follows it where it must count devices without starting CUDA.
    private static func visible(_ value: String, among gpus: [GPUIdentity]) -> GPUSelection {
        let entries = value.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
        let prefix = ["GPU-", "MIG-"].first { entries[0].hasPrefix($0) }
        var selection = GPUSelection()
        var seen: Set<String> = []
        for entry in entries {
            guard let choice = visibleDevice(entry, prefix: prefix, among: gpus) else {
                selection.remark = endOfList(at: entry, of: value, empty: selection.choices.isEmpty)
                break
            }
            let named = choice.slices.first ?? choice.gpu.uuid
            guard seen.insert(named).inserted else {
                return GPUSelection(remark: "CUDA_VISIBLE_DEVICES=\(value) names \(entry) twice, and CUDA then shows no GPU")
            }
            selection.add(choice)
        }
        return selection
    }

    private static func visibleDevice(_ entry: String, prefix: String?, among gpus: [GPUIdentity]) -> Choice? {
        let found: [Choice]
        switch prefix {
        case nil:
            let digits = entry.prefix { $0.isASCII && $0.isNumber }
            guard let index = Int(digits) else { return nil }
            found = candidates(.index(index), among: gpus)
        case "MIG-" where entry.hasPrefix("MIG-"): found = candidates(.mig(entry), among: gpus)
        case "GPU-" where entry.hasPrefix("GPU-"): found = candidates(.uuid(entry), among: gpus)
        default: found = []
        }
        return found.count == 1 ? found[0] : nil
    }

    private static func endOfList(at entry: String, of value: String, empty: Bool) -> String {
        if empty && (value.isEmpty || entry.hasPrefix("-")) { return "CUDA_VISIBLE_DEVICES=\(value) hides every GPU" }
        return "CUDA_VISIBLE_DEVICES=\(value) names `\(entry)`, which is no GPU here: CUDA ends the list before it"
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
