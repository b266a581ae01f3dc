import JouleModel
import JouleUnits

/// Which scopes add up to `system`, given those that were metered.
struct Siblings {
    private(set) var scopes: Set<Scope> = []
    /// Parts of a machine that no meter covered.
    private(set) var missing: [String] = []
    /// Why there is no sum: a part was metered and its energy is not known.
    private(set) var absentReason: String?

    init(_ totals: [Scope: Reading<Measured<Joules>>]) {
        func isKnown(_ scope: Scope) -> Bool { totals[scope]?.value != nil }
        var lacking: [String] = []
        func lack(_ scope: Scope) {
            if let reason = totals[scope]?.reason { lacking.append("\(scope.rawValue) has no energy (\(reason))") }
        }

        let processors: [Scope] = [.psys, .package, .cpu]
        if isKnown(.module) {
            scopes.insert(.module)
            // A module holds its GPU and its CPU; what else reports a package or a platform lies outside it.
            if let wider = [Scope.psys, .package].first(where: isKnown) { scopes.insert(wider) }
        } else {
            if let widest = processors.first(where: isKnown) {
                scopes.insert(widest)
            } else if let first = processors.first(where: { totals[$0] != nil }) {
                scopes.insert(first)
                lack(first)
            } else {
                missing.append("the processors")
            }
            if totals[.gpu] != nil {
                scopes.insert(.gpu)
                lack(.gpu)
            } else if totals[.module] != nil {
                lack(.module)
            }
        }
        for scope in [Scope.dram, .other] where totals[scope] != nil {
            scopes.insert(scope)
            lack(scope)
        }
        // A platform's own zone may hold the memory already, and a module does.
        if totals[.dram] == nil, scopes.isDisjoint(with: [.module, .psys]) { missing.append("the memory") }

        if !lacking.isEmpty {
            absentReason = lacking.joined(separator: "; ")
        } else if scopes.isEmpty {
            absentReason = "no meter covers a part of the system"
        }
    }

    /// Why a scope does not count into `system`.
    func reasonAgainst(_ scope: Scope) -> String {
        switch scope {
        case .core, .uncore: return "lies inside the package"
        case .node, .facility: return "holds the whole system and is reported apart"
        case .system: return "is itself a total"
        case .gpu, .package, .dram, .psys, .module, .cpu, .other:
            let wider = scope.containers.first { scopes.contains($0) }
            let processor = [Scope.psys, .package, .cpu].first { scopes.contains($0) }
            return (wider ?? processor).map { "\($0.rawValue) counts instead" } ?? "is counted nowhere"
        }
    }
}
