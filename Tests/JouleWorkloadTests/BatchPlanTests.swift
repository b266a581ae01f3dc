import JouleModel
import JouleWorkload
import Testing

/// Batches of prompts whose lengths are known, as properties over seeded scenes.
struct BatchPlanTests {
    private struct Scene: CustomStringConvertible {
        let seed: UInt64
        let lengths: [Int?]
        let size: Int
        let budget: Int

        init(seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            self.seed = seed
            size = 1 + generator.below(9)
            budget = 1 + generator.below(200)
            // Some of one length, some refused by the worker, some longer than the budget alone.
            let widest = 1 + generator.below(80)
            lengths = (0..<generator.below(40)).map { _ in generator.below(12) == 0 ? nil : generator.below(widest) + 1 }
        }

        var requests: [Plan.Request] { lengths.indices.map { Plan.Request(index: $0, promptID: "p\($0)", text: "") } }

        func plan(dynamic: Bool, sorted: Bool) -> BatchPlan {
            BatchPlan(requests, lengths: lengths, rule: BatchRule(size: size, tokenBudget: dynamic ? budget : nil, sortsByLength: sorted))
        }

        /// Each batch as the model sees it.
        func weights(_ plan: BatchPlan) -> [Int] {
            plan.batches.map { batch in (batch.compactMap { lengths[$0.index] }.max() ?? 0) * batch.count }
        }

        var description: String { "seed \(seed): lengths \(lengths), size \(size), budget \(budget)" }
    }

    private static let scenes = (0..<400).map { Scene(seed: $0) }
    private static let kinds = [(false, false), (false, true), (true, false), (true, true)]

    @Test func `every request is in one batch, and no batch is empty or larger than batch_size`() {
        for scene in Self.scenes {
            for (dynamic, sorted) in Self.kinds {
                let plan = scene.plan(dynamic: dynamic, sorted: sorted)
                #expect(plan.batches.flatMap { $0.map(\.index) }.sorted() == Array(scene.lengths.indices), "\(scene)")
                #expect(plan.batches.allSatisfy { (1...scene.size).contains($0.count) }, "\(scene)")
                #expect(plan.tokens == scene.lengths.compactMap(\.self).reduce(0, +), "\(scene)")
                #expect(plan.paddedTokens == scene.weights(plan).reduce(0, +), "\(scene)")
                #expect(plan == scene.plan(dynamic: dynamic, sorted: sorted), "\(scene)")
            }
        }
    }

    @Test func `no dynamic batch is over its budget, unless a single prompt alone is`() {
        for scene in Self.scenes {
            for sorted in [false, true] {
                let plan = scene.plan(dynamic: true, sorted: sorted)
                for (batch, weight) in zip(plan.batches, scene.weights(plan)) {
                    #expect(weight <= scene.budget || batch.count == 1, "\(scene)")
                }
                #expect(plan.oversized == scene.lengths.compactMap(\.self).count { $0 > scene.budget }, "\(scene)")
            }
        }
    }

    @Test func `a prompt takes at least the width that all are padded to, as if it were so long`() {
        for scene in Self.scenes {
            let padTo = 1 + Int(scene.seed % 90)
            let widened = scene.lengths.map { $0.map { max($0, padTo) } }
            for (dynamic, sorted) in Self.kinds {
                let budget = dynamic ? scene.budget : nil
                let plan = BatchPlan(
                    scene.requests, lengths: scene.lengths,
                    rule: BatchRule(size: scene.size, tokenBudget: budget, sortsByLength: sorted, padTo: padTo))
                for batch in plan.batches {
                    let width = batch.compactMap { widened[$0.index] }.max() ?? 0
                    #expect(!dynamic || width * batch.count <= scene.budget || batch.count == 1, "\(scene), to \(padTo)")
                }
                let long = BatchPlan(
                    scene.requests, lengths: widened, rule: BatchRule(size: scene.size, tokenBudget: budget, sortsByLength: sorted))
                #expect(plan.batches.map(\.count) == long.batches.map(\.count), "\(scene), to \(padTo)")
                #expect(plan.paddedTokens == long.paddedTokens && plan.oversized == long.oversized, "\(scene), to \(padTo)")
                // Padding is none of the tokens.
                #expect(plan.tokens == scene.lengths.compactMap(\.self).reduce(0, +), "\(scene), to \(padTo)")
            }
        }
    }

    @Test func `unsorted batches keep the order, and none has room for the next prompt`() {
        for scene in Self.scenes {
            let plan = scene.plan(dynamic: true, sorted: false)
            #expect(plan.batches.flatMap { $0.map(\.index) } == Array(scene.lengths.indices), "\(scene)")
            for (batch, next) in zip(plan.batches, plan.batches.dropFirst()) where batch.count < scene.size {
                let longest = (batch + [next[0]]).compactMap { scene.lengths[$0.index] }.max() ?? 0
                #expect(longest * (batch.count + 1) > scene.budget, "\(scene)")
            }
        }
    }

