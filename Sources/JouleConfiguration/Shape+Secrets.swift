import JouleModel

extension Shape {
    /// The same shape, whose secrets are not shown, and which refuses what stands in their place: only the record of a run may have that.
    ///
    /// - Parameter hidden: what of a value is hidden, as part of a sentence; nil when it is whole.
    func hiding(_ masked: @escaping @Sendable (Value) -> Value, where hidden: @escaping @Sendable (Value) -> String?) -> Shape {
        Shape(
            description, schema: schema,
            decode: { setting, reading in
                guard let value = decode(setting, &reading) else { return nil }
                guard !reading.isRecord, let part = hidden(value) else { return value }
                setting.reportMasked(part, to: &reading)
                return nil
            },
            render: { render(masked($0)) })
    }
}

extension Setting {
    fileprivate func reportMasked(_ part: String, to reading: inout Reading) {
        report(
            "config.hidden-secret", "`\(path)`: \(part) is hidden, as `config show` and experiment.json write it",
            remedy: "take it from the environment: \"${NAME}\"", to: &reading)
    }

    /// Refuses a text with a URL in it whose secrets are hidden, wherever it stands.
    ///
    /// - Returns: whether there was one.
    func refuseMaskedURL(_ reading: inout Reading) -> Bool {
        guard !reading.isRecord else { return false }
        switch node.content {
        case .unreadable: return false
        case .scalar(let text, _):
            guard URLSecrets.isMasked(in: text) else { return false }
            reportMasked("what a URL carries besides its place", to: &reading)
            return true
        // Every part is looked at, so that all mistakes are found.
        case .list(let items):
            return items.enumerated().reduce(false) { item($1.offset, $1.element).refuseMaskedURL(&reading) || $0 }
        case .map(let entries, _):
            return entries.reduce(false) { part($1.key, $1.value).refuseMaskedURL(&reading) || $0 }
        }
    }
}
