import JouleModel
import JouleUnits

extension Shape<Double> {
    /// Requests a second. `inf`, which is infinity, only where everything may be sent at once.
    static func rate(allowsUnlimited: Bool) -> Shape {
        Shape(
            "rate" + (allowsUnlimited ? " (`64/s`, `120/min`, `inf`)" : ""),
            schema: .any(of: [.text(examples: ["64/s", "120/min"]), .number(0...(.greatestFiniteMagnitude), aboveZero: true)]),
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "a rate such as `64/s`", to: &reading)
                    return nil
                }
                do throws(Failure) {
                    switch try RateText.parse(text) {
                    case .perSecond(let rate): return rate
                    case .unlimited where allowsUnlimited: return .infinity
                    case .unlimited: setting.outOfRange("a rate that is a number is needed", to: &reading)
                    }
                } catch {
                    setting.report(
                        "config.invalid-value", "`\(setting.path)`: \(error.message)", remedy: error.remedy, to: &reading)
                }
                return nil
            },
            render: { .text(RateText.spell($0)) })
    }
}

extension Shape<LoadSpec.Ramp> {
    /// `{from: 1/s, to: 64/s, over: 5 min, shape: exponential}`. `to` may be left out where `load.rate` says it: then it is not a number.
    static var ramp: Shape {
        Shape(
            "`{from, to, over, shape: linear|exponential}`",
            schema: .options([
                "from": start.schema, "to": Shape<Double>.rate(allowsUnlimited: false).schema, "over": Shape<Duration>.duration().schema,
                "shape": .names(LoadSpec.Ramp.Shape.allCases.map(\.rawValue)),
            ]),
            decode: { setting, reading in
                let before = reading.failures.count
                guard let options = Options(setting, known: ["from", "to", "over", "shape"], reading: &reading) else {
                    setting.wrongType(expected: "a map such as {from: 1/s, to: 64/s}", to: &reading)
                    return nil
                }
                let shape = options.read("shape", .choice(LoadSpec.Ramp.Shape.self), &reading) ?? .linear
                let from = options.read("from", start, &reading)
                let to = options.read("to", .rate(allowsUnlimited: false), &reading)
                let over = options.read("over", .duration(.milliseconds(1)...(.seconds(366 * 86_400))), &reading)
                if options.given("from") == nil {
                    setting.report(
                        "config.missing-key", "`\(setting.path)` does not say the rate it starts from", remedy: "add from: 1/s",
                        to: &reading)
                } else if shape == .exponential, from == 0 {
                    options.given("from")?.report(
                        "config.invalid-value", "an exponential ramp cannot start from 0", remedy: "start from 1/s, or make it linear",
                        to: &reading)
                }
                guard reading.failures.count == before, let from else { return nil }
                return LoadSpec.Ramp(from: from, to: to ?? .nan, over: over, shape: shape)
            },
            render: { ramp in
                var pairs: [ConfigurationValue.Pair] = [
                    .init(key: "from", value: .text(RateText.spell(ramp.from))), .init(key: "to", value: .text(RateText.spell(ramp.to))),
                ]
                if let over = ramp.over { pairs.append(.init(key: "over", value: .text(DurationText.spell(over)))) }
                return .map(pairs + [.init(key: "shape", value: .text(ramp.shape.rawValue))])
            })
    }

    /// A rate, or 0, from which a linear ramp may start.
    private static var start: Shape<Double> {
        let rate = Shape<Double>.rate(allowsUnlimited: false)
        return Shape<Double>(
            rate.description, schema: .any(of: [rate.schema, .integer(atLeast: 0)]),
            decode: { setting, reading in
                if case .scalar(let text, _) = setting.node.content, ["0", "0.0", "0/s"].contains(text) { return 0 }
                return rate.decode(setting, &reading)
            },
            render: rate.render)
    }
}

extension Shape<LengthDistribution> {
    /// More tokens than any model takes.
    private static let longest = 100_000_000

