import JouleModel

/// What an ACPI power meter of an NVIDIA Grace machine covers, as its `power1_oem_info` says: `Module Power Socket 0`.
///
/// The module is the whole superchip with its GPU; `Grace` is the CPU socket, and `CPU` and `SysIO` are its two rails (NVIDIA Grace
/// Performance Tuning Guide, power telemetry).
struct GraceSocket: Hashable {
    enum Part: String, CaseIterable {
        case module = "Module", grace = "Grace", cpu = "CPU", sysIO = "SysIO"
    }

    let part: Part
    let socket: Int

    init?(label: String) {
        let words = label.split(separator: " ")
        guard words.count == 4, words[1] == "Power", words[2] == "Socket", let part = Part(rawValue: String(words[0])),
            let socket = Int(words[3])
        else { return nil }
        self.part = part
        self.socket = socket
    }

    /// Alone on its socket, as nothing else was metered there.
    var coverage: HwmonCoverage {
        switch part {
        case .module: HwmonCoverage(scope: .module, note: "the whole superchip, GPU included")
        case .grace: HwmonCoverage(scope: .cpu, note: "the Grace socket: cores and I/O")
        case .cpu: HwmonCoverage(scope: .cpu, note: "the rail of the cores alone")
        case .sysIO: HwmonCoverage(scope: .other, note: "the rail of the socket's I/O")
        }
    }

    /// Takes out of totals what lies in something that is metered beside it: the rails in their Grace socket, and I/O in its module.
    static func settle(_ chips: [HwmonChip]) -> [HwmonChip] {
        func socket(_ sensor: HwmonSensor) -> GraceSocket? { sensor.label.flatMap { GraceSocket(label: $0) } }
        let all = Set(chips.filter { $0.driver == .acpiPowerMeter }.flatMap(\.sensors).compactMap(socket))
        if all.isEmpty { return named(chips) }
        return chips.map { chip in
            guard chip.driver == .acpiPowerMeter else { return chip }
            return chip.with(
                chip.sensors.map { sensor in
                    guard let own = socket(sensor) else { return sensor }
                    let wider = own.containers.first { part in all.contains { $0.part == part && $0.socket == own.socket } }
                    guard let wider else { return sensor }
                    var sensor = sensor
                    sensor.coverage.countsInTotals = false
                    sensor.coverage.note = "\(sensor.coverage.note ?? "a part"); part of \(wider.rawValue) Power Socket \(own.socket)"
                    return sensor
                })
        }
    }

    /// The parts that hold this one and would count it. A CPU beside its module is set apart by the ledger, which knows the two scopes.
    private var containers: [Part] {
        switch part {
        case .module, .grace: []
        case .cpu: [.grace]
        case .sysIO: [.grace, .module]
        }
    }

    /// Where there is one power meter, it is the node's: other meters of the node are known by that name too, and the best one counts.
    private static func named(_ chips: [HwmonChip]) -> [HwmonChip] {
        guard chips.filter({ $0.driver == .acpiPowerMeter }).flatMap(\.sensors).count == 1 else { return chips }
        return chips.map { chip in
            guard chip.driver == .acpiPowerMeter else { return chip }
            return chip.with(
                chip.sensors.map { sensor in
                    var sensor = sensor
                    sensor.device = "node"
                    return sensor
                })
        }
    }
}
