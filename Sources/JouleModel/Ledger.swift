import JouleUnits

/// Energy of one window by scope and device.
package struct LedgerEntry: Hashable, Sendable, Codable {
    package let scope: Scope
    package let device: String
    package let meter: String
    package let energy: Joules?
    package let plusMinus: Joules?
    package let meanPower: Watts?
    package let peakPower: Watts?
    package let method: EnergyMethod
    package let flags: [Flag]
    /// Why there is no energy, why it is not in the total, or why its label is less than its readings would allow.
    package let reason: String?
    /// Whether the entry counts into `system`; false when a wider scope or a better meter covers it already.
    package let inTotal: Bool
    /// The machine that the device is in, where it is not the one that ran the tool.
    package let host: String?
    /// Whether the entry counts into the total of its own scope; false where a better meter covers the same, and for what is shown and
    /// not added. nil in files of older versions.
    package let inScopeTotal: Bool?

    package init(
        scope: Scope, device: String, meter: String, energy: Joules?, plusMinus: Joules?, meanPower: Watts?, peakPower: Watts?,
        method: EnergyMethod, flags: Set<Flag>, reason: String? = nil, inTotal: Bool, host: String? = nil, inScopeTotal: Bool? = nil
    ) {
        self.scope = scope
        self.device = device
        self.meter = meter
        self.energy = energy
        self.plusMinus = plusMinus
        self.meanPower = meanPower
        self.peakPower = peakPower
        self.method = method
        self.flags = flags.sorted()
        self.reason = reason
        self.inTotal = inTotal
        self.host = host
        self.inScopeTotal = inScopeTotal
    }

    /// Whether the entry is one of those that its scope was added up from.
    package var isPartOfScope: Bool { inScopeTotal ?? true }

    private enum CodingKeys: String, CodingKey {
        case scope, device, meter, method, flags, reason, host
        case energy = "energy_joules"
        case plusMinus = "plus_minus_joules"
        case meanPower = "mean_power_watts"
        case peakPower = "peak_power_watts"
        case inTotal = "in_total"
        case inScopeTotal = "in_scope_total"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(scope, forKey: .scope)
        try container.encode(device, forKey: .device)
        try container.encode(meter, forKey: .meter)
        try container.encode(energy, forKey: .energy)
        try container.encode(plusMinus, forKey: .plusMinus)
        try container.encode(meanPower, forKey: .meanPower)
        try container.encode(peakPower, forKey: .peakPower)
        try container.encode(method, forKey: .method)
        try container.encode(flags, forKey: .flags)
        try container.encode(inTotal, forKey: .inTotal)
        try container.encodeIfPresent(reason, forKey: .reason)
        try container.encodeIfPresent(host, forKey: .host)
        try container.encodeIfPresent(inScopeTotal, forKey: .inScopeTotal)
    }
}

/// The containment ledger of one window: every device's energy, and the totals that add siblings only.
package struct Ledger: Hashable, Sendable {
    package let window: Range<Instant>
    package let entries: [LedgerEntry]
    /// The sum per scope over its devices, and `system` over all siblings.
    package let totals: [Scope: Reading<Measured<Joules>>]

    package init(window: Range<Instant>, entries: [LedgerEntry], totals: [Scope: Reading<Measured<Joules>>]) {
        self.window = window
        self.entries = entries
        self.totals = totals
    }

    /// `system`, or `node` or `facility` where nothing but the whole was metered.
    package var whole: Scope { .whole(of: totals.keys.filter { $0 != .system }) }

    /// `ledger.total(of: .gpu)`: the energy of a scope over all its devices, or why there is none.
    package func total(of scope: Scope) -> Reading<Measured<Joules>> {
        totals[scope] ?? .absent(reason: "no meter covers the scope \(scope.rawValue)")
    }
}
