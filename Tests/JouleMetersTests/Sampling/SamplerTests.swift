import JouleAnalysis
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

/// The real sampler with its real threads, over meters that are functions of the clock.
struct SamplerTests {
    private static func drained(_ sampler: Sampler) -> [[RawSample]] {
        var samples = [[RawSample]](repeating: [], count: sampler.channels.count)
        sampler.drain { samples[Int($0.channel)].append($0) }
        return samples
    }

    @Test func `channels come in the order of their meters, slow ones last, and samples find theirs`() async throws {
        let slow = ClockMeter("slow", kind: .power, isSlow: true)
        let two = ClockMeter("two", kind: .power, devices: 2)
        let one = ClockMeter("one", kind: .power)
        let sampler = Sampler(meters: [slow, two, one], period: .milliseconds(5), followsUpdates: false)
        #expect(sampler.channels.map(\.device) == ["two-0", "two-1", "one-0", "slow-0"])
        #expect(try await eventually { sampler.takenTicks > 20 && slow.log.reads > 2 })
        sampler.stop()
        let samples = Self.drained(sampler)
        for (index, expected) in [0.0, 1, 0, 0].enumerated() {
            #expect(samples[index].count > 2)
            #expect(samples[index].allSatisfy { $0.utilizationPercent == expected })
            let instants = samples[index].map(\.instant)
            #expect(zip(instants, instants.dropFirst()).allSatisfy { $0 < $1 }, "the order within a channel is that of time")
        }
        #expect(two.log.threads == one.log.threads, "fast meters share a thread")
        #expect(two.log.threads.isDisjoint(with: slow.log.threads), "a slow one has its own")
    }

    @Test(arguments: [1, 7, 20]) func `taken and missed ticks together fill the time`(milliseconds: Int) async throws {
        let meter = ClockMeter("gpu", kind: .power)
        let period = Duration.milliseconds(milliseconds)
        let sampler = Sampler(meters: [meter], period: period, followsUpdates: false)
        #expect(try await eventually { sampler.takenTicks >= 60 })
        sampler.stop()
        let samples = Self.drained(sampler)[0]
        // One sample a tick, of which the first is taken before the start returns, and the last look.
        try #require(samples.count == sampler.takenTicks + 1)
        let span = samples[samples.count - 1].instant - samples[0].instant
        let periods = span / period
        #expect(abs(Double(sampler.takenTicks + sampler.missedTicks - 1) - periods) <= 1.5)
        #expect(sampler.lostSamples == sampler.missedTicks)
    }

    @Test func `a lost meter stops and the others go on`() async throws {
        var lost = ClockMeter("lost", kind: .power)
        lost.script = { read, _ in read >= 10 ? .gone("fell off the bus") : nil }
        let other = ClockMeter("other", kind: .power)
        let sampler = Sampler(meters: [lost, other], period: .milliseconds(2), followsUpdates: true)
        let log = other.log
        #expect(try await eventually { log.reads > 60 })
        let edge = sampler.markEdge()
        #expect(try await eventually { sampler.isBracketed(edge) })
        sampler.stop()
        let samples = Self.drained(sampler)
        #expect(lost.log.reads == 10)
        #expect(samples[0].count == 10)
        #expect(samples[0].last?.status == .gone("fell off the bus"))
        #expect(samples[1].count > 50)
    }

    @Test func `a lost channel of a meter leaves the meter's other channels alone`() async throws {
        var meter = ClockMeter("pair", devices: 2)
        meter.script = { read, channel in read >= 5 && channel == 0 ? .gone("unplugged") : nil }
        let sampler = Sampler(meters: [meter], period: .milliseconds(2), followsUpdates: true)
        #expect(try await eventually { sampler.takenTicks > 100 })
        let edge = sampler.markEdge()
        #expect(try await eventually { sampler.isBracketed(edge) })
        sampler.stop()
        let samples = Self.drained(sampler)
        #expect(samples[0].count { !$0.status.isOK } == 1, "a loss is said once")
        #expect(samples[0].last?.status == .gone("unplugged"))
        #expect(samples[1].count > 100)
        #expect(samples[1].allSatisfy { $0.status.isOK })
    }

    @Test func `reads that fail are not repeated without end`() async throws {
        var meter = ClockMeter("mute")
        meter.script = { _, _ in .retry("no answer") }
        let start = Instant.now
        let sampler = Sampler(meters: [meter], period: .milliseconds(20), followsUpdates: true)
        for round in 1...6 {
            #expect(try await eventually { sampler.takenTicks >= round * 20 })
            sampler.markEdge()
        }
        sampler.stop()
        let seconds = (Instant.now - start).seconds
        let reads = meter.log.reads
        #expect(Double(reads) <= 110 * seconds + Double(sampler.takenTicks) + 20, "\(reads) reads in \(seconds) s")
        let samples = Self.drained(sampler)[0]
        #expect(samples.allSatisfy { $0.status == .retry("no answer") && $0.energy == nil && $0.power == nil })
        #expect(samples.count >= sampler.takenTicks)
    }

