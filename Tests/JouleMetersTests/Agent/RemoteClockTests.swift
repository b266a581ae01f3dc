import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleMeters

/// Another clock, whose relation to ours is known, behind a network with delays of its own.
private struct OtherClock {
    var random: SeededRandom
    /// Nanoseconds that it is behind ours at our zero, and how much faster than ours it runs.
    let behind: Int64
    let rate: Double

    init(seed: UInt64, ppm: ClosedRange<Double> = -90...90) {
        random = SeededRandom(seed: seed)
        behind = Int64.random(in: -5_000_000_000_000...5_000_000_000_000, using: &random)
        rate = Double.random(in: ppm, using: &random) * 1e-6
    }

    func reading(at own: Int64) -> Int64 { own - behind + Int64((Double(own) * rate).rounded()) }

    /// The instant of ours at which it shows a reading.
    func truth(of reading: Int64) -> Double { Double(reading + behind) / (1 + rate) }

    /// A round trip that begins at an instant, with a delay each way.
    mutating func trip(at sent: Int64, _ there: Int64, _ back: Int64) -> (sent: Instant, received: Instant, remote: Instant) {
        (Instant(nanoseconds: sent), Instant(nanoseconds: sent + there + back), Instant(nanoseconds: reading(at: sent + there)))
    }
}

struct RemoteClockTests {
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `whatever the delays each way, the truth lies within the bound`(seed: UInt64) throws {
        var other = OtherClock(seed: seed)
        var clock = RemoteClock()
        var now: Int64 = 1_000_000_000
        for _ in 0..<200 {
            let there = Int64.random(in: 0...20_000_000, using: &other.random)
            let back = Int64.random(in: 0...(Bool.random(using: &other.random) ? 1_000_000 : 300_000_000), using: &other.random)
            let trip = other.trip(at: now, there, back)
            clock.note(sent: trip.sent, received: trip.received, remote: trip.remote)
            now += there + back + Int64.random(in: 0...4_000_000_000, using: &other.random)
            // Now, in the past, and a while ahead.
            for shift in [0, -30_000_000_000, 20_000_000_000] as [Int64] {
                let reading = other.reading(at: now + shift)
                let placed = try #require(clock.place(Instant(nanoseconds: reading)))
                let error = abs(Double(placed.instant.nanoseconds) - other.truth(of: reading))
                #expect(error <= Double(placed.bound.nanoseconds) + 2, "seed \(seed)")
            }
        }
        #expect(clock.steps == 0 && clock.roundTrips == 200)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `of round trips close together the shortest wins`(seed: UInt64) throws {
        var other = OtherClock(seed: seed, ppm: 0...0)
        var clock = RemoteClock()
        var shortest = Int64.max
        for number in 0..<30 {
            let half = Int64.random(in: 50_000...5_000_000, using: &other.random)
            shortest = min(shortest, half)
            let trip = other.trip(at: Int64(number) * 11_000_000, half, half)
            clock.note(sent: trip.sent, received: trip.received, remote: trip.remote)
        }
        let placed = try #require(clock.place(Instant(nanoseconds: other.reading(at: 165_000_000))))
        // At most 165 ms away from it: 16.5 µs of drift.
        #expect(placed.bound <= .nanoseconds(shortest + 16_501), "seed \(seed)")
        // Symmetric delays leave no error at all.
        #expect(abs(placed.instant.nanoseconds - 165_000_000) <= 1, "seed \(seed)")
    }

    @Test func `an estimate ages, and a fresh long round trip is better than an old short one`() throws {
        var clock = RemoteClock()
        clock.note(sent: Instant(nanoseconds: 0), received: Instant(nanoseconds: 100_000), remote: Instant(nanoseconds: 50_000))
        let later = Instant(nanoseconds: 100_000_000_000)
        #expect(try #require(clock.place(later)).bound > .milliseconds(9))
        clock.note(sent: later, received: later + .milliseconds(2), remote: later + .milliseconds(1))
        #expect(try #require(clock.place(later)).bound <= .microseconds(1_101))
    }

    @Test func `a clock that was set is followed, and what was known before is forgotten`() throws {
        var clock = RemoteClock()
        clock.note(sent: Instant(nanoseconds: 0), received: Instant(nanoseconds: 200), remote: Instant(nanoseconds: 1_000))
        clock.note(sent: Instant(nanoseconds: 1_000), received: Instant(nanoseconds: 1_200), remote: Instant(nanoseconds: 900_000_000))
        #expect(clock.steps == 1)
        let placed = try #require(clock.place(Instant(nanoseconds: 900_000_000)))
        #expect(placed.instant == Instant(nanoseconds: 1_100) && placed.bound <= .nanoseconds(101))
    }

    @Test func `before the first round trip nothing can be placed`() {
        #expect(RemoteClock().place(Instant(nanoseconds: 1)) == nil)
        #expect(RemoteClock().offset == nil)
    }
}
