/// One prompt with a name that says where it came from: `quickstart-0007`, `line-12`.
package struct Prompt: Hashable, Sendable {
    package let id: String
    package let text: String
    /// What the same person says in the later turns of a conversation; empty for a prompt of its own.
    package let laterTurns: [String]

    package init(id: String, text: String, laterTurns: [String] = []) {
        self.id = id
        self.text = text
        self.laterTurns = laterTurns
    }

    /// A conversation of at least one turn.
    package init(id: String, turns: [String]) {
        self.init(id: id, text: turns.first ?? "", laterTurns: Array(turns.dropFirst()))
    }
}
