import JouleModel

/// A key that a configuration file may hold: the one source from which decoding, hints, rendering and the reference are made.
struct ConfigurationKey: Sendable {
    let path: [String]
    /// Older names, accepted in files, in the environment and by `--set`; never rendered.
    let aliases: [[String]]
    let type: String
    let schema: ValueSchema
    /// The default as it is said to people.
    let fallback: String
    let summary: String
    let isRequired: Bool
    /// The backends that carry it out.
    let audience: Audience
    /// Whether it says something in this experiment; a key that does not is left out of what is shown.
    private let isMeaningful: @Sendable (Experiment) -> Bool
    let decode: @Sendable (Setting, inout Experiment, inout Reading) -> Void
    /// nil when the property holds nothing.
    let render: @Sendable (Experiment) -> ConfigurationValue?

    var name: String { path.joined(separator: ".") }

    /// A key that stands for one property of the experiment.
    ///
    /// - Parameters:
    ///   - fallback: only where the property's own default does not say it, such as "all visible".
    ///   - audience: the backends that carry it out.
    ///   - isMeaningful: whether it says something in an experiment with such a backend.
    init<Value>(
        _ name: String, aliases: [String] = [], _ shape: Shape<Value>, _ target: any WritableKeyPath<Experiment, Value> & Sendable,
        isRequired: Bool = false, fallback: String? = nil, for audience: Audience = .all,
        when isMeaningful: @escaping @Sendable (Experiment) -> Bool = { _ in true }, _ summary: String
    ) {
        self.init(
            name, aliases: aliases, type: shape.description, schema: shape.schema, isRequired: isRequired,
            fallback: fallback ?? shape.render(Experiment.withDefaults[keyPath: target])?.inline ?? "–", for: audience,
            when: isMeaningful, summary,
            decode: { setting, experiment, reading in
                if let value = shape.decode(setting, &reading) { experiment[keyPath: target] = value }
            },
            render: { shape.render($0[keyPath: target]) })
    }

    init(
        _ name: String, aliases: [String] = [], type: String, schema: ValueSchema, isRequired: Bool = false, fallback: String,
        for audience: Audience = .all, when isMeaningful: @escaping @Sendable (Experiment) -> Bool = { _ in true }, _ summary: String,
        decode: @escaping @Sendable (Setting, inout Experiment, inout Reading) -> Void,
        render: @escaping @Sendable (Experiment) -> ConfigurationValue?
    ) {
        self.path = Self.split(name)
        self.aliases = aliases.map(Self.split)
        self.type = type
        self.schema = schema
        self.fallback = isRequired ? "required" : fallback
        self.summary = summary
        self.isRequired = isRequired
        self.audience = audience
        self.isMeaningful = isMeaningful
        self.decode = decode
        self.render = render
    }

    /// The value as it is shown, without secrets; nil when the key has nothing to say in this experiment.
    func shown(in experiment: Experiment) -> ConfigurationValue? {
        guard audience.includes(experiment.backend.kind), isMeaningful(experiment) else { return nil }
        return render(experiment)?.mappingTexts { Secrets.masked($0) }
    }

    static func split(_ name: String) -> [String] {
        name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }
}

extension Experiment {
    /// The values of keys that were left out. What a file must give holds a placeholder, which never leaves the decoder.
    static let withDefaults = Experiment(name: "", backend: BackendSpec(kind: .pytorch, model: ""))
}
