import JouleUnits

/// The energy that one request is answerable for: a line of `attribution.jsonl`. Of the headline scope, inside the window.
package struct RequestEnergy: Hashable, Sendable, Codable {
    package var index: Int
    package var promptID: String
    package var outcome: RequestOutcome
    /// By the share of all output tokens, of the net energy; nil when there is no net energy.
    package var tokenShare: Joules?
    /// By time slices; net is over the loaded idle and keeps its sign.
    package var gross: Joules?
    package var net: Joules?
    /// Parts of `gross`: prefill + decode = gross.
    package var prefill: Joules?
    package var decode: Joules?
    /// Part of `decode`.
    package var reasoning: Joules?

    package init(index: Int, promptID: String, outcome: RequestOutcome) {
        self.index = index
        self.promptID = promptID
        self.outcome = outcome
    }

    private enum CodingKeys: String, CodingKey {
        case index, outcome
        case promptID = "prompt_id"
        case tokenShare = "joules_token_share"
        case gross = "joules_gross"
        case net = "joules_net"
        case prefill = "joules_prefill"
        case decode = "joules_decode"
        case reasoning = "joules_reasoning"
    }
}
