import JouleUnits

/// What servers write about the energy of an answer; nobody has agreed on a form, so that several are understood.
///
/// - `energy: {energy_joules, energy_kwh, …}` in the answer, or as the comment `: energy {…}` of its stream (Neuralwatt);
/// - `impact: {energy: {total, unit: "Wms"}}` (GreenPT; a watt-millisecond is a millijoule);
/// - `energy`, `joules`, `energy_joules`, `energy_wh`, `energy_kwh` inside `usage`, and a bare number as `energy`, which is joules.
enum EnergyReport {
    /// Longer comments are no report.
    static let longestComment = 4_096

    /// The energy in a stream's comment, without its colon; nil for any other comment.
    static func comment(_ text: UnsafeRawBufferPointer) -> Joules? {
        let trimmed = text.trimmed
        guard trimmed.count > 7, trimmed.count <= longestComment, UnsafeRawBufferPointer(rebasing: trimmed[..<7]).equals("energy "),
            var walker = JSONWalker(UnsafeRawBufferPointer(rebasing: trimmed[7...]))
        else { return nil }
        return try? scan(&walker, in: UnsafeRawBufferPointer(rebasing: trimmed[7...]))
    }

    /// The energy that the next value says; it is passed over whatever it is.
    static func scan(_ walker: inout JSONWalker, in data: UnsafeRawBufferPointer) throws(JSONWalker.Malformed) -> Joules? {
        guard walker.peek() == UInt8(ascii: "{") else { return try walker.number().flatMap { energy($0, 1) } }
        var said: Joules?
        var nested: Joules?
        var total: Double?
        var unit: Double?
        var isFirst = true
        try walker.enterObject()
        while let key = try walker.nextKey(&isFirst) {
            let name = String(decoding: UnsafeRawBufferPointer(rebasing: data[key.offset..<key.offset + key.count]), as: UTF8.self)
            switch name {
            case "energy_joules", "joules", "total_joules", "total_energy_joules", "energy_j":
                said = try walker.number().flatMap { energy($0, 1) } ?? said
            case "energy_mj", "energy_millijoules": said = try later(said, &walker, 1e-3)
            case "energy_wh", "wh", "watt_hours": said = try later(said, &walker, 3_600)
            case "energy_kwh", "kwh": said = try later(said, &walker, 3_600_000)
            case "energy": nested = try scan(&walker, in: data)
            case "total", "value": total = try walker.number()
            case "unit": unit = try factor(&walker, in: data)
            default: try walker.skipValue()
            }
        }
        if let said { return said }
        if let nested { return nested }
        guard let total, let unit else { return nil }
        return energy(total, unit)
    }

    /// A value in a coarser unit, which is rounded: joules beside it are better.
    private static func later(_ said: Joules?, _ walker: inout JSONWalker, _ factor: Double) throws(JSONWalker.Malformed) -> Joules? {
        let number = try walker.number()
        return said ?? number.flatMap { energy($0, factor) }
    }

    private static func energy(_ number: Double, _ factor: Double) -> Joules? {
        number >= 0 && number * factor < 1e12 ? Joules(number * factor) : nil
    }

    /// Joules in one of the unit that the next value names; nil for a unit that is not known.
    private static func factor(_ walker: inout JSONWalker, in data: UnsafeRawBufferPointer) throws(JSONWalker.Malformed) -> Double? {
        guard walker.peek() == UInt8(ascii: "\"") else {
            try walker.skipValue()
            return nil
        }
        let text = try walker.string()
        switch String(decoding: UnsafeRawBufferPointer(rebasing: data[text.offset..<text.offset + text.count]), as: UTF8.self) {
        case "J", "Ws", "joules": return 1
        case "mJ", "Wms": return 1e-3
        case "kJ": return 1e3
        case "Wh": return 3_600
        case "mWh": return 3.6
        case "kWh": return 3_600_000
        default: return nil
        }
    }
}
