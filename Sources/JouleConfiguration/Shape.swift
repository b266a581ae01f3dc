import JouleModel
import JouleUnits

/// What the value of a key looks like: how it is read, how it is shown, and how it is described.
struct Shape<Value>: Sendable {
    /// For the reference: `int ≥ 1`, `duration`.
    let description: String
    let schema: ValueSchema
    /// Reports what is wrong and gives nil.
    let decode: @Sendable (Setting, inout Reading) -> Value?
    let render: @Sendable (Value) -> ConfigurationValue?

    init(
        _ description: String, schema: ValueSchema, decode: @escaping @Sendable (Setting, inout Reading) -> Value?,
        render: @escaping @Sendable (Value) -> ConfigurationValue?
    ) {
        self.description = description
        self.schema = schema
        self.decode = decode
        self.render = render
    }

    /// The same shape where nothing may be there.
    var optional: Shape<Value?> {
        Shape<Value?>(
            description, schema: schema,
            decode: { setting, reading in decode(setting, &reading).map(Optional.some) },
            render: { $0.flatMap(render) })
    }

    /// The same shape with a further rule; `check` gives the sentence that a wrong value breaks.
    func checked(_ check: @escaping @Sendable (Value) -> (message: String, remedy: String?)?) -> Shape {
        Shape(
            description, schema: schema,
            decode: { setting, reading in
                guard let value = decode(setting, &reading) else { return nil }
                guard let complaint = check(value) else { return value }
                setting.report("config.invalid-value", complaint.message, remedy: complaint.remedy, to: &reading)
                return nil
            }, render: render)
    }
}

extension Shape<String> {
    /// A text that is not empty.
    static func text(_ description: String = "text") -> Shape {
        Shape(
            description, schema: .text,
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "a text", to: &reading)
                    return nil
                }
                guard text.contains(where: { !$0.isWhitespace }) else {
                    setting.report("config.invalid-value", "`\(setting.path)` is empty", to: &reading)
                    return nil
                }
                return text
            },
            render: { .text($0) })
    }
}

extension Shape<Bool> {
    static var flag: Shape {
        Shape(
            "bool", schema: .flag,
            decode: { setting, reading in
                if case .scalar(let text, isQuoted: false) = setting.node.content {
                    switch text.lowercased() {
                    case "true", "yes", "on": return true
                    case "false", "no", "off": return false
                    default: break
                    }
                }
                setting.wrongType(expected: "true or false", to: &reading)
                return nil
            },
            render: { .flag($0) })
    }
}

/// More than anything here can be counted to, and small enough that counts can be multiplied with each other.
private let mostCounted = RequestTimeline.plausibleTokens.upperBound

extension Shape<Int> {
    /// A bare whole number of at least `least`. `rule` is the sentence for a smaller one.
    static func count(atLeast least: Int, rule: String? = nil) -> Shape {
        Shape(
            "int ≥ \(least)", schema: .integer(atLeast: least),
            decode: { setting, reading in
                guard case .scalar(let text, isQuoted: false) = setting.node.content, let value = whole(text) else {
                    let isBigger = Shape<Duration>.looksLikeDuration(setting.node)
                    setting.wrongType(
                        expected: "a whole number",
                        remedy: isBigger ? "counts are bare numbers; only durations carry a unit" : nil, to: &reading)
                    return nil
                }
                guard value >= least else {
                    let name = setting.path.split(separator: ".").last ?? ""
                    setting.outOfRange(rule ?? "\(name) must be >= \(least)", to: &reading)
                    return nil
                }
                guard value <= mostCounted else {
                    let name = setting.path.split(separator: ".").last ?? ""
                    setting.outOfRange("\(name) must be <= \(mostCounted)", to: &reading)
                    return nil
                }
                return value
            },
            render: { .integer($0) })
    }

    /// `1000`, `1_000`, `+3`, and `10.0` from programs that know no integers.
    fileprivate static func whole(_ text: String) -> Int? {
        let bare = text.filter { $0 != "_" }
        if let value = Int(bare) { return value }
        return Double(bare).flatMap { Int(exactly: $0) }
    }
}

extension Shape<UInt64> {
    static var seed: Shape {
        Shape(
            "int ≥ 0", schema: .integer(atLeast: 0),
            decode: { setting, reading in
                guard case .scalar(let text, isQuoted: false) = setting.node.content else {
                    setting.wrongType(expected: "a whole number", to: &reading)
                    return nil
                }
                if let value = UInt64(text.filter { $0 != "_" }) { return value }
                if Double(text) != nil {
                    setting.outOfRange("a seed is a whole number from 0 to \(UInt64.max)", to: &reading)
                } else {
                    setting.wrongType(expected: "a whole number", to: &reading)
                }
                return nil
            },
            render: { .natural($0) })
    }
}

