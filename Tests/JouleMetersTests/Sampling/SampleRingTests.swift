import JouleMeters
import JouleModel
import JouleTestSupport
import JouleUnits
import Synchronization
import Testing

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

struct SampleRingTests {
    private static func sample(_ number: Int) -> RawSample {
        var sample = RawSample()
        sample.instant = Instant(nanoseconds: Int64(number))
        sample.energy = Joules(Double(number))
        sample.memoryUsed = ByteCount(Int64(number))
        sample.throttleReasons = UInt64(number)
        return sample
    }

    @Test func `what is not finite is kept as absent`() {
        for value in [Double.infinity, -.infinity, .nan, 1e39] {
            var sample = RawSample()
            (sample.power, sample.utilizationPercent, sample.temperature) = (Watts(value), value, Celsius(value))
            #expect(sample.power == nil && sample.utilizationPercent == nil && sample.temperature == nil, "\(value)")
        }
        var sample = RawSample()
        sample.energy = Joules(.infinity)
        #expect(sample.energy == nil)
    }

    @Test(arguments: [(0, 64), (64, 64), (65, 128), (1_000, 1_024)])
    func `a capacity is rounded up to a power of two`(asked: Int, got: Int) {
        #expect(SampleRing(capacity: asked).capacity == got)
    }

    @Test func `a full ring keeps the old samples and counts the new ones`() {
        let ring = SampleRing(capacity: 64)
        for number in 0..<100 { ring.push(Self.sample(number)) }
        var seen: [Int64] = []
        ring.drain { seen.append($0.instant.nanoseconds) }
        #expect(seen == Array(0..<64))
        #expect(ring.overflowCount == 36)
        ring.push(Self.sample(100))
        ring.drain { seen.append($0.instant.nanoseconds) }
        #expect(seen.last == 100)
    }

    /// What a producer and a consumer on two threads have in common besides the ring.
    private final class Shared: Sendable {
        let ring = SampleRing(capacity: 64)
        let isDone = Atomic<Bool>(false)
    }

    @Test(arguments: [1, 20_261_121, 0x5157] as [UInt64])
    func `between two threads the order is kept, nothing is torn, and every sample is drained or counted`(seed: UInt64) async throws {
        let pushed = 200_000
        let shared = Shared()
        async let producing: Void = onThread {
            var random = SeededRandom(seed: seed)
            for number in 0..<pushed {
                shared.ring.push(Self.sample(number))
                // Bursts and rests, so that the ring is now empty, now full.
                if Int.random(in: 0..<300, using: &random) == 0 { sched_yield() }
            }
            shared.isDone.store(true, ordering: .releasing)
        }
        async let draining = onThread {
            var last: Int64 = -1
            var drained = 0
            var faults = 0
            func take(_ sample: RawSample) {
                let number = sample.instant.nanoseconds
                if number <= last || sample.energy != Joules(Double(number)) || sample.memoryUsed?.bytes != number
                    || sample.throttleReasons != UInt64(number)
                {
                    faults += 1
                }
                last = number
                drained += 1
            }
            while !shared.isDone.load(ordering: .acquiring) { shared.ring.drain(take) }
            shared.ring.drain(take)
            return (drained: drained, faults: faults)
        }
        try await producing
        let outcome = try await draining
        print("seed \(seed): \(outcome.drained) drained, \(shared.ring.overflowCount) found the ring full")
        #expect(outcome.faults == 0)
        #expect(outcome.drained + shared.ring.overflowCount == pushed)
    }
}
