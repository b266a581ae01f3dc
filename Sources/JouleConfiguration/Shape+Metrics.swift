import JouleModel

extension Shape<MeterSelector> {
    private static let later: Set<String> = [
        "amd", "jetson", "powermetrics", "ipmi", "pm_counters", "dcgm", "prometheus", "plug", "zeusd", "agent",
    ]

    /// A meter's name, or a map of its name to its options: `{csv: {file: power.csv}}`.
    static var meter: Shape {
        let named = Shape<MeterSelector.Family>.choice(MeterSelector.Family.self, later: later, noun: "meter")
        return Shape(
            named.description,
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
                var options: [ConfigurationValue.Pair] = []
                if let file = meter.file { options.append(.init(key: "file", value: .text(file))) }
                if let gain = meter.gain { options.append(.init(key: "gain", value: .number(gain))) }
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
            guard let options = Options(given, known: knownOptions(of: family), reading: &reading) else {
                given.wrongType(expected: "a map of options", to: &reading)
                return nil
            }
            meter.gain = options.read("gain", .number(0...1), &reading)
            meter.file = options.read("file", .text("path"), &reading)
        }
        if family == .csv, meter.file == nil, reading.failures.count == before {
            setting.report(
                "config.missing-key", "the meter `csv` does not say its file", remedy: "write it as csv: {file: power.csv}", to: &reading)
        }
        return reading.failures.count == before ? meter : nil
    }

    private static func knownOptions(of family: MeterSelector.Family) -> [String] {
        switch family {
        case .nvml, .nvidiaSMI, .rapl, .hwmon, .model: ["gain"]
        case .csv: ["file", "gain"]
        case .none: []
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

extension Shape<ReporterSpec> {
    private static let later: Set<String> = [
        "jsonl", "markdown", "codecarbon", "vllm", "mlflow", "wandb", "clickhouse", "prometheus",
    ]

    /// A kind, or a map with its type and its file.
    static var reporter: Shape {
        let named = Shape<ReporterSpec.Kind>.choice(ReporterSpec.Kind.self, later: later, noun: "reporter")
        return Shape(
            "`{type: \(ReporterSpec.Kind.allCases.map(\.rawValue).joined(separator: "|")), output_file}`",
            decode: { setting, reading in
                guard setting.node.entries != nil else { return named.decode(setting, &reading).map { ReporterSpec(kind: $0) } }
                guard let options = Options(setting, known: ["type", "output_file"], reading: &reading) else { return nil }
                let file = options.read("output_file", .text("path"), &reading)
                guard let type = options.given("type") else {
                    setting.report("config.missing-key", "`\(setting.path)` does not say its type", to: &reading)
                    return nil
                }
                return named.decode(type, &reading).map { ReporterSpec(kind: $0, outputFile: file) }
            },
            render: { reporter in
                var pairs: [ConfigurationValue.Pair] = [.init(key: "type", value: .text(reporter.kind.rawValue))]
                if let file = reporter.outputFile { pairs.append(.init(key: "output_file", value: .text(file))) }
                return .map(pairs)
            })
    }
}

extension Shape<String> {
    /// The form of a country: `DE`, `DEU`, `US-CA`.
    static var country: Shape {
        text("alpha-2, alpha-3 or `US-CA`").checked { code in
            let parts = code.split(separator: "-", omittingEmptySubsequences: false)
            let isCountry = parts.first.map { (2...3).contains($0.count) && $0.allSatisfy { $0.isASCII && $0.isUppercase } } ?? false
            let isRegion = parts.dropFirst().allSatisfy { (1...3).contains($0.count) && $0.allSatisfy { $0.isASCII && !$0.isLowercase } }
            if isCountry, isRegion, parts.count <= 2 { return nil }
            return ("`\(code)` is no ISO code of a country", "write DE, DEU or US-CA")
        }
    }
}
