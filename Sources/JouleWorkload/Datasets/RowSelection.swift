import JouleModel

/// Which rows of a data set become prompts. It is decided on their numbers alone, so that only those that are needed have to be fetched; a
/// row that gives no prompt is replaced by the next one of the same order.
///
/// The caller asks for `needed` rows, gives back what they are with `take`, and goes on until nothing is needed.
package struct RowSelection: Sendable {
    private let wanted: Int
    private let selection: ScenarioSpec.Selection
    private let order: [Int]?
    private let total: Int
    private var next = 0
    private var taken: [(row: Int, prompt: Prompt)] = []
    /// Rows that gave no prompt.
    package private(set) var dropped = 0

    /// O(total) for an order that the seed chooses, else O(1).
    package init(total: Int, wanted: Int, selection: ScenarioSpec.Selection, seed: UInt64) {
        self.total = total
        self.wanted = wanted
        self.selection = selection
        switch selection {
        case .first: order = nil
        case .shuffled, .random:
            var generator = SeededGenerator(seed: seed)
            order = generator.permutation(of: total)
        }
    }

    /// The numbers of the rows to look at now; empty when there are enough prompts or no more rows.
    package var needed: [Int] {
        let end = min(total, next + max(0, wanted - taken.count))
        guard next < end else { return [] }
        return order.map { Array($0[next..<end]) } ?? Array(next..<end)
    }

    /// - Parameter prompt: what became of a row; nil where there is no prompt in it.
    package mutating func take(_ prompt: (Int) throws -> Prompt?) rethrows {
        for row in needed {
            next += 1
            if let prompt = try prompt(row) { taken.append((row, prompt)) } else { dropped += 1 }
        }
    }

    /// A random choice comes in the data set's order, everything else in the order of selection.
    package var prompts: [Prompt] {
        (selection == .random ? taken.sorted { $0.row < $1.row } : taken).map(\.prompt)
    }
}

/// Prompts of a data set that had to be fetched, chosen and in order.
package struct PromptSelection: Hashable, Sendable {
    package let prompts: [Prompt]
    package let origin: DatasetOrigin?
    package let warnings: [Failure]

    package init(prompts: [Prompt], origin: DatasetOrigin?, warnings: [Failure]) {
        self.prompts = prompts
        self.origin = origin
        self.warnings = warnings
    }
}
