import JouleUnits

/// What a meter's reading is at its root.
package enum MeterKind: String, Codable, Sendable, Hashable {
    /// A cumulative energy that only grows (NVML total energy, RAPL).
    case counter
    /// Instantaneous or averaged watts.
    case power
    /// An estimate from the load.
    case model
    /// The power of a simulated server.
    case simulated
    /// A log taken elsewhere.
    case imported = "import"
}

/// One stream of readings: a meter, a device, a scope. Declared when the meter is opened, stored in `environment.json`.
package struct MeterChannel: Hashable, Sendable, Codable {
    /// The meter family as it is named in `metrics.meters`: `nvml`, `rapl`, `model`.
    package let meter: String
    package let scope: Scope
    /// What identifies the device for good: a GPU's UUID, `package-0`, a hwmon label.
    package let device: String
    /// How people call it: `NVIDIA H200 #0`.
    package let name: String
    package let kind: MeterKind
    /// Whether cumulative energy is delivered (alone or beside power).
    package let hasEnergy: Bool
    /// Whether power is delivered.
    package let hasPower: Bool
    /// Sensor gain as the half-width of a 95 % interval, a fraction of the value (0.05 is ± 5 %).
    package let gain: Double
    /// Native update period where it is known; measured at the start for counters.
    package let updatePeriod: Duration?
    /// What else a reader should know: the TDP behind a model, the scope's host.
    package let note: String?
    /// Whether its joules count into totals; false for informative rows such as the process share.
    package let countsInTotals: Bool
    /// The machine that the device is in, where it is not this one: the name that its agent gives.
    package var host: String?
    /// Over which a power reading is the trailing mean, where the source says so.
    package var averagingWindow: Duration?

    package init(
        meter: String, scope: Scope, device: String, name: String, kind: MeterKind, hasEnergy: Bool, hasPower: Bool, gain: Double,
        updatePeriod: Duration? = nil, note: String? = nil, countsInTotals: Bool = true,
        host: String? = nil, averagingWindow: Duration? = nil
    ) {
        self.meter = meter
        self.scope = scope
        self.device = device
        self.name = name
        self.kind = kind
        self.hasEnergy = hasEnergy
        self.hasPower = hasPower
        self.gain = gain
        self.updatePeriod = updatePeriod
        self.note = note
        self.countsInTotals = countsInTotals
        self.host = host
        self.averagingWindow = averagingWindow
    }

    /// The machine that the device is in, as one sees it who has a name of his own: an agent may run on this very machine.
    package func host(seenFrom localHost: String?) -> String? { host == localHost ? nil : host }

    /// Of a channel that is shown and not added: that, and why.
    package var whyNotAdded: String? {
        guard !countsInTotals else { return nil }
        guard let note else { return "not added" }
        // The remark stands behind what else there is to know of the channel.
        return note.firstRange(of: "not added").map { String(note[$0.lowerBound...]) } ?? "not added: \(note)"
    }

    private enum CodingKeys: String, CodingKey {
        case meter, scope, device, name, kind, gain, note, host
        case hasEnergy = "has_energy"
        case hasPower = "has_power"
        case updatePeriod = "update_period_seconds"
        case countsInTotals = "counts_in_totals"
        case averagingWindow = "averaging_window_seconds"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func bounded(_ key: CodingKeys, upTo most: Double) throws -> Double {
            let value = try container.decode(Double.self, forKey: key)
            guard (0...most).contains(value) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "\(value) is not between 0 and \(most)")
            }
            return value
        }
        func seconds(_ key: CodingKeys) throws -> Duration? {
            try container.decodeIfPresent(Double.self, forKey: key) == nil ? nil : .seconds(try bounded(key, upTo: 86_400))
        }
        self.init(
            meter: try container.decode(String.self, forKey: .meter), scope: try container.decode(Scope.self, forKey: .scope),
            device: try container.decode(String.self, forKey: .device), name: try container.decode(String.self, forKey: .name),
            kind: try container.decode(MeterKind.self, forKey: .kind), hasEnergy: try container.decode(Bool.self, forKey: .hasEnergy),
            hasPower: try container.decode(Bool.self, forKey: .hasPower), gain: try bounded(.gain, upTo: 1_000),
            updatePeriod: try seconds(.updatePeriod),
            note: try container.decodeIfPresent(String.self, forKey: .note),
            countsInTotals: try container.decode(Bool.self, forKey: .countsInTotals),
            host: try container.decodeIfPresent(String.self, forKey: .host),
            averagingWindow: try seconds(.averagingWindow))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(meter, forKey: .meter)
        try container.encode(scope, forKey: .scope)
        try container.encode(device, forKey: .device)
        try container.encode(name, forKey: .name)
        try container.encode(kind, forKey: .kind)
        try container.encode(hasEnergy, forKey: .hasEnergy)
        try container.encode(hasPower, forKey: .hasPower)
        try container.encode(gain, forKey: .gain)
        try container.encodeIfPresent(updatePeriod?.seconds, forKey: .updatePeriod)
        try container.encodeIfPresent(note, forKey: .note)
        try container.encode(countsInTotals, forKey: .countsInTotals)
        try container.encodeIfPresent(host, forKey: .host)
        try container.encodeIfPresent(averagingWindow?.seconds, forKey: .averagingWindow)
    }
}
