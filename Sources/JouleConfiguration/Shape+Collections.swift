import JouleModel

extension Shape {
    /// A list of values, or one value alone, as people write it: `stop: "\n"`.
    func list(orOne: Bool = true, allowsEmpty: Bool = true, emptyRemedy: String? = nil) -> Shape<[Value]> {
        Shape<[Value]>(
            orOne ? "one or a list of \(description)" : "list of \(description)",
            schema: .any(of: (orOne ? [schema] : []) + [.list(of: schema, atLeast: allowsEmpty ? 0 : 1)]),
            decode: { setting, reading in
                guard case .list(let items) = setting.node.content else {
                    guard orOne else {
                        setting.wrongType(expected: "a list", to: &reading)
                        return nil
                    }
                    return decode(setting, &reading).map { [$0] }
                }
                guard allowsEmpty || !items.isEmpty else {
                    setting.report("config.invalid-value", "`\(setting.path)` is an empty list", remedy: emptyRemedy, to: &reading)
                    return nil
                }
                // Every item is read, so that all mistakes of a list are found.
                let values = items.enumerated().map { decode(setting.item($0.offset, $0.element), &reading) }
                return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
            },
            render: { .list($0.compactMap(render)) })
    }
}

extension Shape<[String: String]> {
    /// A map whose keys are free.
    static func table(of value: Shape<String>, _ description: String) -> Shape {
        Shape(
            description, schema: .table(of: value.schema),
            decode: { setting, reading in
                guard let entries = setting.node.entries else {
                    setting.wrongType(expected: "a map", to: &reading)
                    return nil
                }
                var result: [String: String] = [:]
                for entry in entries {
                    guard let text = value.decode(setting.part(entry.key, entry.value), &reading) else { continue }
                    result[entry.key] = text
                }
                return result.count == entries.count ? result : nil
            },
            render: { .map($0.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: .text($0.value)) }) })
    }
}

/// The named options of a value that may be a map, such as those of a meter; closed like the file itself.
struct Options {
    private let setting: Setting
    private let entries: [ConfigNode.Entry]

    /// - Parameter refusals: what is said of options that belong to other values of the same key, by their names.
    /// - Returns: nil when the value is no map. Options outside `known` are reported.
    init?(
        _ setting: Setting, known: [String], refusals: [String: (message: String, remedy: String)] = [:], reading: inout Reading
    ) {
        guard let entries = setting.node.entries else { return nil }
        for entry in entries where !known.contains(entry.key) {
            if let refusal = refusals[entry.key] {
                reading.report("config.not-honoured", refusal.message, at: entry.keyOrigin, remedy: refusal.remedy)
                continue
            }
            let guess = Spelling.nearest(to: entry.key, among: known).map { "did you mean `\($0)`? " } ?? ""
            let list = known.isEmpty ? "it has no options" : "known are: \(known.joined(separator: ", "))"
            reading.report(
                "config.unknown-key", "unknown option `\(entry.key)` of `\(setting.path)`", at: entry.keyOrigin, remedy: guess + list)
        }
        self.setting = setting
        self.entries = entries
    }

    func read<Value>(_ name: String, _ shape: Shape<Value>, _ reading: inout Reading) -> Value? {
        given(name).flatMap { shape.decode($0, &reading) }
    }

    /// The option with its value, unless it was left out or put back to its default.
    func given(_ name: String) -> Setting? {
        guard let entry = entries.last(where: { $0.key == name }), !entry.value.isNull else { return nil }
        return setting.part(name, entry.value)
    }
}
