import JouleModel

extension RunAccount {
    /// What stood in for a model; nil where one ran.
    var simulation: Simulation? {
        let kind = recording.experiment.backend.kind
        guard kind.isSimulation else { return nil }
        // A run that was killed early has written no more than its experiment.
        return recording.environment.simulation ?? Simulation(backend: kind.rawValue, source: "the backend `\(kind.rawValue)`")
    }

    var simulationFlags: [Summary.RaisedFlag] {
        simulation.map { [Summary.RaisedFlag(.simulated, detail: $0.source)] } ?? []
    }
}
