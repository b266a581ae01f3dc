/// How the runs of a study follow each other, and when there are no more: the keys below `study`.
package struct StudyRules: Hashable, Sendable {
    /// Time between two runs.
    package var cooldown: Duration = .seconds(5)
    /// How often a member that failed is run again before it counts as failed.
    package var retries = 2
    /// Failed members after which the rest is not run.
    package var maxFailures = 10
    /// Until when each member is repeated; nil: `repetitions` times.
    package var until: VariationGoal?
    /// Names and patterns of the members that are run; empty: all.
    package var only: [String] = []

    package init() {}
}

/// A member is repeated until the coefficient of variation of its energy per output token is low enough.
package struct VariationGoal: Hashable, Sendable {
    /// The coefficient of variation (standard deviation with n − 1, over mean) of `joules_per_output_token` over the member's completed runs,
    /// as a fraction: at or below it there are enough runs.
    package var limit: Double
    /// Runs of a member at most.
    package var most: Int

    /// Two runs agree by chance too often to end on it.
    package static let fewest = 3
    /// Where the configuration names no maximum.
    package static let usualMost = 10

    package init(limit: Double, most: Int) {
        self.limit = limit
        self.most = most
    }

    /// Runs of a member at least.
    package func least(_ repetitions: Int) -> Int { max(repetitions, Self.fewest) }
}

/// A name with `*` for any number of characters and `?` for one.
struct NamePattern: Sendable {
    private let pattern: [Character]

    init(_ text: String) { pattern = Array(text) }

    func matches(_ name: String) -> Bool {
        // The last star is the only one that needs to be tried again: O(pattern · name).
        let name = Array(name)
        var (place, at, star, resume) = (0, 0, -1, 0)
        while at < name.count {
            if place < pattern.count, pattern[place] == "*" {
                (star, resume) = (place, at)
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == name[at] {
                place += 1
                at += 1
            } else if star >= 0 {
                resume += 1
                (place, at) = (star + 1, resume)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}