    /// A bare number for always the same length, or a distribution with its bounds.
    static var lengths: Shape {
        Shape(
            "int ≥ 1, or `{distribution: normal|uniform|lognormal|fixed, mean, std, min, max}`",
            schema: .any(of: [
                .integer(atLeast: 1),
                .options([
                    "distribution": .names(LengthDistribution.Kind.allCases.map(\.rawValue)),
                    "mean": .number(1...Double(longest), aboveZero: false), "std": .number(0...Double(longest), aboveZero: false),
                    "min": .integer(atLeast: 1), "max": .integer(atLeast: 1),
                ]),
            ]),
            decode: { setting, reading in
                if case .scalar = setting.node.content, !setting.node.isNull {
                    return length.decode(setting, &reading).map { .fixed($0) }
                }
                return decodeMap(setting, &reading)
            },
            render: { lengths in
                if lengths.kind == .fixed { return .integer(lengths.minimum) }
                var pairs: [ConfigurationValue.Pair] = [.init(key: "distribution", value: .text(lengths.kind.rawValue))]
                if lengths.kind != .uniform {
                    pairs.append(.init(key: "mean", value: number(lengths.mean)))
                    pairs.append(.init(key: "std", value: number(lengths.standardDeviation)))
                }
                pairs.append(.init(key: "min", value: .integer(lengths.minimum)))
                pairs.append(.init(key: "max", value: .integer(lengths.maximum)))
                return .map(pairs)
            })
    }

    private static var length: Shape<Int> {
        Shape<Int>.count(atLeast: 1, rule: "a length is at least 1 token").checked { length in
            length <= longest ? nil : ("\(length) tokens are more than any model takes", nil)
        }
    }

    private static func number(_ value: Double) -> ConfigurationValue { Int(exactly: value).map { .integer($0) } ?? .number(value) }

    private static func decodeMap(_ setting: Setting, _ reading: inout Reading) -> LengthDistribution? {
        let before = reading.failures.count
        guard let options = Options(setting, known: ["distribution", "mean", "std", "min", "max"], reading: &reading) else {
            setting.wrongType(expected: "a number of tokens, or a map", to: &reading)
            return nil
        }
        let named = options.read("distribution", .choice(LengthDistribution.Kind.self, noun: "distribution"), &reading)
        let mean = options.read("mean", .number(1...Double(longest)), &reading)
        let deviation = options.read("std", .number(0...Double(longest)), &reading)
        let bounds = (least: options.read("min", length, &reading), most: options.read("max", length, &reading))
        guard reading.failures.count == before else { return nil }
        let kind = named ?? (deviation != nil ? .normal : mean == nil ? .uniform : .fixed)
        func refuse(_ name: String, _ message: String, _ remedy: String? = nil) {
            (options.given(name) ?? setting).report("config.invalid-value", message, remedy: remedy, to: &reading)
        }
        func missing(_ name: String) {
            setting.report(
                "config.missing-key", "`\(setting.path)` does not say its \(name), which the \(kind.rawValue) distribution needs",
                to: &reading)
        }
        switch kind {
        case .fixed:
            for name in ["std", "min", "max"] where options.given(name) != nil {
                refuse(name, "a fixed length has no \(name)", "name the distribution: normal, uniform or lognormal")
            }
            guard let mean else {
                missing("mean")
                return nil
            }
            guard let whole = Int(exactly: mean) else {
                refuse("mean", "a fixed length is a whole number of tokens")
                return nil
            }
            return reading.failures.count == before ? .fixed(whole) : nil
        case .uniform:
            for name in ["mean", "std"] where options.given(name) != nil {
                refuse(name, "a uniform distribution has no \(name) of its own", "give min and max")
            }
            guard let least = bounds.least, let most = bounds.most else {
                missing(bounds.least == nil ? "min" : "max")
                return nil
            }
            if least > most { refuse("min", "min is \(least) and max is \(most)", "swap the two") }
            guard reading.failures.count == before else { return nil }
            return LengthDistribution(kind: .uniform, mean: (Double(least) + Double(most)) / 2, minimum: least, maximum: most)
        case .normal, .lognormal:
            guard let mean, let deviation else {
                missing(mean == nil ? "mean" : "std")
                return nil
            }
            // Bounds that cut off less than one length in 10,000; a lognormal has the longer tail.
            let reach = kind == .normal ? 4.0 : 10.0
            let least = bounds.least ?? max(1, kind == .normal ? Int((mean - reach * deviation).rounded(.down)) : 1)
            let most = bounds.most ?? max(least, min(longest, Int((mean + reach * deviation).rounded(.up))))
            if least > most {
                refuse("min", "min is \(least) and max is \(most)", "swap the two")
            } else if !(Double(least)...Double(most)).contains(mean) {
                refuse("mean", "the mean lies outside the bounds \(least) to \(most)", "move min, max or mean")
            }
            guard reading.failures.count == before else { return nil }
            return LengthDistribution(kind: kind, mean: mean, standardDeviation: deviation, minimum: least, maximum: most)
        }
    }
}
