import JouleUnits

extension Shape<Watts> {
    /// `350 W`, `1.2 kW`; a bare number is in watts.
    static var watts: Shape {
        Shape(
            "power (`350 W`)", schema: .any(of: [.text(examples: ["350 W", "1.2 kW"]), .number(0...1e9, aboveZero: false)]),
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "a power such as `350 W`", to: &reading)
                    return nil
                }
                let bare = text.filter { $0 != " " }
                let units = [("kW", 1e3), ("mW", 1e-3), ("W", 1.0)]
                let unit = units.first { bare.hasSuffix($0.0) }
                guard let number = Double(bare.dropLast(unit?.0.count ?? 0)), number.isFinite else {
                    setting.wrongType(expected: "a power such as `350 W`", to: &reading)
                    return nil
                }
                let watts = number * (unit?.1 ?? 1)
                guard (0...1e9).contains(watts) else {
                    setting.outOfRange("a power is not below 0 W", to: &reading)
                    return nil
                }
                return Watts(watts)
            },
            render: { power in
                let value = power.rawValue
                return .text((Int(exactly: value).map { "\($0)" } ?? "\(value)") + " W")
            })
    }
}
