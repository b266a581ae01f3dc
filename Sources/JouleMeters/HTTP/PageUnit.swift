import JouleUnits

/// What a number on a page means: energy that adds up, or power, and in which unit.
struct PageUnit: Hashable, Sendable {
    enum Quantity: Hashable, Sendable { case energy, power }

    let quantity: Quantity
    /// As it is written in a configuration.
    let symbol: String
    /// Joules or watts in one of it.
    private let factor: Double

    private init(_ quantity: Quantity, _ symbol: String, _ factor: Double) {
        self.quantity = quantity
        self.symbol = symbol
        self.factor = factor
    }

    static let joules = PageUnit(.energy, "J", 1)
    static let millijoules = PageUnit(.energy, "mJ", 1e-3)
    static let microjoules = PageUnit(.energy, "uJ", 1e-6)
    static let kilojoules = PageUnit(.energy, "kJ", 1e3)
    static let wattMinutes = PageUnit(.energy, "Wmin", 60)
    static let wattHours = PageUnit(.energy, "Wh", 3_600)
    static let kilowattHours = PageUnit(.energy, "kWh", 3_600_000)
    static let watts = PageUnit(.power, "W", 1)
    static let milliwatts = PageUnit(.power, "mW", 1e-3)
    static let microwatts = PageUnit(.power, "uW", 1e-6)
    static let kilowatts = PageUnit(.power, "kW", 1e3)

    static let all: [PageUnit] = [
        .joules, .millijoules, .microjoules, .kilojoules, .wattMinutes, .wattHours, .kilowattHours, .watts, .milliwatts, .microwatts,
        .kilowatts,
    ]

    /// Capitals matter: `mW` is no `MW`.
    init?(symbol: String) {
        let plain = symbol.hasPrefix("µ") || symbol.hasPrefix("μ") ? "u" + symbol.dropFirst() : symbol
        guard let unit = Self.all.first(where: { $0.symbol == plain }) else { return nil }
        self = unit
    }

    /// Endings of names as exporters write them. `_mj` and `_mw` are missing on purpose: both are used for milli and for mega.
    private static let endings: [(ending: String, unit: PageUnit)] = [
        ("microjoules", .microjoules), ("microjoule", .microjoules), ("uj", .microjoules), ("millijoules", .millijoules),
        ("millijoule", .millijoules), ("kilojoules", .kilojoules), ("kilojoule", .kilojoules), ("joules", .joules), ("joule", .joules),
        ("j", .joules), ("kilowatt_hours", .kilowattHours), ("kilowatthours", .kilowattHours), ("kilowatt_hour", .kilowattHours),
        ("kilowatthour", .kilowattHours), ("kwh", .kilowattHours), ("watt_minutes", .wattMinutes), ("wattminutes", .wattMinutes),
        ("watt_hours", .wattHours), ("watthours", .wattHours), ("watt_hour", .wattHours), ("watthour", .wattHours), ("wh", .wattHours),
        ("microwatts", .microwatts), ("microwatt", .microwatts), ("uw", .microwatts), ("milliwatts", .milliwatts),
        ("milliwatt", .milliwatts), ("kilowatts", .kilowatts), ("kilowatt", .kilowatts), ("kw", .kilowatts), ("watts", .watts),
        ("watt", .watts), ("w", .watts),
    ]

    /// The unit at the end of a metric's name, before `_total`; nil when it cannot be told.
    init?(name: String) {
        var name = name.lowercased()
        if name.hasSuffix("_total") { name.removeLast(6) }
        guard let entry = Self.endings.first(where: { name == $0.ending || name.hasSuffix("_" + $0.ending) }) else { return nil }
        self = entry.unit
    }

    /// The energy that a count of this unit is; nil for a power and for what is no number.
    func energy(_ value: Double) -> Joules? { quantity == .energy && value.isFinite ? Joules(value * factor) : nil }

    /// The power that a count of this unit is; nil for an energy and for what is no number.
    func power(_ value: Double) -> Watts? { quantity == .power && value.isFinite ? Watts(value * factor) : nil }
}
