/// What an energy figure covers. A closed set, ordered from the smallest part to the whole site.
package enum Scope: String, Codable, Sendable, CaseIterable, Hashable {
    case gpu, package, core, uncore, dram, psys, module, cpu, other, system, node, facility

    /// The scopes that hold this one, nearest first: a total never adds a scope to one that holds it.
    ///
    /// `node ⊃ {package ⊃ {core, uncore}, dram, gpu, other}`, `psys ⊃ package`, `module ⊃ {gpu, cpu}`. The DRAM zone of a
    /// server lies beside its package, not in it.
    package var containers: [Scope] {
        switch self {
        case .core, .uncore: [.package, .psys, .node, .facility]
        case .package: [.psys, .node, .facility]
        case .gpu, .cpu: [.module, .node, .facility]
        case .dram, .psys, .module, .other, .system: [.node, .facility]
        case .node: [.facility]
        case .facility: []
        }
    }
}

extension Scope {
    /// What the energy of machines is stated of, given the scopes that were metered: `system`, the sum of their parts, and where nothing
    /// but whole machines or sites were metered, those.
    package static func whole(of metered: some Sequence<Scope>) -> Scope {
        let metered = Set(metered)
        guard !metered.isEmpty, metered.isSubset(of: [.node, .facility]) else { return .system }
        return metered.contains(.node) ? .node : .facility
    }

    /// Scopes that hold all that is in a machine, narrowest first.
    package static let wholes: [Scope] = [.system, .node, .facility]
}

/// How an energy figure came to be; the quality label beside every figure.
package enum EnergyMethod: String, Codable, Sendable, CaseIterable, Hashable {
    case measuredCounter = "measured-counter"
    case measuredPower = "measured-power"
    case modelled
    case assumed
    /// Of a run in which no model ran: by its tokens, its energy or both it says nothing about any machine.
    case simulated
    case unavailable

    package var isMeasured: Bool { self == .measuredCounter || self == .measuredPower }

    /// The weaker of two labels: a sum is only as good as its worst part.
    package func weaker(_ other: EnergyMethod) -> EnergyMethod {
        let order = EnergyMethod.allCases
        guard let left = order.firstIndex(of: self), let right = order.firstIndex(of: other) else { return .unavailable }
        return order[max(left, right)]
    }
}
