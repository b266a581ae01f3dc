import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleMeters

/// A counter that is renewed at its own instants, and a thread that reads it when the tracker or a tick says so; all in simulated time.
private struct Simulation {
    var tracker = UpdateTracker()
    var random: SeededRandom
    /// Distance between updates as a function of time; nil: the counter stands still.
    var updatePeriod: (Instant) -> Duration?
    /// The largest shift of an update from its place.
    var jitter: Duration = .zero
    var failing: (Instant) -> Bool = { _ in false }
    /// How long the thread does not get to run before this read.
    var stall: (inout SeededRandom) -> Duration = { _ in .zero }
    let tick = Duration.milliseconds(100)

    private(set) var now = Instant(nanoseconds: 5_000_000_000)
    private var nextTick = Instant(nanoseconds: 5_000_000_000)
    private var nominal = Instant(nanoseconds: 5_000_000_000)
    private var nextUpdate = Instant(nanoseconds: 5_000_000_000)
    private var value = 0.0
    private var lastOld: Instant?
    private(set) var reads = 0
    private(set) var updates = 0
    /// The time between the last read of an old value and the first of its successor.
    private(set) var brackets: [Duration] = []

    init(seed: UInt64, updatePeriod: @escaping (Instant) -> Duration?) {
        random = SeededRandom(seed: seed)
        self.updatePeriod = updatePeriod
    }

    private mutating func renew() {
        while nextUpdate <= now {
            guard let period = updatePeriod(nominal) else {
                nominal = now
                nextUpdate = now + .milliseconds(1)
                return
            }
            value += 1
            updates += 1
            nominal = max(nominal, nextUpdate - jitter) + period
            let shift = jitter == .zero ? 0 : Int64.random(in: -jitter.nanoseconds...jitter.nanoseconds, using: &random)
            nextUpdate = nominal + .nanoseconds(shift)
        }
    }

    /// One read, when it is due.
    mutating func step() {
        let deadline = min(nextTick, tracker.nextPoll ?? nextTick)
        // A wake-up comes some tens of microseconds late, and a read takes some.
        now = max(now, deadline) + .nanoseconds(Int64.random(in: 10_000...60_000, using: &random)) + stall(&random)
        renew()
        while nextTick <= now { nextTick = nextTick + tick }
        reads += 1
        if failing(now) {
            tracker.observeFailure(at: now)
        } else {
            if tracker.observe(value, at: now) {
                if let lastOld { brackets.append(now - lastOld) }
            }
            lastOld = now
        }
        now = now + .microseconds(10)
    }

    mutating func run(for duration: Duration) {
        let end = now + duration
        while now < end { step() }
    }

    /// Reads and updates over a while, without those before it.
    mutating func count(for duration: Duration) -> (reads: Int, updates: Int, brackets: [Duration]) {
        let before = (reads, updates, brackets.count)
        run(for: duration)
        return (reads - before.0, updates - before.1, Array(brackets[before.2...]))
    }
}

struct UpdateTrackerTests {
    private static let periods = [10, 20, 50, 100]

    @Test(arguments: periods, [3, 20_261_121] as [UInt64])
    func `the period is learnt, and then few reads keep every update between two of them`(period: Int, seed: UInt64) throws {
        for jitter in [Duration.zero, .microseconds(50), .microseconds(200)] {
            var simulation = Simulation(seed: seed) { _ in .milliseconds(period) }
            simulation.jitter = jitter
            simulation.tracker.learn(from: simulation.now)
            simulation.run(for: .seconds(1))
            let learnt = try #require(simulation.tracker.period)
            #expect(abs(learnt.milliseconds - Double(period)) < Double(period) / 20, "seed \(seed), jitter \(jitter): \(learnt)")

            let (reads, updates, brackets) = simulation.count(for: .seconds(10))
            let sharp = brackets.count { $0 <= .microseconds(400) }
            print(
                "seed \(seed): period \(period) ms, jitter \(jitter): \(Double(reads - 100) / Double(updates)) reads an update,",
                "\(sharp) of \(updates) updates known to 0.4 ms")
            // Ticks are reads too, ten a second.
            #expect(Double(reads - 100) <= 16 * Double(updates), "seed \(seed), jitter \(jitter)")
            #expect(Double(sharp) >= 0.95 * Double(updates), "seed \(seed), jitter \(jitter)")
        }
    }

    @Test(arguments: periods) func `an edge is bracketed by three updates`(period: Int) {
        var simulation = Simulation(seed: 11) { _ in .milliseconds(period) }
        simulation.tracker.learn(from: simulation.now)
        simulation.run(for: .seconds(1))
        for _ in 0..<20 {
            simulation.run(for: .milliseconds(137))
            simulation.tracker.edge(at: simulation.now)
            let edge = simulation.now
            let updates = simulation.brackets.count
            #expect(!simulation.tracker.isBracketed(at: simulation.now))
            while !simulation.tracker.isBracketed(at: simulation.now) { simulation.step() }
            #expect(simulation.brackets.count - updates == 3)
            #expect(simulation.now - edge < .milliseconds(period * 4))
        }
    }

