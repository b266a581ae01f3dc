import JouleModel
import JouleUnits

/// What `nvidia-smi` says about the machine's GPUs before it is asked to repeat itself.
struct NvidiaSMICensus {
    struct Entry {
        var gpu: RunEnvironment.GPU
        var power: NvidiaSMIPower?
    }

    var entries: [Entry] = []
    var driverVersion: String?
    /// Whether the tool knows `power.draw.instant`.
    var tellsInstant: Bool
    var hasMIG: Bool { entries.contains { $0.gpu.migMode == true } }

    /// The questions from the richest to what every driver answers: one unknown column spoils a whole query.
    ///
    /// The name is last, because it alone may hold a comma.
    private static let state = [
        "index", "uuid", "pci.bus_id", "memory.total", "driver_version", "vbios_version", "persistence_mode", "mig.mode.current",
        "ecc.mode.current", "enforced.power.limit", "power.min_limit", "power.max_limit", "clocks.max.sm", "clocks.max.mem",
    ]
    static let questions = [
        state + ["power.draw", "power.draw.instant", "name"],
        state.filter { $0 != "mig.mode.current" } + ["power.draw", "name"],
        ["index", "uuid", "power.draw", "name"],
    ]

    static func take(with smi: NvidiaSMI) throws(Failure) -> NvidiaSMICensus {
        var answer = ""
        for question in questions {
            answer = try smi.output(["--query-gpu=\(question.joined(separator: ","))", "--format=csv,noheader,nounits"])
            if let census = NvidiaSMICensus(answer, to: question) { return census }
            if !answer.contains("not a valid field") { break }
        }
        let words = answer.split(separator: "\n").first.map(String.init)
        if words?.contains("No devices") == true { return NvidiaSMICensus(tellsInstant: false) }
        throw Failure(
            "meter.unavailable", "nvidia-smi lists no GPU", cause: words ?? "it printed nothing", remedy: "run `\(smi.executable)` by hand")
    }

    private init(tellsInstant: Bool) { self.tellsInstant = tellsInstant }

    /// Nil when no line answers the question.
    init?(_ text: String, to question: [String]) {
        tellsInstant = question.contains("power.draw.instant")
        for line in text.split(whereSeparator: { $0.isNewline }) {
            let fields = NvidiaSMIRow.fields(of: line)
            guard fields.count >= question.count else { continue }
            var values = Dictionary(uniqueKeysWithValues: zip(question, fields))
            values["name"] = fields[(question.count - 1)...].joined(separator: ", ")
            guard let entry = Self.entry(values) else { continue }
            entries.append(entry)
            driverVersion = Self.text(values["driver_version"]) ?? driverVersion
        }
        if entries.isEmpty { return nil }
    }

    private static func entry(_ values: [String: String]) -> Entry? {
        guard let index = values["index"].flatMap({ Int($0) }), let uuid = values["uuid"], uuid.hasPrefix("GPU-") else { return nil }
        func number(_ key: String) -> Double? { values[key].flatMap { NvidiaSMIRow.number($0) } }
        func enabled(_ key: String) -> Bool? { ["Enabled": true, "Disabled": false][values[key] ?? ""] }
        var gpu = RunEnvironment.GPU(index: index, uuid: uuid)
        gpu.name = text(values["name"])
        gpu.pciBusID = text(values["pci.bus_id"])
        gpu.memoryBytes = values["memory.total"].flatMap { NvidiaSMIRow.mebibytes($0) }
        gpu.vbios = text(values["vbios_version"])
        gpu.persistenceMode = enabled("persistence_mode")
        gpu.migMode = enabled("mig.mode.current")
        gpu.eccMode = enabled("ecc.mode.current")
        gpu.powerLimitWatts = number("enforced.power.limit")
        gpu.powerLimitMinWatts = number("power.min_limit")
        gpu.powerLimitMaxWatts = number("power.max_limit")
        gpu.smClockMaxMHz = number("clocks.max.sm")
        gpu.memoryClockMaxMHz = number("clocks.max.mem")
        let power: NvidiaSMIPower? = number("power.draw.instant") != nil ? .instant : number("power.draw") != nil ? .draw : nil
        return Entry(gpu: gpu, power: power)
    }

    /// Words in square brackets, and two without, are the tool's ways to say that it has none.
    private static func text(_ field: String?) -> String? {
        guard let field, !field.isEmpty, !field.hasPrefix("["), field != "N/A", field != "Not Supported" else { return nil }
        return field
    }

    /// The MIG slices that `nvidia-smi -L` lists below each GPU, by the GPU's UUID.
    static func slices(in listing: String) -> [String: [String]] {
        var slices: [String: [String]] = [:]
        var parent: String?
        for line in listing.split(whereSeparator: { $0.isNewline }) {
            guard let start = line.firstRange(of: "UUID: ")?.upperBound else { continue }
            let uuid = String(line[start...].prefix { $0 != ")" })
            if uuid.hasPrefix("GPU-") { parent = uuid }
            if uuid.hasPrefix("MIG-"), let parent { slices[parent, default: []].append(uuid) }
        }
        return slices
    }

    /// The processes that compute, each with its GPU.
    static func processes(in listing: String) -> [(uuid: String, pid: Int)] {
        listing.split(whereSeparator: { $0.isNewline }).compactMap { line in
            let fields = NvidiaSMIRow.fields(of: line)
            guard fields.count == 2, let pid = Int(fields[1]) else { return nil }
            return (fields[0], pid)
        }
    }
}
