import JouleUnits

/// The server that a `simulated` backend stands for: how long its tokens take, how many requests it works on, what power it would draw.
///
/// The defaults are of the size of an 8B model on one data-centre GPU; they are nobody's measurement.
package struct SimulatedSpec: Hashable, Sendable {
    /// From the start of work on a request to its first token, besides the reading of its prompt.
    package var firstToken: Duration = .milliseconds(20)
    /// Prompt tokens that are read in a second, each request's apart from the others'; infinite reads them at once.
    package var prefillRate = 10_000.0
    /// Between two tokens of a request that is alone.
    package var outputToken: Duration = .milliseconds(8)
    /// Greatest deviation of the first token and of those after it, uniform to both sides and drawn by the seed; it never accumulates.
    package var firstTokenJitter: Duration = .zero
    package var outputTokenJitter: Duration = .zero
    /// Requests at work at the same time; others wait in the order in which they came.
    package var maxConcurrency = 256
    /// The time between tokens grows by this share for each further request at work.
    package var batchSlowdown = 0.01
    /// Where an answer ends by itself, drawn by the seed; nil answers as long as each request allows.
    package var answerLengths: LengthDistribution?
    /// Tokens of thinking at the start of each answer, a part of its length.
    package var reasoningTokens = 0
    /// Power of the one GPU while no request is at work, while any reads its prompt, and while tokens are only generated.
    package var idlePower = Watts(70)
    package var prefillPower = Watts(650)
    package var decodePower = Watts(400)

    package init() {}
}

/// What a `replay` backend plays.
package struct ReplaySpec: Hashable, Sendable {
    /// Folder of a run, or its id below the results.
    package var run: String?
    /// How many times as fast as it was recorded.
    package var speed = 1.0

    package init() {}
}