    @Test func `a counter that is renewed every millisecond is polled behind edges only`() {
        var simulation = Simulation(seed: 12) { _ in .milliseconds(1) }
        simulation.tracker.learn(from: simulation.now)
        simulation.run(for: .seconds(1))
        #expect(simulation.tracker.period != nil)
        #expect(simulation.tracker.nextPoll == nil)
        #expect(simulation.count(for: .seconds(10)).reads <= 101)
        simulation.tracker.edge(at: simulation.now)
        let updates = simulation.brackets.count
        while !simulation.tracker.isBracketed(at: simulation.now) { simulation.step() }
        #expect(simulation.brackets.count - updates >= 3)
        #expect(simulation.count(for: .seconds(1)).reads <= 12)
    }

    @Test func `a counter that stands still is left alone until the next edge`() {
        var simulation = Simulation(seed: 13) { _ in nil }
        simulation.tracker.learn(from: simulation.now)
        simulation.run(for: .seconds(2))
        #expect(simulation.tracker.nextPoll == nil)
        #expect(simulation.tracker.isBracketed(at: simulation.now))
        #expect(simulation.count(for: .seconds(10)).reads <= 101)
        simulation.tracker.edge(at: simulation.now)
        #expect(simulation.tracker.nextPoll != nil)
        simulation.run(for: .seconds(2))
        #expect(simulation.tracker.isBracketed(at: simulation.now))
        #expect(simulation.count(for: .seconds(10)).reads <= 101)
    }

    @Test func `a counter that stood still for a while is followed again from the next edge on`() throws {
        let still = Instant(nanoseconds: 8_000_000_000)..<Instant(nanoseconds: 12_000_000_000)
        var simulation = Simulation(seed: 14) { still.contains($0) ? nil : .milliseconds(20) }
        simulation.tracker.learn(from: simulation.now)
        simulation.run(for: .seconds(9))
        simulation.tracker.edge(at: simulation.now)
        simulation.run(for: .seconds(1))
        #expect(abs(try #require(simulation.tracker.period).milliseconds - 20) < 1)
        let (_, updates, brackets) = simulation.count(for: .seconds(2))
        #expect(brackets.count { $0 <= .microseconds(400) } >= updates * 95 / 100)
    }

    @Test func `a counter that cannot be read is not asked again and again`() throws {
        let broken = Instant(nanoseconds: 7_000_000_000)..<Instant(nanoseconds: 17_000_000_000)
        var simulation = Simulation(seed: 15) { _ in .milliseconds(20) }
        simulation.failing = { broken.contains($0) }
        simulation.tracker.learn(from: simulation.now)
        simulation.run(for: .seconds(2))
        for _ in 0..<9 {
            simulation.tracker.edge(at: simulation.now)
            #expect(simulation.count(for: .seconds(1)).reads <= 120)
        }
        simulation.run(for: .seconds(2))
        simulation.tracker.edge(at: simulation.now)
        simulation.run(for: .seconds(1))
        #expect(abs(try #require(simulation.tracker.period).milliseconds - 20) < 1)
    }

    @Test(arguments: [(100, 20), (20, 100), (50, 10), (20, 33), (33, 20), (10, 25)])
    func `a counter that changes its period is learnt anew`(from: Int, to: Int) throws {
        let change = Instant(nanoseconds: 8_000_000_000)
        var simulation = Simulation(seed: 16) { .milliseconds($0 < change ? from : to) }
        simulation.tracker.learn(from: simulation.now)
        simulation.run(for: .seconds(6))
        #expect(abs(try #require(simulation.tracker.period).milliseconds - Double(to)) < Double(to) / 20)
        let (reads, updates, brackets) = simulation.count(for: .seconds(5))
        #expect(brackets.count { $0 <= .microseconds(400) } >= updates * 95 / 100)
        #expect(reads - 50 <= 16 * updates)
    }

    @Test(arguments: [1, 2, 20_261_121] as [UInt64])
    func `whatever a counter and the machine do, a second holds no more reads than one of polling`(seed: UInt64) {
        var choice = SeededRandom(seed: seed)
        for round in 0..<20 {
            let period = Int.random(in: 1...400, using: &choice)
            let other = Int.random(in: 1...400, using: &choice)
            let stallEvery = Int.random(in: 20...2_000, using: &choice)
            let failEvery = Int64.random(in: 2...9, using: &choice)
            var simulation = Simulation(seed: choice.next()) {
                ($0.nanoseconds / 3_000_000_000).isMultiple(of: 2) ? .microseconds(period * 973) : .milliseconds(other)
            }
            simulation.jitter = .microseconds(Int.random(in: 0...period * 400, using: &choice))
            simulation.failing = { ($0.nanoseconds / 700_000_000).isMultiple(of: failEvery) }
            simulation.stall = { random in
                Int.random(in: 0..<stallEvery, using: &random) == 0 ? .milliseconds(Int.random(in: 1...300, using: &random)) : .zero
            }
            simulation.tracker.learn(from: simulation.now)
            for second in 0..<12 {
                if second.isMultiple(of: 3) { simulation.tracker.edge(at: simulation.now) }
                let reads = simulation.count(for: .seconds(1)).reads
                #expect(reads <= 5_000, "seed \(seed), round \(round), second \(second): \(reads) reads")
            }
        }
    }
}
