import JouleConfiguration
import JouleModel
import JouleWorkload

extension ReasoningInstruction {
    /// What an experiment asks of the model's thinking, by the formats of the tool and of the user; the files are read only where
    /// something is asked.
    ///
    /// - Parameter variables: the environment that says where the user's formats are.
    /// - Throws: mistakes of the formats file with their places, and what the backend has no way to say.
    package static func resolve(_ experiment: Experiment, variables: [String: String]) throws -> ReasoningInstruction? {
        guard experiment.scenario.reasoning.asks else { return nil }
        let formats = try FormatsLoader(environment: variables).load(experiment.scenario.reasoning.formatsFile)
        return try make(experiment, formats: formats)
    }
}
