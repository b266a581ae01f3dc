import JouleModel

/// One counter of the folder: its files and what it covers.
struct CrayCounter: Hashable {
    /// `energy`, `cpu_energy`, `accel0_energy`.
    let name: String
    let energyPath: String
    let powerPath: String?
    let scope: Scope
    let device: String
    var countsInTotals = true
    var note: String?

    /// What a counter's name says; nil for one that is not known.
    static func coverage(of name: String) -> (scope: Scope, device: String)? {
        switch name {
        case "energy": return (.node, "node")
        case "cpu_energy": return (.package, "cpu")
        case "memory_energy": return (.dram, "memory")
        default:
            guard name.hasSuffix("_energy") else { return nil }
            let stem = name.dropLast("_energy".count)
            if stem.hasPrefix("accel"), Int(stem.dropFirst(5)) != nil { return (.gpu, String(stem)) }
            if stem.hasPrefix("cpu"), Int(stem.dropFirst(3)) != nil { return (.package, String(stem)) }
            return nil
        }
    }
}

/// Which of a node's parts another meter counts already: the same joules must not stand in a total twice.
package struct CrayParts: Sendable, Hashable {
    package var package = false
    package var dram = false
    package var gpu = false

    package init() {}

    func covers(_ scope: Scope) -> Bool {
        switch scope {
        case .package: package
        case .dram: dram
        case .gpu: gpu
        case .core, .uncore, .psys, .module, .cpu, .other, .system, .node, .facility: false
        }
    }
}
