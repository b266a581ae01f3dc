import JouleWorkload
import Testing

struct SeededGeneratorTests {
    /// The first numbers of the authors' reference program (splitmix64.c) for this seed.
    @Test func `the reference sequence comes out`() {
        var generator = SeededGenerator(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test func `a permutation holds every number once, and the seed decides the order`() {
        for seed in UInt64(0)..<200 {
            var generator = SeededGenerator(seed: seed)
            var again = SeededGenerator(seed: seed)
            let order = generator.permutation(of: Int(seed % 40))
            #expect(order.sorted() == Array(0..<order.count))
            #expect(order == again.permutation(of: order.count))
        }
    }

    /// Chosen prompts must not change between versions, so the algorithm's outcome is kept.
    @Test func `orders stay what they were`() {
        var generator = SeededGenerator(seed: 42)
        #expect(generator.permutation(of: 10) == [8, 3, 6, 5, 4, 0, 9, 2, 1, 7])
        #expect((0..<6).map { _ in generator.below(6) } == [3, 1, 2, 3, 3, 3])
    }

    @Test func `numbers below a bound are equally likely`() {
        var generator = SeededGenerator(seed: 7)
        var counts = [Int](repeating: 0, count: 6)
        for _ in 0..<60_000 { counts[generator.below(6)] += 1 }
        // Chi-squared with five degrees of freedom: 20.5 is passed once in a thousand seeds, and this seed is fixed.
        let squares = counts.map { Double(($0 - 10_000) * ($0 - 10_000)) / 10_000 }
        #expect(squares.reduce(0, +) < 20.5)
    }
}
