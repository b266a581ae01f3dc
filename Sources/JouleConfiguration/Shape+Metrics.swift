import JouleModel

extension Shape<MeterSelector> {
    /// A meter's name, or a map of its name to its options: `{csv: {file: power.csv}}`.
    static var meter: Shape {
        let named = Shape<MeterSelector.Family>.choice(MeterSelector.Family.self, noun: "meter")
        return Shape(
            named.description,
            schema: .any(of: [
                named.schema,
                .any(of: MeterSelector.Family.allCases.filter { !MeterOption.of($0).isEmpty }.map(MeterOption.schema)),
            ]),
            decode: { setting, reading in
                var setting = setting
                var name = setting.node
                var options: Setting?
                if let entries = setting.node.entries {
                    guard entries.count == 1, let entry = entries.first else {
                        setting.wrongType(expected: "one meter, or one meter with its options", to: &reading)
                        return nil
                    }
                    name = ConfigNode(.scalar(entry.key, isQuoted: false), at: entry.keyOrigin)
                    options = entry.value.isNull ? nil : setting.part(entry.key, entry.value)
                }
                setting = Setting(path: setting.path, node: name)
                guard let family = named.decode(setting, &reading) else { return nil }
                return decode(family, at: setting, options: options, &reading)
            },
            render: { meter in
                let options = MeterOption.allCases.compactMap { option in
                    option.shown(of: meter).map { ConfigurationValue.Pair(key: option.name(of: meter.family), value: $0) }
                }
                let name = meter.family.rawValue
                return options.isEmpty ? .text(name) : .map([.init(key: name, value: .map(options))])
            })
    }

    private static func decode(
        _ family: MeterSelector.Family, at setting: Setting, options given: Setting?, _ reading: inout Reading
    ) -> MeterSelector? {
        var meter = MeterSelector(family)
        let before = reading.failures.count
        if let given {
            guard let options = Options(given, known: MeterOption.of(family).map { $0.name(of: family) }, reading: &reading) else {
                given.wrongType(expected: "a map of options", to: &reading)
                return nil
            }
            for option in MeterOption.of(family) { option.read(options, into: &meter, &reading) }
            if meter.unit != nil, options.given("metric") == nil, let unit = options.given("unit") {
                unit.report(
                    "config.missing-key", "`\(unit.path)` is the unit of a metric, and the meter names none",
                    remedy: "add metric: NAME; well-known metrics have their own units", to: &reading)
            }
        }
        if reading.failures.count == before {
            let missing = MeterOption.required(by: family).filter { $0.shown(of: meter) == nil }.map { "`\($0.name(of: family))`" }
            if !missing.isEmpty {
                setting.report(
                    "config.missing-key", "the meter `\(family.rawValue)` does not say its \(missing.joined(separator: " and its "))",
                    remedy: "write it as \(MeterOption.example(of: family))", to: &reading)
            }
        }
        return reading.failures.count == before ? meter : nil
    }
}

/// The options that a meter may have.
private enum MeterOption: CaseIterable {
    case file, url, kind, metric, labels, unit, scope, token, gain

    static func of(_ family: MeterSelector.Family) -> [MeterOption] {
        switch family {
        case .nvml, .nvidiaSMI, .amd, .rapl, .hwmon, .jetson, .powermetrics, .ipmi, .cray, .model: [.gain]
        case .dcgm: [.url, .metric, .labels, .unit, .gain]
        case .prometheus: [.url, .metric, .labels, .unit, .scope, .gain]
        case .plug: [.url, .kind, .scope, .gain]
        case .zeusd, .energyMetrics: [.url, .gain]
        case .agent: [.url, .token, .gain]
        case .csv: [.file, .gain]
        case .none: []
        }
    }

    static func required(by family: MeterSelector.Family) -> [MeterOption] {
        switch family {
        case .csv: [.file]
        case .plug: [.url, .kind]
        case .dcgm, .prometheus, .energyMetrics, .zeusd, .agent: [.url]
        case .nvml, .nvidiaSMI, .amd, .rapl, .hwmon, .jetson, .powermetrics, .ipmi, .cray, .model, .none: []
        }
    }

    static func example(of family: MeterSelector.Family) -> String {
        switch family {
        case .csv: "csv: {file: power.csv}"
        case .prometheus: "prometheus: {url: http://HOST:9100/metrics, metric: node_power_watts, scope: node}"
        case .plug: "plug: {url: http://HOST, kind: shelly}"
        case .dcgm: "dcgm: {url: http://HOST:9400/metrics}"
        case .energyMetrics: "energy_metrics: {url: http://HOST:8000/energy_metrics}"
        case .zeusd: "zeusd: {url: http://HOST:4938}"
        case .agent: "agent: {endpoint: HOST:9430, token_env: JOULEBENCH_AGENT_TOKEN}"
        case .nvml, .nvidiaSMI, .amd, .rapl, .hwmon, .jetson, .powermetrics, .ipmi, .cray, .model, .none: family.rawValue
        }
    }