extension Shape<Double> {
    /// A number in a range; `aboveZero` leaves zero out.
    static func number(_ range: ClosedRange<Double>, aboveZero: Bool = false) -> Shape {
        let lower = aboveZero ? "> 0" : ">= \(plain(range.lowerBound))"
        let upper = range.upperBound == .greatestFiniteMagnitude ? "" : ", <= \(plain(range.upperBound))"
        return Shape(
            "number \(lower)\(upper)", schema: .number(range, aboveZero: aboveZero),
            decode: { setting, reading in
                guard case .scalar(let text, isQuoted: false) = setting.node.content, let value = Double(text.filter { $0 != "_" }),
                    value.isFinite
                else {
                    setting.wrongType(expected: "a number", to: &reading)
                    return nil
                }
                guard range.contains(value), !(aboveZero && value == 0) else {
                    let name = setting.path.split(separator: ".").last ?? ""
                    setting.outOfRange("\(name) must be \(lower)\(upper)", to: &reading)
                    return nil
                }
                return value
            },
            render: { .number($0) })
    }

    private static func plain(_ value: Double) -> String { Int(exactly: value).map { "\($0)" } ?? "\(value)" }
}

extension Shape<Duration> {
    static func duration(_ range: ClosedRange<Duration>? = nil) -> Shape {
        Shape(
            "duration", schema: .text(examples: ["60s", "10 min", "100ms"]),
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "a duration such as `60s`", to: &reading)
                    return nil
                }
                guard let value = DurationText.parse(text) else {
                    setting.wrongType(expected: "a duration such as `60s`", remedy: hint(for: text), to: &reading)
                    return nil
                }
                if let range, !range.contains(value) {
                    let (least, most) = (DurationText.spell(range.lowerBound), DurationText.spell(range.upperBound))
                    setting.outOfRange("a duration from \(least) to \(most) is needed", to: &reading)
                    return nil
                }
                return value
            },
            render: { .text(DurationText.spell($0)) })
    }

    private static func hint(for text: String) -> String {
        let units = "units are ns, us, ms, s, min, h, d"
        if let number = Double(text) {
            return number < 0 ? "a duration cannot be negative" : "say the unit: `\(text)s` or `\(text)ms`"
        }
        return units
    }

    static func looksLikeDuration(_ node: ConfigNode) -> Bool {
        guard case .scalar(let text, _) = node.content else { return false }
        return DurationText.parse(text) != nil
    }
}

extension Shape where Value: RawRepresentable<String> & CaseIterable & Sendable {
    /// One of a closed set of names. `also` are older spellings; `later` are names that a coming version will know, whether the set has
    /// them already or not.
    static func choice(_ value: Value.Type, also: [String: Value] = [:], later: Set<String> = [], noun: String? = nil) -> Shape {
        let names = Value.allCases.map(\.rawValue).filter { !later.contains($0) }
        return Shape(
            names.map { "`\($0)`" }.joined(separator: ", "), schema: .names(names + also.keys.sorted()),
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "one of \(names.joined(separator: ", "))", to: &reading)
                    return nil
                }
                if !later.contains(text), let value = Value(rawValue: text) ?? also[text] { return value }
                setting.reportUnknownName(text, noun: noun, known: names + also.keys.sorted(), later: later, to: &reading)
                return nil
            },
            render: { .text($0.rawValue) })
    }
}

extension Setting {
    /// A name outside a closed set: unknown, or one that a coming version will have.
    func reportUnknownName(_ name: String, noun: String?, known: [String], later: Set<String>, to reading: inout Reading) {
        let list = known.joined(separator: ", ")
        if later.contains(name) {
            let what = noun.map { "the \($0) `\(name)`" } ?? "`\(path): \(name)`"
            report("config.not-available", "\(what) is not available in this version", remedy: "available are: \(list)", to: &reading)
        } else {
            let guess = Spelling.nearest(to: name, among: known + later.sorted())
            let remedy = guess.map { "did you mean `\($0)`? Known are: \(list)" } ?? "known are: \(list)"
            report("config.invalid-value", "Invalid \(noun ?? path): `\(name)`", remedy: remedy, to: &reading)
        }
    }
}
