/// What stood in for a model where none ran.
package struct Simulation: Hashable, Sendable, Codable {
    /// `simulated` or `replay`.
    package var backend: String
    /// In a few words, for people.
    package var source: String
    /// The run whose answers were played again, and SHA-256 over its requests and their chunks; nil for what was never recorded.
    package var run: String?
    package var recordingDigest: String?
    /// How many times as fast as it was recorded.
    package var speed: Double?

    package init(backend: String, source: String) {
        self.backend = backend
        self.source = source
    }

    private enum CodingKeys: String, CodingKey {
        case backend, source, run, speed
        case recordingDigest = "recording_sha256"
    }
}

extension Figure {
    /// The figure of a run in which no model ran: by flag, and by method where there is a value. It has no interval, for there is nothing that
    /// it would be near.
    package var simulated: Figure {
        Figure(
            value: value, unit: unit,
            method: value == nil ? method : EnergyMethod.simulated.rawValue, scope: scope, flags: Set(flags).union([.simulated]),
            reason: reason)
    }

    /// What went into such a run and is none of its results: the method stays what it is.
    fileprivate var besideSimulation: Figure {
        Figure(
            value: value, unit: unit, plusMinus: plusMinus, systematic: systematic, method: method, scope: scope,
            flags: Set(flags).union([.simulated]), reason: reason)
    }
}

extension LedgerEntry {
    fileprivate var flaggedAsSimulated: LedgerEntry {
        LedgerEntry(
            scope: scope, device: device, meter: meter, energy: energy, plusMinus: nil, meanPower: meanPower, peakPower: peakPower,
            method: method, flags: Set(flags).union([.simulated]), reason: reason, inTotal: inTotal, host: host,
            inScopeTotal: inScopeTotal)
    }
}

extension Summary {
    /// Labels every figure as one of a run in which no model ran. Entries of the ledger, prices and intensities keep the method by which
    /// they were had.
    package mutating func label(as simulation: Simulation) {
        self.simulation = simulation
        figures = figures.mapValues(\.simulated)
        for index in energies.indices {
            for path in ScopeEnergy.figures { energies[index].relabel(path) }
        }
        for index in phases.indices {
            phases[index].energy = phases[index].energy.simulated
            phases[index].meanPower = phases[index].meanPower.simulated
        }
        ledger = ledger.map(\.flaggedAsSimulated)
        for path in Attribution.figures { attribution?.relabel(path) }
        for path in Compute.figures { compute?.relabel(path) }
        for path in Goodput.figures { serving?.goodput?.relabel(path) }
        for path in ServerEnergy.figures { serving?.serverEnergy?.relabel(path) }
        carbon?.label()
        if let power = toolCost?.power { toolCost?.power = power.besideSimulation }
    }
}

/// A part of a summary that holds figures.
private protocol FigureHolder {}

extension FigureHolder {
    fileprivate mutating func relabel(_ path: WritableKeyPath<Self, Figure>) { self[keyPath: path] = self[keyPath: path].simulated }
}

extension Summary.ScopeEnergy: FigureHolder {
    fileprivate static var figures: [WritableKeyPath<Self, Figure>] {
        [
            \.gross, \.netOverIdleHost, \.netOverIdleLoaded, \.idleHostPower, \.idleLoadedPower, \.meanPower, \.peakPower,
            \.netOverIdleAfter, \.idleAfterPower,
        ]
    }
}

extension Summary.Attribution: FigureHolder {
    fileprivate static var figures: [WritableKeyPath<Self, Figure>] {
        [\.gross, \.requests, \.unattributed, \.prefill, \.decode, \.reasoning, \.answer, \.wasted]
    }
}

extension Summary.Compute: FigureHolder {
    fileprivate static var figures: [WritableKeyPath<Self, Figure>] {
        [\.flops, \.flopsPerSecond, \.flopsPerToken, \.flopsPerJoule, \.utilization, \.bandwidthUtilization]
    }
}

extension Summary.Goodput: FigureHolder {
    fileprivate static var figures: [WritableKeyPath<Self, Figure>] { [\.requestsPerSecond, \.requestsPerJoule] }
}

extension Summary.ServerEnergy: FigureHolder {
    fileprivate static var figures: [WritableKeyPath<Self, Figure>] { [\.energy, \.perRequest, \.perOutputToken] }
}

extension Summary.Carbon.Row: FigureHolder {
    fileprivate static var figures: [WritableKeyPath<Self, Figure>] {
        [
            \.itEnergy, \.facilityEnergy, \.emissions, \.perRequest, \.perThousandOutputTokens, \.water, \.cost,
            \.costPerThousandRequests,
        ]
    }
}

extension Summary.Carbon {
    fileprivate mutating func label() {
        intensity = intensity.besideSimulation
        embodied = embodied.besideSimulation
        for index in rows.indices {
            for path in Row.figures { rows[index].relabel(path) }
        }
        for index in scores.indices { scores[index].score = scores[index].score.simulated }
    }
}
