import JouleHTTP
import JouleModel

/// A metric whose meaning is known without options: what widespread exporters call their energies and powers.
struct KnownMetric: Sendable {
    enum Family: String, Sendable, Hashable { case dcgm, kepler, scaphandre, nodeExporter = "node_exporter", joulebench }

    /// What the labels of one series say.
    struct Place: Hashable, Sendable {
        var scope: Scope
        var device: String
        /// Labels that the series of this device share; the others come and go, as a GPU's `pod` does.
        var labels: [String: String]
        /// The GPU's number, where the page says it.
        var index: Int?
        var isModel = false
        var counts = true
        var note: String?
    }

    let name: String
    let family: Family
    let unit: PageUnit
    /// Series of one device that are parts of a whole, such as Kepler's `mode`; else they are repetitions.
    var addsUp = false
    var gain = 0.05
    /// Nil for a series that is no energy of a device.
    let place: @Sendable ([String: String]) -> Place?

    static let all: [KnownMetric] = dcgm + kepler + scaphandre + nodeExporter + joulebench

    static let byName: [String: KnownMetric] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    // MARK: DCGM exporter

    /// The series of a GPU in MIG mode are repeated for each slice, always with the whole GPU's value.
    private static let dcgm: [KnownMetric] = [
        dcgm("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", unit: .millijoules), dcgm("DCGM_FI_DEV_POWER_USAGE", unit: .watts),
    ]

    /// Any metric of the exporter: all of them have the labels of their GPU.
    static func dcgm(_ name: String, unit: PageUnit) -> KnownMetric {
        KnownMetric(name: name, family: .dcgm, unit: unit) { gpu($0) }
    }

    private static func gpu(_ labels: [String: String]) -> Place? {
        let index = labels["gpu"].flatMap { Int($0) }
        if let uuid = labels["UUID"] ?? labels["uuid"] {
            return Place(scope: .gpu, device: uuid, labels: kept(labels, ["UUID", "uuid"]), index: index)
        }
        guard let number = labels["gpu"] else { return nil }
        let host = labels["Hostname"].map { "\($0) " } ?? ""
        return Place(scope: .gpu, device: "\(host)gpu \(number)", labels: kept(labels, ["gpu", "Hostname"]), index: index)
    }

    // MARK: Kepler

    private static let kepler: [KnownMetric] =
        [
            KnownMetric(name: "kepler_node_cpu_joules_total", family: .kepler, unit: .joules) { zone($0) },
            KnownMetric(name: "kepler_node_cpu_watts", family: .kepler, unit: .watts) { zone($0) },
            KnownMetric(name: "kepler_node_platform_joules_total", family: .kepler, unit: .joules, addsUp: true, gain: 0.1) {
                olderKepler($0, .node)
            },
            KnownMetric(name: "kepler_node_platform_watts", family: .kepler, unit: .watts, gain: 0.1) { olderKepler($0, .node) },
        ]
        + [("package", Scope.package), ("core", .core), ("uncore", .uncore), ("dram", .dram)].map { zone, scope in
            KnownMetric(name: "kepler_node_\(zone)_joules_total", family: .kepler, unit: .joules, addsUp: true) { olderKepler($0, scope) }
        }

    /// Kepler 0.10 and later: `zone` names the RAPL domain, `path` its folder.
    private static func zone(_ labels: [String: String]) -> Place? {
        guard let name = labels["zone"], let scope = Scope(zone: name) else { return nil }
        let package = labels["path"].flatMap { $0.packageNumber }
        return Place(
            scope: scope, device: raplDevice(scope, package.map { "\($0)" }, fallback: labels["path"] ?? name),
            labels: kept(labels, ["zone", "path", "node_name"]))
    }

    /// Before 0.10 a domain was a name of its own, split by `mode` into what idling and what work takes.
    private static func olderKepler(_ labels: [String: String], _ scope: Scope) -> Place {
        let source = labels["source"]
        let isModel = source.map { $0.contains("model") || $0.contains("estimator") } ?? false
        let device = scope == .node ? "kepler platform" : raplDevice(scope, labels["package"], fallback: "kepler \(scope.rawValue)")
        return Place(
            scope: scope, device: device, labels: kept(labels, ["package", "instance", "node_name", "source"]), isModel: isModel,
            note: source.map { "Kepler's source is \($0)" })
    }

    // MARK: Scaphandre

