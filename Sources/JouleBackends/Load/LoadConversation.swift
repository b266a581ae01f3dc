import JouleModel

/// Requests that follow from each other: each but the first is made when the answer before it has come, out of all answers so far.
package struct LoadConversations: Sendable {
    /// Requests of each conversation; those of conversation c are numbered from c · turns on.
    package var turns: Int
    /// A later request by its number, with the answers to those of its conversation before it; called on the event loop.
    package var prepare: @Sendable (_ number: Int, _ answers: [String]) -> PreparedRequest

    package init(turns: Int, prepare: @escaping @Sendable (_ number: Int, _ answers: [String]) -> PreparedRequest) {
        self.turns = turns
        self.prepare = prepare
    }
}

/// One conversation under way, or one request that is none; lives on the event loop.
final class LoadConversation {
    /// The number of its first request.
    let first: Int
    /// How many requests it has.
    let turns: Int
    private(set) var answers: [String] = []

    init(first: Int, turns: Int) {
        self.first = first
        self.turns = turns
    }

    /// The number of the request that is its turn, from 0 in the phase.
    var ordinal: Int { first + answers.count }
    var isLast: Bool { answers.count + 1 >= turns }
    /// Requests of it after the present one.
    var later: Range<Int> { ordinal + 1..<max(first + turns, ordinal + 1) }

    func answered(_ text: String) { answers.append(text) }
}
