import JouleModel
import JouleUnits

extension RunAccount {
    /// Half the 95 % interval of sharing a package's energy by processor time, as a share: a busy core takes more than the mean one,
    /// and an idle package takes its base power for nobody.
    private static let clientShareInterval = 0.5

    /// What the load client itself took on the machine that it shares with the server: its processor time times the mean power of one
    /// logical core. An estimate, and a part of the package's energy, not beside it.
    var clientEnergy: Figure {
        let unit = Joules.symbol
        guard recording.environment.server?.isLocal == true else {
            return .absent(unit: unit, reason: "the client did not run on the server's machine")
        }
        guard let client = recording.client, let seconds = client.cpuSeconds, let wall = client.wallSeconds, wall > 0 else {
            return .absent(unit: unit, reason: "the processor time of the client was not read")
        }
        guard let account else { return .absent(unit: unit, reason: window.reason ?? "there is no window") }
        let cores = recording.environment.cpu.logicalCores
        let entries = account.ledger.entries.filter { $0.host == nil && $0.energy != nil && $0.isPartOfScope }
        let processors = [Scope.package, .cpu, .psys].lazy.map { scope in
            entries.filter { $0.scope == scope && ($0.inTotal || scope == .package) }
        }
        guard cores > 0, let parts = processors.first(where: { !$0.isEmpty }), let scope = parts.first?.scope else {
            return .absent(unit: unit, reason: "no meter or model covers this machine's processors")
        }
        let energy = parts.compactMap(\.energy).sum()
        // Of the processor time that there was: all logical cores over the time in which the client's was read.
        let share = seconds / (wall * Double(cores))
        let interval = rootSumSquare(parts.compactMap(\.plusMinus).sum() * share, energy * share * Self.clientShareInterval)
        return Figure(
            value: (energy * share).rawValue, unit: unit, plusMinus: interval.rawValue, method: EnergyMethod.modelled.rawValue,
            scope: scope, flags: Set(parts.flatMap(\.flags)).union([.energyModelled]))
    }

    /// What stands beside the flag of a client on the server's machine.
    var clientCost: String {
        let figure = clientEnergy
        guard let value = figure.value, let plusMinus = figure.plusMinus, let scope = figure.scope else {
            return "what the client itself used is not known: \(figure.reason ?? "no reason was recorded")"
        }
        return
            "the client itself used \(decimal(value, 1)) ± \(decimal(plusMinus, 1)) J of the \(scope.rawValue) by its processor time (modelled)"
    }
}
