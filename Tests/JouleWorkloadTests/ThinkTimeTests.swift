import JouleModel
import Testing

@testable import JouleWorkload

/// Rests between an answer and the next request.
struct ThinkTimeTests {
    private func spec(_ least: Duration, _ most: Duration) -> LoadSpec.ThinkTime {
        var spec = LoadSpec.ThinkTime()
        (spec.isEnabled, spec.minimum, spec.maximum) = (true, least, most)
        return spec
    }

    @Test func `rests lie between their bounds, spread evenly`() {
        for seed in UInt64(1)...5 {
            let spec = spec(.milliseconds(500), .milliseconds(1_500))
            let rests = (0..<4_000).map { spec.rest($0, seed: seed) }
            #expect(rests.allSatisfy { $0 >= spec.minimum && $0 <= spec.maximum })
            let mean = rests.map { $0 / .seconds(1) }.reduce(0, +) / 4_000
            // Five standard errors of a uniform distribution one second wide.
            #expect(abs(mean - 1) < 5 * 0.2887 / 4_000.0.squareRoot(), "seed \(seed)")
        }
    }

    @Test func `the same seed gives the same rests, and the warm-up has its own`() {
        let spec = spec(.zero, .seconds(1))
        #expect((0..<50).map { spec.rest($0, seed: 3) } == (0..<50).map { spec.rest($0, seed: 3) })
        #expect((0..<50).map { spec.rest($0, seed: 3) } != (0..<50).map { spec.rest($0, seed: 4) })
        #expect((0..<50).map { spec.rest($0, seed: 3) } != (0..<50).map { spec.rest($0, seed: 3, isWarmup: true) })
    }

    @Test func `a rest whose bounds meet has that length`() {
        #expect(spec(.seconds(2), .seconds(2)).rest(9, seed: 1) == .seconds(2))
        #expect(!spec(.zero, .zero).isActive)
    }
}