    /// Its host is RAPL's platform domain, or packages and memory where there is none: what this program calls `psys`, and no plug.
    private static let scaphandre: [KnownMetric] = [
        KnownMetric(name: "scaph_host_energy_microjoules", family: .scaphandre, unit: .microjoules) { scaphandreHost($0) },
        KnownMetric(name: "scaph_host_power_microwatts", family: .scaphandre, unit: .microwatts) { scaphandreHost($0) },
        KnownMetric(name: "scaph_socket_energy_microjoules", family: .scaphandre, unit: .microjoules) { socket($0) },
        KnownMetric(name: "scaph_socket_power_microwatts", family: .scaphandre, unit: .microwatts) { socket($0) },
    ]

    private static func scaphandreHost(_ labels: [String: String]) -> Place {
        Place(
            scope: .psys, device: "scaphandre host", labels: [:],
            note: "RAPL's platform domain, or packages and memory together where there is none")
    }

    private static func socket(_ labels: [String: String]) -> Place? {
        labels["socket_id"].map { Place(scope: .package, device: "package-\($0)", labels: kept(labels, ["socket_id"])) }
    }

    // MARK: node_exporter

    private static let nodeExporter: [KnownMetric] =
        [("package", Scope.package), ("core", .core), ("uncore", .uncore), ("dram", .dram), ("psys", .psys)].map { zone, scope in
            KnownMetric(name: "node_rapl_\(zone)_joules_total", family: .nodeExporter, unit: .joules) { labels in
                Place(
                    scope: scope, device: raplDevice(scope, labels["index"], fallback: labels["path"] ?? zone),
                    labels: kept(labels, ["index", "path"]))
            }
        }
        + [
            ("node_hwmon_power_watt", PageUnit.watts), ("node_hwmon_power_average_watt", .watts),
            ("node_hwmon_energy_joule_total", .joules),
        ].map { name, unit in
            KnownMetric(name: name, family: .nodeExporter, unit: unit) { labels in
                let device = [labels["chip"], labels["sensor"]].compactMap(\.self).joined(separator: " ")
                return Place(
                    scope: .other, device: device.isEmpty ? "hwmon" : device, labels: kept(labels, ["chip", "sensor"]), counts: false,
                    note: "what this chip covers is not known: name its metric, labels and scope to count it")
            }
        }

    // MARK: This program

    private static let joulebench: [KnownMetric] = [
        KnownMetric(name: "joulebench_energy_joules_total", family: .joulebench, unit: .joules) { own($0) },
        KnownMetric(name: "joulebench_power_watts", family: .joulebench, unit: .watts) { own($0) },
    ]

    private static func own(_ labels: [String: String]) -> Place? {
        guard let scope = labels["scope"].flatMap(Scope.init(rawValue:)) else { return nil }
        let uuid = labels["uuid"].flatMap { $0.isEmpty ? nil : $0 }
        return Place(
            scope: scope, device: uuid ?? labels["device"] ?? scope.rawValue, labels: kept(labels, ["scope", "device", "uuid", "host"]),
            isModel: labels["method"] == EnergyMethod.modelled.rawValue || labels["method"] == EnergyMethod.assumed.rawValue,
            note: labels["method"].map { "the other end says \($0)" })
    }

    // MARK: Parts

    private static func kept(_ labels: [String: String], _ names: Set<String>) -> [String: String] {
        labels.filter { names.contains($0.key) }
    }

    /// As the RAPL meter calls its devices, so that the same device read twice is one.
    private static func raplDevice(_ scope: Scope, _ package: String?, fallback: String) -> String {
        guard let package, !package.isEmpty else { return fallback }
        switch scope {
        case .package: return "package-\(package)"
        case .core, .uncore, .dram: return "package-\(package)/\(scope.rawValue)"
        case .psys: return "psys"
        case .gpu, .module, .cpu, .other, .system, .node, .facility: return fallback
        }
    }
}

extension Scope {
    /// RAPL's own name of a domain, with or without a number behind it.
    fileprivate init?(zone: String) {
        let name = zone.lowercased()
        if name.hasPrefix("package") {
            self = .package
        } else if let scope = Scope(rawValue: name), [.core, .uncore, .dram, .psys].contains(scope) {
            self = scope
        } else {
            return nil
        }
    }
}

extension String {
    /// The number of the top zone in a powercap path: 1 in `…/intel-rapl:1:0`.
    fileprivate var packageNumber: Int? {
        guard let start = firstRange(of: "rapl:")?.upperBound else { return nil }
        return Int(self[start...].prefix { $0.isNumber })
    }
}