    @Test func `stopping takes a last reading, closes the readers on their own thread and waits for its end`() async throws {
        let meter = ClockMeter("gpu", kind: .power)
        // The tick after the first is an hour away: only the stop can bring another reading.
        let sampler = Sampler(meters: [meter], period: .seconds(3_600), followsUpdates: false)
        #expect(try await eventually { sampler.takenTicks == 1 })
        let asked = Instant.now
        sampler.stop()
        #expect(meter.log.isClosed)
        #expect(meter.log.threads.count == 1)
        #expect(!meter.log.threads.contains(currentThread()))
        let samples = Self.drained(sampler)[0]
        #expect(samples.count == 2, "the first tick and the last look")
        #expect(try #require(samples.last).instant >= asked)
        sampler.stop()
        #expect(sampler.isBracketed(.now), "nothing comes any more, so nobody waits for it")
    }

    @Test func `a sampler that nobody holds any more ends`() async throws {
        let meter = ClockMeter("gpu", kind: .power)
        var sampler: Sampler? = Sampler(meters: [meter], period: .milliseconds(2), followsUpdates: false)
        #expect(sampler?.channels.count == 1)
        sampler = nil
        #expect(meter.log.isClosed)
    }

    @Test func `a meter that does not open is named, and keeps no window waiting`() async throws {
        var refused = ClockMeter("refused", isSlow: true)
        refused.refusal = Failure("meter.permission", "the counter cannot be read")
        let sampler = Sampler(meters: [refused, ClockMeter("gpu", kind: .power)], period: .milliseconds(2), followsUpdates: true)
        #expect(sampler.failures.map(\.code) == ["meter.permission"])
        let edge = sampler.markEdge()
        #expect(try await eventually { sampler.isBracketed(edge) })
        sampler.stop()
    }

    @Test func `an edge lies between readings, with three updates of the counter behind it`() async throws {
        let meter = ClockMeter("gpu")
        let sampler = Sampler(meters: [meter], period: .milliseconds(100), followsUpdates: true)
        var samples: [RawSample] = []
        for _ in 0..<5 {
            let edge = sampler.markEdge()
            #expect(try await eventually { sampler.isBracketed(edge) })
            sampler.drain { samples.append($0) }
            #expect(samples.contains { $0.instant <= edge }, "also before the very first")
            let behind = samples.filter { $0.instant > edge }.compactMap(\.energy)
            #expect(Set(behind).count >= 3)
        }
        sampler.stop()
    }

    @Test func `edges of several threads are all bracketed`() async throws {
        let sampler = Sampler(meters: [ClockMeter("gpu", kind: .power)], period: .milliseconds(1), followsUpdates: false)
        let edges = try await withThrowingTaskGroup(of: [Instant].self) { group in
            for _ in 0..<4 { group.addTask { try await onThread { (0..<200).map { _ in sampler.markEdge() } } } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let latest = try #require(edges.max())
        #expect(try await eventually { sampler.isBracketed(latest) })
        #expect(edges.allSatisfy { sampler.isBracketed($0) })
        sampler.stop()
    }

    @Test func `windows of 50 ms to 1 s of a square wave have the energy that was drawn, within what they state`() async throws {
        let meter = ClockMeter("gpu")
        let sampler = Sampler(meters: [meter], period: .milliseconds(100), followsUpdates: true)
        let lengths = [50, 100, 200, 500, 1_000]
        var random = SeededRandom(seed: 20_261_121)
        let waits = lengths.flatMap { length in (0..<(length < 500 ? 8 : 4)).map { _ in length } }.shuffled(using: &random)
        // The counter's period is learnt in this time, as in the first idle phase of a run.
        let windows = try await onThread {
            usleep(1_000_000)
            return waits.map { length in
                let start = sampler.markEdge()
                usleep(UInt32(length) * 1_000)
                return (length: length, window: start..<sampler.markEdge())
            }
        }
        let last = try #require(windows.last).window.upperBound
        #expect(try await eventually { sampler.isBracketed(last) })
        sampler.stop()
        let series = SampleSeries(channel: sampler.channels[0], samples: Self.drained(sampler)[0].map(\.sample))
        #expect(series.samples.allSatisfy { $0.power == nil || $0.power == Watts(100) || $0.power == Watts(500) })
        var held = 0
        var worst: [Int: (error: Double, stated: Double)] = [:]
        for (length, window) in windows {
            let measured = try #require(windowEnergy(of: series, in: window, samplePeriod: .milliseconds(100)).energy.value)
            #expect(measured.method == .measuredCounter)
            let truth = meter.wave.joules(at: window.upperBound) - meter.wave.joules(at: window.lowerBound)
            let error = abs(measured.value.rawValue - truth) / truth
            let stated = try #require(measured.plusMinus).rawValue / truth
            if error <= stated { held += 1 }
            if error >= worst[length]?.error ?? 0 { worst[length] = (error, stated) }
        }
        for length in lengths {
            let (error, stated) = worst[length] ?? (0, 0)
            print("window \(length) ms: worst error \(error * 100) %, stated there ± \(stated * 100) %")
        }
        print("the interval was right \(held) of \(windows.count) times; \(meter.log.reads) reads, \(sampler.missedTicks) ticks missed")
        // The stated interval is one of 95 %; of 32 windows a few may lie outside.
        #expect(held >= windows.count - 5)
    }
}