    /// A map of the family's name to its options.
    static func schema(of family: MeterSelector.Family) -> ValueSchema {
        let options = of(family).map { (key: $0.name(of: family), schema: $0.schema) }
        return .oneKey(family.rawValue, .closed(options))
    }

    private var schema: ValueSchema {
        switch self {
        case .file, .url, .metric, .unit, .token: .text
        case .kind: .names(MeterSelector.PlugKind.allCases.map(\.rawValue))
        case .labels: .table(of: .text)
        case .scope: .names(Scope.allCases.map(\.rawValue))
        case .gain: .number(0...1, aboveZero: false)
        }
    }

    func name(of family: MeterSelector.Family) -> String {
        switch self {
        case .file: "file"
        case .url: family == .agent ? "endpoint" : "url"
        case .kind: "kind"
        case .metric: "metric"
        case .labels: "labels"
        case .unit: "unit"
        case .scope: "scope"
        case .token: "token_env"
        case .gain: "gain"
        }
    }

    func read(_ options: Options, into meter: inout MeterSelector, _ reading: inout Reading) {
        let name = name(of: meter.family)
        switch self {
        case .file: meter.file = options.read(name, .text("path"), &reading)
        case .url: meter.url = options.read(name, .address, &reading)
        case .kind: meter.plug = options.read(name, .choice(MeterSelector.PlugKind.self, noun: "kind of plug"), &reading)
        case .metric: meter.metric = options.read(name, .text(), &reading)
        case .labels: meter.labels = options.read(name, Shape<[String: String]>.table(of: .text(), "map of labels"), &reading) ?? [:]
        case .unit: meter.unit = options.read(name, .text(), &reading)
        case .scope: meter.scope = options.read(name, Shape<Scope>.choice(Scope.self, noun: "scope"), &reading)
        case .token: meter.tokenVariable = options.read(name, .variableName, &reading)
        case .gain: meter.gain = options.read(name, .number(0...1), &reading)
        }
    }

    func shown(of meter: MeterSelector) -> ConfigurationValue? {
        switch self {
        case .file: meter.file.map { .text($0) }
        case .url: meter.url.flatMap(Shape<String>.address.render)
        case .kind: meter.plug.map { .text($0.rawValue) }
        case .metric: meter.metric.map { .text($0) }
        case .labels: meter.labels.isEmpty ? nil : Shape<[String: String]>.table(of: .text(), "").render(meter.labels)
        case .unit: meter.unit.map { .text($0) }
        case .scope: meter.scope.map { .text($0.rawValue) }
        case .token: meter.tokenVariable.map { .text($0) }
        case .gain: meter.gain.map { .number($0) }
        }
    }
}

extension Shape<[MeterSelector]> {
    /// `auto`, which is the empty list, or the meters to read; `none` measures everything but energy.
    static var meters: Shape {
        let list = Shape<MeterSelector>.meter
            .list(allowsEmpty: false, emptyRemedy: "write auto for whatever the machine has, or none for no meter")
            .checked { meters in
                guard meters.count > 1, meters.contains(where: { $0.family == .none }) else { return nil }
                return ("`none` stands beside other meters", "write `meters: none` alone, or name the meters")
            }
        return Shape(
            "`auto`, or one or a list of " + Shape<MeterSelector>.meter.description,
            schema: .any(of: [.names(["auto"]), list.schema]),
            decode: { setting, reading in
                if isAuto(setting.node) { return [] }
                return list.decode(setting, &reading)
            },
            render: { meters in
                if meters.isEmpty { return .text("auto") }
                return meters == [MeterSelector(.none)] ? .text("none") : list.render(meters)
            })
    }

    private static func isAuto(_ node: ConfigNode) -> Bool {
        switch node.content {
        case .scalar(let text, _): text == "auto"
        case .list(let items): items.count == 1 && items.allSatisfy(isAuto)
        case .map, .unreadable: false
        }
    }
}

extension Shape<String> {
    /// The form of a country: `DE`, `DEU`, `US-CA`.
    static var country: Shape {
        text("alpha-2, alpha-3 or `US-CA`").checked { code in
            if GridZone(code) != nil { return nil }
            return ("`\(code)` is no ISO code of a country", "write DE, DEU or US-CA")
        }
    }
}
