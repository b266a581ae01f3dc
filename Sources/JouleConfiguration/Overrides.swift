/// Single keys set from outside the file, each a layer of its own so that a later one wins.
enum Overrides {
    /// Variables of the older tools, with the key each one stands for.
    private static let variables: [(name: String, key: String)] = [
        ("BENCHMARK_BACKEND", "backend.type"), ("BENCHMARK_MODEL", "backend.model"), ("BENCHMARK_ENDPOINT", "backend.endpoint"),
        ("BENCHMARK_NUM_SAMPLES", "scenario.num_samples"), ("BENCHMARK_OUTPUT_DIR", "output_dir"),
    ]

    private static let prefix = "JOULEBENCH__"

    /// `BENCHMARK_MODEL` and its like, then `JOULEBENCH__a__b` for the key `a.b`, in the order of their names. A variable that is
    /// set and empty counts as not set.
    static func fromEnvironment(_ environment: [String: String], reading: inout Reading) -> [ConfigNode] {
        var layers: [ConfigNode] = []
        for variable in variables {
            guard let text = environment[variable.name], !text.isEmpty else { continue }
            let origin = Origin.environment(variable: variable.name)
            let value = ConfigNode(.scalar(text, isQuoted: false), at: origin)
            layers.append(layer(ConfigurationKey.split(variable.key), value, origin))
        }
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(prefix) && !text.isEmpty {
            let origin = Origin.environment(variable: name)
            guard let value = YAMLReader.read(text, file: name, reading: &reading, origin: { _ in origin }) else { continue }
            var path = split(name.dropFirst(prefix.count))
            // Environments are often written in capitals throughout; keys never are.
            if name == name.uppercased() { path = path.map { $0.lowercased() } }
            layers.append(layer(path, value, origin))
        }
        return layers
    }

    /// `key=value` with a YAML value: `backend.device_ids=[0, 1]`. Nothing after the sign puts the key back to its default.
    static func fromAssignments(_ assignments: [String], reading: inout Reading) -> [ConfigNode] {
        assignments.compactMap { assignment in
            let origin = Origin.assignment(assignment)
            let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let path = parts.first.map { ConfigurationKey.split(String($0).filter { $0 != " " }) } ?? []
            guard parts.count == 2, !path.contains("") else {
                reading.report(
                    "config.override", "`\(Secrets.masked(assignment: assignment))` is no assignment", at: origin,
                    remedy: "write key=value: scenario.num_samples=20")
                return nil
            }
            let text = String(parts[1])
            let failuresBefore = reading.failures.count
            let value = YAMLReader.read(
                text, file: "--set \(Secrets.masked(assignment: assignment))", reading: &reading, origin: { _ in origin })
            guard reading.failures.count == failuresBefore else { return nil }
            return layer(path, value ?? ConfigNode(.scalar("", isQuoted: false), at: origin), origin)
        }
    }

    private static func layer(_ path: [String], _ value: ConfigNode, _ origin: Origin) -> ConfigNode {
        ConfigNode.map([], at: origin).setting(value, at: path[...], keyOrigin: origin)
    }

    private static func split(_ name: Substring) -> [String] {
        name.split(separator: "__", omittingEmptySubsequences: false).map(String.init)
    }
}
