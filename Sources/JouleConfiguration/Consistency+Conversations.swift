import JouleModel

/// Rules about conversations of several turns.
extension Consistency {
    static func checkConversations(_ experiment: Experiment, _ root: ConfigNode, _ reading: inout Reading) {
        let key = "scenario.turns"
        guard experiment.scenario.turns > 1, reading.accepts(key) else { return }
        if experiment.backend.server.api == .completions, reading.accepts("backend.api") {
            refuse(
                key, "the completions API takes a text, and only the chat API has turns", root,
                remedy: "set backend.api: chat, or turns: 1", &reading)
        }
        if experiment.load.arrival == .trace, reading.accepts("load.arrival") {
            refuse(
                key, "each entry of a trace is a request with its own instant and lengths", root,
                remedy: "use arrival: closed or poisson, or turns: 1", &reading)
        }
        if experiment.scenario.inputLength != nil, reading.accepts("scenario.input_length") {
            refuse(
                key, "`scenario.input_length` cuts what is sent, and a later turn carries all that was said before", root,
                remedy: "use synthetic prompts with prompt_lengths, or turns: 1", &reading)
        }
    }
}
