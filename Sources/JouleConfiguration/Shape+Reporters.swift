import JouleModel

extension Shape<ReporterSpec> {
    /// A kind, or a map with its type and its options.
    static var reporter: Shape {
        let named = Shape<ReporterSpec.Kind>.choice(ReporterSpec.Kind.self, noun: "reporter")
        return Shape(
            ReporterOption.description, schema: .any(of: [named.schema] + ReporterOption.groups.map(ReporterOption.schema)),
            decode: { setting, reading in
                guard let entries = setting.node.entries else {
                    return named.decode(setting, &reading).flatMap { complete(ReporterSpec(kind: $0), setting, &reading) }
                }
                guard let type = entries.last(where: { $0.key == "type" && !$0.value.isNull }) else {
                    setting.report(
                        "config.missing-key", "`\(setting.path)` does not say its type", remedy: "add type: csv, or another of \(names)",
                        to: &reading)
                    return nil
                }
                guard let kind = named.decode(setting.part("type", type.value), &reading) else { return nil }
                return decode(kind, setting, &reading)
            },
            render: { reporter in
                let type = ConfigurationValue.Pair(key: "type", value: .text(reporter.kind.rawValue))
                return .map(
                    [type]
                        + ReporterOption.allCases.compactMap { option in
                            reporter[keyPath: option.target].map { .init(key: option.rawValue, value: .text($0)) }
                        })
            })
    }

    private static var names: String { ReporterSpec.Kind.allCases.map(\.rawValue).joined(separator: ", ") }

    private static func decode(_ kind: ReporterSpec.Kind, _ setting: Setting, _ reading: inout Reading) -> ReporterSpec? {
        let before = reading.failures.count
        let own = ReporterOption.of(kind)
        guard let options = Options(setting, known: ["type"] + own.map(\.rawValue), refusals: refusals(by: kind), reading: &reading) else {
            return nil
        }
        var reporter = ReporterSpec(kind: kind)
        for option in own { reporter[keyPath: option.target] = option.read(options, &reading) }
        return reading.failures.count == before ? complete(reporter, setting, &reading) : nil
    }

    /// What is said of the options that only other kinds have.
    private static func refusals(by kind: ReporterSpec.Kind) -> [String: (message: String, remedy: String)] {
        let own = ReporterOption.of(kind)
        let foreign = ReporterOption.allCases.filter { !own.contains($0) }
        return Dictionary(
            uniqueKeysWithValues: foreign.map { option in
                let others = ReporterSpec.Kind.allCases.filter { ReporterOption.of($0).contains(option) }.map(\.rawValue).joined(
                    separator: ", ")
                let known = own.map(\.rawValue).joined(separator: ", ")
                let home = others.isEmpty ? "" : "it is an option of \(others); "
                let message = "the reporter `\(kind.rawValue)` has no option `\(option.rawValue)`"
                return (option.rawValue, (message, "\(home)\(kind.rawValue) has: \(known)"))
            })
    }

    /// The reporter, when it says all that its kind needs.
    private static func complete(_ reporter: ReporterSpec, _ setting: Setting, _ reading: inout Reading) -> ReporterSpec? {
        let kind = reporter.kind
        let missing = ReporterOption.required(by: kind).filter { reporter[keyPath: $0.target] == nil }.map { "`\($0.rawValue)`" }
        guard missing.isEmpty else {
            setting.report(
                "config.missing-key", "the reporter `\(kind.rawValue)` does not say its \(missing.joined(separator: " and its "))",
                remedy: "write it as \(ReporterOption.example(of: kind))", to: &reading)
            return nil
        }
        // ClickHouse has a user of its own for those who name none.
        if kind != .clickhouse, (reporter.userVariable == nil) != (reporter.passwordVariable == nil) {
            let (given, absent) = reporter.userVariable == nil ? ("password_env", "user_env") : ("user_env", "password_env")
            setting.report(
                "config.missing-key", "the reporter `\(kind.rawValue)` has `\(given)` without `\(absent)`", remedy: "give both or none",
                to: &reading)
            return nil
        }
        if reporter.tokenVariable != nil, reporter.userVariable != nil {
            setting.report(
                "config.conflict", "the reporter `\(kind.rawValue)` has a token and a user", remedy: "keep one of the two", to: &reading)
            return nil
        }
        return reporter
    }
}

