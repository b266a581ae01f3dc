import JouleModel
import JouleUnits

extension Shape<String> {
    /// A place with a grid: `DE`, `DEU`, `US-CA`, `SE-SE3`, `US-CAL-CISO`.
    static var zone: Shape {
        text("alpha-2, alpha-3, `US-CA`, `SE-SE3` or a zone of Electricity Maps").checked { text in
            if GridZone(text) != nil { return nil }
            let guess = Spelling.nearest(to: text.uppercased(), among: GridZone.knownRegions).map { "did you mean `\($0)`? " } ?? ""
            return ("`\(text)` is no zone of a known country", guess + "write DE, DEU, US-CA or SE-SE3")
        }
    }
}

extension Shape<CarbonIntensity> {
    static var intensity: Shape {
        let number = Shape<Double>.number(0...10_000)
        return Shape(
            number.description, schema: number.schema,
            decode: { setting, reading in number.decode(setting, &reading).map { CarbonIntensity($0) } },
            render: { number.render($0.rawValue) })
    }
}

extension Shape<Duration> {
    /// A service life: `4y`, or any duration. A year is 365 days.
    fileprivate static var lifetime: Shape {
        let year = 365.0 * 86_400
        let duration = Shape<Duration>.duration()
        return Shape(
            "duration, or years as in `4y`", schema: .text(examples: ["4y"]),
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content else { return duration.decode(setting, &reading) }
                let bare = text.filter { $0 != " " }
                let ending = ["years", "year", "y"].first { bare.hasSuffix($0) }
                let value: Duration?
                if let ending {
                    value = Double(bare.dropLast(ending.count)).flatMap { (0...100).contains($0) ? .seconds($0 * year) : nil }
                    if value == nil {
                        setting.report(
                            "config.out-of-range", "`\(setting.path)` is \(text), and up to 100 years are a lifetime", remedy: "write 4y",
                            to: &reading)
                    }
                } else {
                    value = duration.decode(setting, &reading)
                }
                guard let value else { return nil }
                guard value > .zero else {
                    setting.outOfRange("a lifetime is longer than nothing", to: &reading)
                    return nil
                }
                return value
            },
            render: { value in
                let years = value.seconds / year
                return years >= 1 && years == years.rounded() ? .text("\(Int(years))y") : duration.render(value)
            })
    }
}

extension Shape<CarbonSpec.Embodied.Device> {
    fileprivate static var device: Shape {
        let mass = Shape<Double>.number(0...1e9)
        let name = Shape<String>.text()
        let count = Shape<Int>.count(atLeast: 1)
        return Shape(
            "{name, kgco2e, count}",
            schema: .options(["name": name.schema, "kgco2e": mass.schema, "count": count.schema]),
            decode: { setting, reading in
                guard let options = Options(setting, known: ["name", "kgco2e", "count"], reading: &reading) else {
                    setting.wrongType(expected: "a map of name, kgco2e and count", to: &reading)
                    return nil
                }
                let before = reading.failures.count
                let name = options.read("name", name, &reading)
                let mass = options.read("kgco2e", mass, &reading)
                let number = options.read("count", count, &reading)
                guard let name, let mass else {
                    if reading.failures.count == before {
                        setting.report(
                            "config.missing-key", "`\(setting.path)` says a name and its kgco2e", remedy: "write {name: H100, kgco2e: 164}",
                            to: &reading)
                    }
                    return nil
                }
                return CarbonSpec.Embodied.Device(name: name, kilograms: mass, count: number ?? 1)
            },
            render: {
                .map([
                    .init(key: "name", value: .text($0.name)), .init(key: "kgco2e", value: .number($0.kilograms)),
                    .init(key: "count", value: .integer($0.count)),
                ])
            })
    }
}

extension Shape<CarbonSpec.Embodied> {
    /// `default`, or `{lifetime: 4y, devices: [{name: H100, kgco2e: 164, count: 8}]}`.
    static var embodied: Shape {
        let devices = Shape<CarbonSpec.Embodied.Device>.device.list(
            allowsEmpty: false, emptyRemedy: "name the devices, or write `default` for the table of the tool")
        return Shape(
            "`default`, or `{lifetime: 4y, devices: [{name, kgco2e, count}]}`",
            schema: .any(of: [
                .names(["default"]), .options(["lifetime": Shape<Duration>.lifetime.schema, "devices": devices.schema]),
            ]),
            decode: { setting, reading in
                if case .scalar("default", _) = setting.node.content { return .builtIn }
                guard let options = Options(setting, known: ["lifetime", "devices"], reading: &reading) else {
                    setting.wrongType(
                        expected: "`default`, or a map of lifetime and devices",
                        remedy: "`default` accepts the table that comes with the tool", to: &reading)
                    return nil
                }
                let before = reading.failures.count
                let lifetime = options.read("lifetime", Shape<Duration>.lifetime, &reading)
                let list = options.read("devices", devices, &reading)
                guard let lifetime, let list else {
                    if reading.failures.count == before {
                        setting.report(
                            "config.missing-key", "`\(setting.path)` says a lifetime and devices",
                            remedy: "write {lifetime: 4y, devices: [{name: H100, kgco2e: 164, count: 8}]}", to: &reading)
                    }
                    return nil
                }
                return .given(list, lifetime: lifetime)
            },
            render: { embodied in
                switch embodied {
                case .builtIn: return .text("default")
                case .given(let list, let lifetime):
                    let pairs: [ConfigurationValue.Pair?] = [
                        Shape<Duration>.lifetime.render(lifetime).map { .init(key: "lifetime", value: $0) },
                        devices.render(list).map { .init(key: "devices", value: $0) },
                    ]
                    return .map(pairs.compactMap(\.self))
                }
            })
    }
}

extension Shape<CarbonSpec.Price> {
    /// `{per_kwh: 0.25, currency: EUR}`.
    static var price: Shape {
        let amount = Shape<Double>.number(0...1e9)
        let currency = Shape<String>.text("ISO 4217").checked { code in
            let isCode = code.count == 3 && code.allSatisfy { $0.isASCII && $0.isUppercase }
            return isCode ? nil : ("`\(code)` is no code of a currency", "write three letters, such as EUR or USD")
        }
        return Shape(
            "`{per_kwh: 0.25, currency: EUR}`",
            schema: .options(["per_kwh": amount.schema, "currency": currency.schema]),
            decode: { setting, reading in
                guard let options = Options(setting, known: ["per_kwh", "currency"], reading: &reading) else {
                    setting.wrongType(
                        expected: "a map of per_kwh and currency", remedy: "write {per_kwh: 0.25, currency: EUR}", to: &reading)
                    return nil
                }
                let before = reading.failures.count
                let amount = options.read("per_kwh", amount, &reading)
                let currency = options.read("currency", currency, &reading)
                guard let amount, let currency else {
                    if reading.failures.count == before {
                        setting.report(
                            "config.missing-key", "`\(setting.path)` says an amount and its currency",
                            remedy: "write {per_kwh: 0.25, currency: EUR}", to: &reading)
                    }
                    return nil
                }
                return CarbonSpec.Price(perKilowattHour: amount, currency: currency)
            },
            render: {
                .map([
                    .init(key: "per_kwh", value: .number($0.perKilowattHour)), .init(key: "currency", value: .text($0.currency)),
                ])
            })
    }
}
