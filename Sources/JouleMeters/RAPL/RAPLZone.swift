import JouleModel
import JouleUnits

/// One readable energy counter of the powercap tree.
struct RAPLZone: Hashable {
    /// The folder's name: `intel-rapl:0:1`.
    let id: ZoneID
    let path: String
    /// What the driver calls it: `package-0`, `package-0-die-1`, `core`, `dram`, `psys`.
    let name: String
    /// `package-0`, `package-0/dram`.
    let device: String
    let scope: Scope
    /// Microjoules at which the counter starts again.
    let range: UInt64?
    /// Zones that show the same counter and are left out.
    var twins: [String] = []

    var counterPath: String { "\(path)/energy_uj" }

    /// Time in which the counter wraps under a heavy load.
    var shortestWrap: Duration? {
        range.map { .seconds(Joules.microjoules(Double($0)).rawValue / RAPLMeter.heavyLoad.rawValue) }
    }
}

/// A zone folder's name, taken apart: control type and position.
struct ZoneID: Hashable, Comparable, CustomStringConvertible {
    let controlType: String
    let position: [Int]

    /// nil for what is no zone: the control type's own folder, and anything else that lies there.
    init?(_ name: String) {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.dropFirst().compactMap { Int($0) }
        guard let first = parts.first, !numbers.isEmpty, numbers.count == parts.count - 1 else { return nil }
        controlType = String(first)
        position = numbers
    }

    private init(controlType: String, position: [Int]) {
        self.controlType = controlType
        self.position = position
    }

    var parent: ZoneID? {
        position.count > 1 ? ZoneID(controlType: controlType, position: Array(position.dropLast())) : nil
    }

    /// The package or platform that the zone belongs to.
    var top: ZoneID { ZoneID(controlType: controlType, position: Array(position.prefix(1))) }

    var description: String { ([controlType] + position.map(String.init)).joined(separator: ":") }

    static func < (left: ZoneID, right: ZoneID) -> Bool {
        left.controlType == right.controlType
            ? left.position.lexicographicallyPrecedes(right.position) : left.controlType < right.controlType
    }
}