    @Test func `sorting never adds padding to batches of a fixed size, which are full but for one`() {
        for scene in Self.scenes {
            let (sorted, unsorted) = (scene.plan(dynamic: false, sorted: true), scene.plan(dynamic: false, sorted: false))
            #expect(sorted.batches.map(\.count).sorted() == unsorted.batches.map(\.count).sorted(), "\(scene)")
            #expect(sorted.paddedTokens ?? 0 <= unsorted.paddedTokens ?? 0, "\(scene)")
        }
    }

    @Test func `sorted dynamic batches are no more than unsorted ones, and with as many there is no more padding`() {
        for scene in Self.scenes {
            let (sorted, unsorted) = (scene.plan(dynamic: true, sorted: true), scene.plan(dynamic: true, sorted: false))
            #expect(sorted.batches.count <= unsorted.batches.count, "\(scene)")
            if sorted.batches.count == unsorted.batches.count {
                #expect(sorted.paddedTokens ?? 0 <= unsorted.paddedTokens ?? 0, "\(scene)")
            }
        }
    }

    /// Every way to share a few prompts out, tried one after another.
    private static func partitions(of places: [Int], size: Int) -> [[[Int]]] {
        guard let last = places.last else { return [[]] }
        return partitions(of: Array(places.dropLast()), size: size).flatMap { partition in
            [partition + [[last]]]
                + partition.indices.filter { partition[$0].count < size }.map { place in
                    var grown = partition
                    grown[place].append(last)
                    return grown
                }
        }
    }

    @Test func `of all ways to share few prompts out, the sorted one is the best`() {
        for seed in UInt64(0)..<40 {
            var generator = SeededGenerator(seed: 1_000 + seed)
            let lengths = (0..<(1 + generator.below(6))).map { _ in 1 + generator.below(20) }
            let (size, budget) = (1 + generator.below(4), 20 + generator.below(40))
            let requests = lengths.indices.map { Plan.Request(index: $0, promptID: "", text: "") }
            func weight(_ batch: [Int]) -> Int { (batch.map { lengths[$0] }.max() ?? 0) * batch.count }
            let all = Self.partitions(of: Array(lengths.indices), size: size)
            let allowed = all.filter { $0.allSatisfy { weight($0) <= budget } }
            let dynamic = BatchPlan(requests, lengths: lengths, rule: BatchRule(size: size, tokenBudget: budget, sortsByLength: true))
            let fewest = allowed.map(\.count).min()
            #expect(dynamic.batches.count == fewest, "seed \(seed)")
            let least = allowed.filter { $0.count == fewest }.map { $0.reduce(0) { $0 + weight($1) } }.min()
            #expect(dynamic.paddedTokens == least, "seed \(seed)")

            let fixed = BatchPlan(requests, lengths: lengths, rule: BatchRule(size: size, sortsByLength: true))
            let shape = fixed.batches.map(\.count).sorted()
            let best = all.filter { $0.map(\.count).sorted() == shape }.map { $0.reduce(0) { $0 + weight($1) } }.min()
            #expect(fixed.paddedTokens == best, "seed \(seed)")
        }
    }

    @Test func `the longest prompts come first, and equal ones in their order`() {
        let requests = (0..<5).map { Plan.Request(index: $0, promptID: "", text: "") }
        let plan = BatchPlan(requests, lengths: [3, 9, 3, 9, 1], rule: BatchRule(size: 2, sortsByLength: true))
        #expect(plan.batches.map { $0.map(\.index) } == [[1, 3], [0, 2], [4]])
        #expect(plan.tokens == 25 && plan.paddedTokens == 25)
    }

    @Test func `the small batch lies where it saves most padding`() {
        let requests = (0..<3).map { Plan.Request(index: $0, promptID: "", text: "") }
        let plan = BatchPlan(requests, lengths: [1, 10, 1], rule: BatchRule(size: 2, sortsByLength: true))
        #expect(plan.batches.map { $0.map(\.index) } == [[1], [0, 2]])
        #expect(plan.paddedTokens == 12)
    }

    @Test func `workers share the requests out round robin`() {
        let requests = (0..<7).map { Plan.Request(index: $0, promptID: "", text: "") }
        #expect((0..<3).map { Plan.share($0, of: 3, requests).map(\.index) } == [[0, 3, 6], [1, 4], [2, 5]])
        #expect(Plan.share(0, of: 1, requests) == requests)
        #expect(Plan.share(9, of: 10, requests).isEmpty)
    }
}
