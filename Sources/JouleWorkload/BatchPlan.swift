import JouleModel

/// How prompts are put into batches.
package struct BatchRule: Hashable, Sendable {
    /// The most prompts of a batch.
    let size: Int
    /// The most tokens of a batch with its padding; nil makes batches of exactly `size`, but for one.
    let tokenBudget: Int?
    let sortsByLength: Bool
    /// Positions that every prompt takes, at least; nil pads to the longest of the batch alone.
    let padTo: Int?

    package init(size: Int, tokenBudget: Int? = nil, sortsByLength: Bool = false, padTo: Int? = nil) {
        self.size = max(1, size)
        self.tokenBudget = tokenBudget
        self.sortsByLength = sortsByLength
        self.padTo = padTo
    }

    package init(_ scenario: ScenarioSpec) {
        self.init(
            size: scenario.batchSize, tokenBudget: scenario.dynamicBatching ? scenario.maxBatchTokens : nil,
            sortsByLength: scenario.sortsByLength, padTo: scenario.padTo)
    }

    /// Positions that a prompt of so many tokens takes, if it is the longest of its batch.
    func width(of tokens: Int) -> Int { max(tokens, padTo ?? tokens) }
}

/// Requests in batches, in the order in which they are sent; each request is in one of them.
///
/// The prompts of a batch are padded to its longest one, or to `padTo`, so that a batch weighs longest × count tokens. Sorted by length there is a best
/// way to cut: a partition whose batches are runs of the sorted prompts weighs no more than any other with batches of the same sizes,
/// since the k-th heaviest batch cannot begin with a shorter prompt than what the batches before it leave over.
package struct BatchPlan: Hashable, Sendable {
    package let batches: [[Plan.Request]]
    /// Tokens of all prompts; nil when they were not counted.
    package let tokens: Int?
    /// The same with the padding of each batch.
    package let paddedTokens: Int?
    /// Prompts that alone take more than the budget: each is a batch of its own.
    package let oversized: Int

    /// Batches that need no lengths: their order stays, and all but the last have `size` prompts.
    package init(_ requests: [Plan.Request], rule: BatchRule) {
        batches = Plan.batches(of: requests, size: rule.size).map(Array.init)
        (tokens, paddedTokens, oversized) = (nil, nil, 0)
    }

    /// - Parameter lengths: tokens of each prompt, in the order of the requests; nil for one that the worker refuses, which takes no room.
    package init(_ requests: [Plan.Request], lengths: [Int?], rule: BatchRule) {
        precondition(requests.count == lengths.count)
        var prompts = zip(requests, lengths).map { Counted(request: $0, tokens: $1 ?? 0, width: $1.map(rule.width) ?? 0) }
        let cuts: [Range<Int>]
        if rule.sortsByLength {
            // The longest first: what does not fit into memory shows at once. Equal ones keep their order.
            prompts = prompts.enumerated().sorted { ($1.element.tokens, $0.offset) < ($0.element.tokens, $1.offset) }.map(\.element)
            let widths = prompts.map(\.width)
            if let budget = rule.tokenBudget {
                cuts = Self.fewest(widths, size: rule.size, budget: budget)
            } else {
                cuts = Self.full(widths, size: rule.size)
            }
        } else {
            cuts = Self.inOrder(prompts.map(\.width), size: rule.size, budget: rule.tokenBudget)
        }
        batches = cuts.map { prompts[$0].map(\.request) }
        tokens = prompts.reduce(0) { $0 + $1.tokens }
        paddedTokens = cuts.reduce(0) { $0 + Self.weight(of: prompts[$1].map(\.width)) }
        oversized = rule.tokenBudget.map { budget in prompts.count { $0.width > budget } } ?? 0
    }

    private struct Counted {
        let request: Plan.Request
        let tokens: Int
        let width: Int
    }

    private static func weight(of widths: [Int]) -> Int { (widths.max() ?? 0) * widths.count }

    /// Each batch takes prompts while there is room; no cut of the same order makes fewer batches. O(n).
    private static func inOrder(_ widths: [Int], size: Int, budget: Int?) -> [Range<Int>] {
        var cuts: [Range<Int>] = []
        var (start, longest) = (0, 0)
        for (place, width) in widths.enumerated() {
            let count = place - start + 1
            let isOver = budget.map { max(longest, width) * count > $0 } ?? false
            if count > size || (isOver && count > 1) {
                cuts.append(start..<place)
                (start, longest) = (place, width)
            } else {
                longest = max(longest, width)
            }
        }
        if start < widths.count { cuts.append(start..<widths.count) }
        return cuts
    }

    /// Full batches and a smaller one, which is put where the padding is least. O(n).
    private static func full(_ widths: [Int], size: Int) -> [Range<Int>] {
        let (count, rest) = widths.count.quotientAndRemainder(dividingBy: size)
        guard rest > 0 else { return (0..<count).map { $0 * size..<($0 + 1) * size } }
        // With k full batches before the smaller one; from k to k + 1 a full batch moves from behind it to before it.
        var cost = widths[0] * rest + (0..<count).reduce(0) { $0 + widths[rest + $1 * size] * size }
        var (best, place) = (cost, 0)
        for k in 0..<count {
            cost += (widths[k * size] - widths[k * size + rest]) * size + (widths[(k + 1) * size] - widths[k * size]) * rest
            if cost <= best { (best, place) = (cost, k + 1) }
        }
        let starts = (0...count).map { $0 <= place ? $0 * size : ($0 - 1) * size + rest }
        return zip(starts, starts.dropFirst() + [widths.count]).map { $0..<$1 }
    }

    /// The fewest batches inside the budget, and among these the least padding. O(n · prompts of a batch).
    private static func fewest(_ widths: [Int], size: Int, budget: Int) -> [Range<Int>] {
        // For the first i prompts: batches, tokens with padding, and where the last batch begins.
        var best: [(batches: Int, weight: Int, start: Int)] = [(0, 0, 0)]
        best.reserveCapacity(widths.count + 1)
        for end in 1..<max(1, widths.count + 1) {
            var chosen = (batches: best[end - 1].batches + 1, weight: best[end - 1].weight + widths[end - 1], start: end - 1)
            for start in stride(from: end - 2, through: max(0, end - size), by: -1) {
                let weight = widths[start] * (end - start)
                // Further back the batch is only longer and wider.
                guard weight <= budget else { break }
                let candidate = (batches: best[start].batches + 1, weight: best[start].weight + weight, start: start)
                if (candidate.batches, candidate.weight) < (chosen.batches, chosen.weight) { chosen = candidate }
            }
            best.append(chosen)
        }
        var cuts: [Range<Int>] = []
        var end = widths.count
        while end > 0 {
            cuts.append(best[end].start..<end)
            end = best[end].start
        }
        return cuts.reversed()
    }
}

extension Plan.Request {
    /// The same request under another number.
    package func numbered(_ index: Int) -> Plan.Request {
        Plan.Request(index: index, promptID: promptID, text: text, outputTokens: outputTokens, inputTokensAsked: inputTokensAsked)
    }
}

extension Plan {
    /// What one of several workers answers: every `count`-th request.
    package static func share(_ number: Int, of count: Int, _ requests: [Request]) -> [Request] {
        stride(from: number, to: requests.count, by: max(1, count)).map { requests[$0] }
    }
}
