import JouleModel

/// Keys at the top of a file that make it a study; the members they describe are experiments without them.
enum StudyKeys {
    static let sweep = ["sweep"]
    static let order = ["order"]
    static let cooldown = ["study", "cooldown"]
    static let retries = ["study", "retries"]
    static let maxFailures = ["study", "max_failures"]
    static let until = ["study", "until_cv"]
    static let only = ["study", "only"]
    static let rules = [cooldown, retries, maxFailures, until, only]
    static let sections: Set = [["study"], SlurmKeys.section]
    static let names = [sweep, order] + rules + SlurmKeys.names
    /// What stands at the top of a file for them.
    static let roots = ["sweep", "order", "study", "slurm"]

    static let retriesShape = Shape<Int>.count(atLeast: 0)
    static let maxFailuresShape = Shape<Int>.count(atLeast: 1)
    static let onlyShape = Shape<String>.text("name or pattern").list(allowsEmpty: false)
}

extension StudyRules {
    /// - Parameter repetitions: of the base, which the most runs of a member must leave room for.
    static func decode(_ root: ConfigNode, repetitions: Int, reading: inout Reading) -> StudyRules {
        var rules = StudyRules()
        func read<Value>(_ path: [String], _ shape: Shape<Value>, _ change: (inout StudyRules, Value) -> Void) {
            guard let node = root[path], !node.isNull else { return }
            let setting = Setting(path: path.joined(separator: "."), node: node)
            if let value = shape.decode(setting, &reading) { change(&rules, value) }
        }
        read(StudyKeys.cooldown, .duration()) { $0.cooldown = $1 }
        read(StudyKeys.retries, StudyKeys.retriesShape) { $0.retries = $1 }
        read(StudyKeys.maxFailures, StudyKeys.maxFailuresShape) { $0.maxFailures = $1 }
        read(StudyKeys.until, .variationGoal(repetitions: repetitions)) { $0.until = $1 }
        read(StudyKeys.only, StudyKeys.onlyShape) { $0.only = $1 }
        return rules
    }

    /// The members that `only` names; a pattern that names none is a mistake.
    func select(_ members: [Study.Member], in root: ConfigNode, reading: inout Reading) -> [Study.Member] {
        guard !only.isEmpty else { return members }
        for pattern in only where !members.contains(where: { NamePattern(pattern).matches($0.name) }) {
            let names = members.map(\.name)
            let listed = names.prefix(40).joined(separator: ", ") + (names.count > 40 ? ", … (\(names.count) in all)" : "")
            reading.report(
                "config.study", "`study.only` names `\(pattern)`, and no member of the study is called so",
                at: root[StudyKeys.only]?.origin ?? .program, remedy: "the members are: \(listed); * stands for any characters")
        }
        return members.filter { member in only.contains { NamePattern($0).matches(member.name) } }
    }
}

extension Shape<VariationGoal> {
    /// `5%`, `0.05`, or `{below: 5%, at_most: 20}`.
    static func variationGoal(repetitions: Int = 1) -> Shape {
        let fraction = Shape<Double>.fraction
        let most = Shape<Int>.count(atLeast: VariationGoal.fewest)
        let usual = max(VariationGoal.usualMost, repetitions)
        return Shape(
            "fraction such as `5%` or `0.05`; `{below: 5%, at_most: 20}`",
            schema: .any(of: [fraction.schema, .options(["below": fraction.schema, "at_most": most.schema])]),
            decode: { setting, reading in
                guard let options = Options(setting, known: ["below", "at_most"], reading: &reading) else {
                    return fraction.decode(setting, &reading).map { VariationGoal(limit: $0, most: usual) }
                }
                guard options.given("below") != nil else {
                    setting.report(
                        "config.missing-key", "`\(setting.path).below` is missing", remedy: "write {below: 5%, at_most: 20}", to: &reading)
                    return nil
                }
                let limit = options.read("below", fraction, &reading)
                guard let part = options.given("at_most") else { return limit.map { VariationGoal(limit: $0, most: usual) } }
                guard let most = most.decode(part, &reading) else { return nil }
                guard most >= repetitions else {
                    part.report(
                        "config.conflict",
                        "at_most must be >= repetitions, but `\(part.path)` is \(most) and `repetitions` is \(repetitions)", to: &reading)
                    return nil
                }
                return limit.map { VariationGoal(limit: $0, most: most) }
            },
            render: { .map([.init(key: "below", value: .number($0.limit)), .init(key: "at_most", value: .integer($0.most))]) })
    }
}

extension Shape<Double> {
    /// A share above 0 and up to 1, as a number or with a percent sign.
    fileprivate static var fraction: Shape {
        Shape(
            "fraction", schema: .any(of: [.number(0...1, aboveZero: true), .text(examples: ["5%"])]),
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "a fraction such as `5%` or `0.05`", to: &reading)
                    return nil
                }
                let isPercent = text.hasSuffix("%")
                let bare = (isPercent ? text.dropLast() : text[...]).filter { !$0.isWhitespace }
                guard let number = Double(bare), number.isFinite else {
                    setting.wrongType(expected: "a fraction such as `5%` or `0.05`", to: &reading)
                    return nil
                }
                let value = isPercent ? number / 100 : number
                guard value > 0, value <= 1 else {
                    setting.outOfRange("a fraction above 0 and up to 1 (100%) is needed", to: &reading)
                    return nil
                }
                return value
            },
            render: { .number($0) })
    }
}
