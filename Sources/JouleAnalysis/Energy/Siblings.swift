import JouleModel
import JouleUnits

/// Which scopes add up to `system`, given those that were metered.
struct Siblings {
    private(set) var scopes: Set<Scope> = []
    /// Parts of a machine that no meter covered.
    private(set) var missing: [String] = []
    /// Why there is no sum: a part was metered and its energy is not known.
    private(set) var absentReason: String?
    /// The counted scope that has the memory in it already, or may have.
    private let memoryHolder: Scope?

    /// - Parameters:
    ///   - totals: of one machine.
    ///   - modelled: scopes whose total is an estimate from the load. An estimate never stands beside a sensor that may hold what it
    ///     estimates.
    init(_ totals: [Scope: Reading<Measured<Joules>>], modelled: Set<Scope> = []) {
        func isKnown(_ scope: Scope) -> Bool { totals[scope]?.value != nil }
        var lacking: [String] = []
        func lack(_ scope: Scope) {
            if let reason = totals[scope]?.reason { lacking.append("\(scope.rawValue) has no energy (\(reason))") }
        }

        let processors: [Scope] = [.psys, .package, .cpu]
        if isKnown(.module) {
            scopes.insert(.module)
            // A module holds its GPU and its CPU; what else measures a package or a platform lies outside it.
            let outside = [Scope.psys, .package].filter { !modelled.contains($0) }
            if let wider = outside.first(where: isKnown) { scopes.insert(wider) }
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
        memoryHolder = Self.holderOfMemory(among: scopes.filter(isKnown), isMemoryModelled: modelled.contains(.dram))
        for scope in [Scope.dram, .other] where totals[scope] != nil && !(scope == .dram && memoryHolder != nil) {
            scopes.insert(scope)
            lack(scope)
        }
        if totals[.dram] == nil, memoryHolder == nil { missing.append("the memory") }

        if !lacking.isEmpty {
            absentReason = lacking.joined(separator: "; ")
        } else if scopes.isEmpty {
            absentReason = "no meter covers a part of the system"
        }
    }

    /// A counted scope that has the memory in it already, or may have.
    ///
    /// Intel's platform counter takes in the memory (Software Developer's Manual, volume 4, MSR_PLATFORM_ENERGY_COUNTER), and a module
    /// carries its own. A sensor of the memory beside a package that lies outside a module is that package's.
    private static func holderOfMemory(among counted: Set<Scope>, isMemoryModelled: Bool) -> Scope? {
        if counted.contains(.psys) { return .psys }
        guard counted.contains(.module) else { return nil }
        return counted.contains(.package) && !isMemoryModelled ? nil : .module
    }

    /// Why a scope does not count into `system`.
    func reasonAgainst(_ scope: Scope) -> String {
        switch scope {
        case .core, .uncore: return "lies inside the package"
        case .node, .facility: return "holds the whole system and is reported apart"
        case .system: return "is itself a total"
        case .dram where memoryHolder != nil:
            return memoryHolder == .psys ? "psys may hold the memory already" : "module holds the memory already"
        case .gpu, .package, .dram, .psys, .module, .cpu, .other:
            let wider = (scope == .package ? scope.containers + [.module] : scope.containers).first { scopes.contains($0) }
            let processor = [Scope.psys, .package, .cpu].first { scopes.contains($0) }
            return (wider ?? processor).map { "\($0.rawValue) counts instead" } ?? "is counted nowhere"
        }
    }
}