/// The options that a reporter may have.
private enum ReporterOption: String, CaseIterable {
    case outputFile = "output_file"
    case url, project, entity, experiment, table, job
    case apiKey = "api_key_env"
    case token = "token_env"
    case user = "user_env"
    case password = "password_env"
    case python

    static func of(_ kind: ReporterSpec.Kind) -> [ReporterOption] {
        switch kind {
        case .json, .jsonl, .html, .markdown, .csv, .codecarbon, .vllm: [.outputFile]
        case .mlflow: [.url, .experiment, .token, .user, .password]
        case .wandb: [.project, .entity, .url, .apiKey, .python]
        case .clickhouse: [.url, .table, .user, .password]
        case .prometheus: [.url, .job, .user, .password]
        }
    }

    static func required(by kind: ReporterSpec.Kind) -> [ReporterOption] {
        switch kind {
        case .json, .jsonl, .html, .markdown, .csv, .codecarbon, .vllm: []
        // MLflow's own variable may name its server; the others have their usual places.
        case .mlflow, .wandb: []
        case .clickhouse, .prometheus: [.url]
        }
    }

    static func example(of kind: ReporterSpec.Kind) -> String {
        switch kind {
        case .json, .jsonl, .html, .markdown, .csv, .codecarbon, .vllm: "\(kind.rawValue)"
        case .mlflow: "{type: mlflow, url: http://HOST:5000, experiment: NAME}"
        case .wandb: "{type: wandb, project: NAME}"
        case .clickhouse: "{type: clickhouse, url: http://HOST:8123, table: joulebench_runs, password_env: CLICKHOUSE_PASSWORD}"
        case .prometheus: "{type: prometheus, url: http://HOST:9091}"
        }
    }

    /// Kinds with the same options together, in their order.
    static var groups: [[ReporterSpec.Kind]] {
        ReporterSpec.Kind.allCases.reduce(into: []) { groups, kind in
            if let last = groups.last?.first, of(last) == of(kind) {
                groups[groups.count - 1].append(kind)
            } else {
                groups.append([kind])
            }
        }
    }

    static var description: String {
        groups.map { kinds in
            let options = kinds.first.map { of($0).map { ", \($0.rawValue)" }.joined() } ?? ""
            return "`{type: \(kinds.map(\.rawValue).joined(separator: "|"))\(options)}`"
        }.joined(separator: " or ")
    }

    static func schema(of kinds: [ReporterSpec.Kind]) -> ValueSchema {
        let type = (key: "type", schema: ValueSchema.names(kinds.map(\.rawValue)))
        return .closed([type] + (kinds.first.map { of($0).map { (key: $0.rawValue, schema: $0.schema) } } ?? []))
    }

    var target: any WritableKeyPath<ReporterSpec, String?> & Sendable {
        switch self {
        case .outputFile: \.outputFile
        case .url: \.url
        case .project: \.project
        case .entity: \.entity
        case .experiment: \.experiment
        case .table: \.table
        case .job: \.job
        case .apiKey: \.apiKeyVariable
        case .token: \.tokenVariable
        case .user: \.userVariable
        case .password: \.passwordVariable
        case .python: \.python
        }
    }

    private var schema: ValueSchema { self == .url ? .text(examples: ["http://localhost:5000"]) : .text }

    func read(_ options: Options, _ reading: inout Reading) -> String? {
        switch self {
        case .outputFile: options.read(rawValue, .text("path"), &reading)
        case .url: options.read(rawValue, Shape<String?>.endpoint, &reading) ?? nil
        case .project, .entity, .experiment, .job, .python: options.read(rawValue, .text(), &reading)
        case .table: options.read(rawValue, .tableName, &reading)
        case .apiKey, .token, .user, .password: options.read(rawValue, .variableName, &reading)
        }
    }
}

extension Shape<String> {
    /// A table of a database, which becomes part of a statement: letters, digits and `_` alone.
    fileprivate static var tableName: Shape {
        text("table or database.table").checked { name in
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            let isPlain = parts.allSatisfy { part in
                part.first.map { $0.isASCII && ($0.isLetter || $0 == "_") } ?? false
                    && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            }
            if isPlain, parts.count <= 2 { return nil }
            return ("`\(name)` is no name of a table", "write table or database.table, of letters, digits and _")
        }
    }
}
