import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleMeters

private let channels = (0..<2).map {
    MeterChannel(
        meter: "test", scope: .gpu, device: "GPU-\($0)", name: "GPU \($0)", kind: .counter, hasEnergy: true, hasPower: true, gain: 0.05)
}

private func description(_ instance: String, boot: String = "boot", channels: [MeterChannel] = channels) -> AgentDescription {
    AgentDescription(
        version: "1", instance: instance, host: "far", bootID: boot, period: .milliseconds(100), channels: channels,
        environment: RunEnvironment(
            joulebench: "1", cpu: .init(logicalCores: 1), memory: .init(totalBytes: nil, limitBytes: nil), system: .init(name: "test"),
            start: ClockAnchor(monotonic: Instant(nanoseconds: 0), unixSeconds: 0, bootNanoseconds: 0)))
}

/// The sample with a number: a tick of 100 ms for each pair, whose energy says which it is.
private func sample(_ number: Int64) -> RawSample {
    var sample = RawSample()
    sample.instant = Instant(nanoseconds: number / 2 * 100_000_000)
    sample.channel = UInt16(number % 2)
    sample.energy = Joules(Double(number))
    return sample
}

private func batch(
    _ numbers: Range<Int64>, instance: String = "a", epoch: String = "a", oldest: Int64 = 0, lost: Int = 0
) -> SampleBatch {
    var head = AgentBatchHead(epoch: epoch, instance: instance, first: numbers.lowerBound, count: 0)
    head.oldest = oldest
    head.next = numbers.upperBound
    head.serving = instance
    head.lost = lost
    return SampleBatch(head, samples: numbers.map(sample))
}

/// An intake whose agent's clock is five seconds behind ours, known to a millisecond.
private func intake() -> AgentIntake {
    var intake = AgentIntake(description("a"))
    intake.note(
        sent: Instant(nanoseconds: 5_000_000_000), received: Instant(nanoseconds: 5_002_000_000), remote: Instant(nanoseconds: 1_000_000))
    return intake
}

private func numbers(_ samples: [RawSample]) -> [Int64] { samples.compactMap { $0.energy.map { Int64($0.rawValue) } } }

struct AgentIntakeTests {
    @Test func `samples come out on our clock`() throws {
        var intake = intake()
        let samples = intake.take(batch(10..<14))
        #expect(numbers(samples) == [10, 11, 12, 13])
        #expect(samples.map(\.channel) == [0, 1, 0, 1])
        #expect(samples[0].instant == Instant(nanoseconds: 5_500_000_000))
        #expect(intake.widestBound > .milliseconds(1) && intake.widestBound < .microseconds(1_100))
        #expect(intake.instances == [.init(id: "a", first: samples[0].instant, last: samples[3].instant)])
    }

    @Test func `what comes twice is dropped and counted`() {
        var intake = intake()
        _ = intake.take(batch(0..<10))
        #expect(numbers(intake.take(batch(4..<13))) == [10, 11, 12])
        #expect(intake.duplicatesDropped == 6)
        #expect(intake.take(batch(0..<13)).isEmpty)
        #expect(intake.duplicatesDropped == 19 && intake.gaps.isEmpty && intake.next == 13)
    }

    @Test func `samples that the agent no longer holds are a gap from the last before to the first behind`() {
        var intake = intake()
        let before = intake.take(batch(0..<10))
        // The agent has nothing yet behind what it dropped.
        #expect(intake.take(batch(40..<40, oldest: 40)).isEmpty)
        let behind = intake.take(batch(40..<50, oldest: 40))
        #expect(intake.gaps.count == 1)
        #expect(intake.gaps.first?.start == before.last?.instant && intake.gaps.first?.end == behind.first?.instant)
    }

    @Test func `an agent that was started anew leaves a gap, and its counters go on`() {
        var intake = intake()
        let before = intake.take(batch(0..<10))
        let strange = batch(100..<120, instance: "b", epoch: "b")
        #expect(intake.isStrange(strange.head))
        #expect(intake.take(strange).isEmpty)
        // Its channels are in another order now, and there is one that the run does not know.
        let other = MeterChannel(
            meter: "test", scope: .dram, device: "dram", name: "dram", kind: .power, hasEnergy: false, hasPower: true, gain: 0)
        intake.follow(description("b", channels: [channels[1], channels[0], other]))
        let behind = intake.take(strange)
        #expect(behind.map(\.channel).prefix(2) == [1, 0])
        #expect(intake.gaps == [.init(start: before[9].instant, end: behind[0].instant)])
        #expect(intake.instances.map(\.id) == ["a", "b"])
    }

    @Test func `after a restart with a spool nothing is missing but the time in which the agent was away`() {
        var intake = intake()
        _ = intake.take(batch(0..<6))
        // What the first process had still taken comes from the second one.
        #expect(numbers(intake.take(batch(6..<10, instance: "a", epoch: "a"))) == [6, 7, 8, 9])
        #expect(intake.gaps.isEmpty)
        // The next number, 3 s later.
        var late = batch(10..<12, instance: "b", epoch: "a")
        for index in late.samples.indices { late.samples[index].instant = Instant(nanoseconds: 3_400_000_000) }
        let behind = intake.take(late)
        #expect(intake.gaps == [.init(start: Instant(nanoseconds: 5_400_000_000), end: behind[0].instant)])
        #expect(intake.instances.count == 2)
    }

    @Test func `a clock of another boot is not joined with the one before`() {
        var intake = intake()
        _ = intake.take(batch(0..<4))
        intake.follow(description("b", boot: "other"))
        #expect(intake.take(batch(0..<4, instance: "b", epoch: "b")).isEmpty)
        intake.note(
            sent: Instant(nanoseconds: 9_000_000_000), received: Instant(nanoseconds: 9_000_100_000), remote: Instant(nanoseconds: 0))
        #expect(numbers(intake.take(batch(0..<4, instance: "b", epoch: "b"))).count == 4)
        #expect(intake.gaps.count == 1)
    }

    @Test func `an end long after the last sample is a gap too`() {
        var intake = intake()
        let samples = intake.take(batch(0..<4))
        intake.end(at: samples[3].instant + .milliseconds(300))
        #expect(intake.gaps.isEmpty)
        intake.end(at: samples[3].instant + .seconds(4))
        #expect(intake.gaps == [.init(start: samples[3].instant, end: samples[3].instant + .seconds(4))])
    }

    @Test func `losses of the agent before the run are none of its own`() {
        var intake = intake()
        _ = intake.take(batch(0..<2, lost: 70))
        _ = intake.take(batch(2..<4, lost: 75))
        #expect(intake.lostSamples == 5)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `every sample that is held comes once and in order, whatever the link does`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var intake = intake()
        var sent: [SampleBatch] = []
        var received: [RawSample] = []
        var next: Int64 = 0
        for _ in 0..<120 {
            next += Int64.random(in: 0...9, using: &random)
            let wanted = intake.next ?? 0
            switch Int.random(in: 0...9, using: &random) {
            case 0: continue  // The answer was lost.
            case 1:
                // An old answer comes once more.
                if let old = sent.randomElement(using: &random) { received += intake.take(old) }
            default:
                let end = min(next, wanted + Int64.random(in: 0...30, using: &random))
                let answer = batch(wanted..<max(wanted, end))
                sent.append(answer)
                received += intake.take(answer)
            }
            let sentAt = Instant(nanoseconds: 5_000_000_000 + next / 2 * 100_000_000)
            let trip = Int64.random(in: 0...90_000_000, using: &random)
            // Round trips of very different quality pull the estimate to and fro.
            intake.note(
                sent: sentAt, received: sentAt + .nanoseconds(trip),
                remote: Instant(nanoseconds: sentAt.nanoseconds - 5_000_000_000 + Int64.random(in: 0...trip, using: &random)))
        }
        #expect(numbers(received) == Array(0..<(intake.next ?? 0)), "seed \(seed)")
        #expect(intake.gaps.isEmpty, "seed \(seed)")
        for channel in 0..<2 as Range<UInt16> {
            let stamps = received.filter { $0.channel == channel }.map(\.instant)
            #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
        }
    }
}

struct SampleBatchTests {
    private func full() -> RawSample {
        var sample = RawSample()
        sample.instant = Instant(nanoseconds: 123_456_789_012)
        sample.channel = 3
        sample.energy = Joules(1.25e9)
        sample.power = Watts(71.8)
        sample.averagePower = Watts(70.25)
        sample.utilizationPercent = 99.5
        sample.memoryUsed = ByteCount(17_179_869_184)
        sample.temperature = Celsius(56)
        sample.smClockMHz = 1_980
        sample.memoryClockMHz = 2_619
        sample.powerLimit = Watts(700)
        sample.throttleReasons = 0x84
        return sample
    }

    @Test func `every field of a sample goes over the wire`() throws {
        var failed = RawSample()
        failed.instant = Instant(nanoseconds: 5)
        failed.fail(.gone("GPU is lost"))
        var head = AgentBatchHead(epoch: "e", instance: "i", first: 17, count: 0)
        head.bracketed = Instant(nanoseconds: .max)
        let batch = SampleBatch(head, samples: [full(), failed, RawSample()])
        let bytes = try batch.encoded()
        var position = 0
        let read = try SampleBatch(bytes, at: &position)
        #expect(position == bytes.count)
        #expect(read.head == batch.head && read.head.count == 3)
        #expect(read.samples.map(\.sample) == batch.samples.map(\.sample))
        #expect(read.samples.map(\.channel) == [3, 0, 0])
        #expect(read.samples[1].status == .gone("GPU is lost"))
    }

    @Test func `bytes that no agent writes are refused, and none brings the reader down`() throws {
        let bytes = try SampleBatch(AgentBatchHead(epoch: "e", instance: "i", first: 1, count: 0), samples: [full(), full()]).encoded()
        for length in 0..<bytes.count {
            var position = 0
            #expect(throws: SampleBatch.Flaw.cut) { try SampleBatch(Array(bytes[..<length]), at: &position) }
            #expect(position == 0)
        }
        var random = SeededRandom(seed: 11)
        for _ in 0..<2_000 {
            var odd = bytes
            for _ in 0..<3 { odd[Int.random(in: 0..<odd.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            var position = 0
            _ = try? SampleBatch(odd, at: &position)
        }
        let lines = [
            #"{"protocol":2,"record_bytes":64,"epoch":"e","instance":"i","first":1,"count":0,"reasons":{}}"#,
            #"{"protocol":1,"record_bytes":64,"epoch":"e","instance":"i","first":-1,"count":0,"reasons":{}}"#,
            #"{"protocol":1,"record_bytes":64,"epoch":"e","instance":"i","first":1,"count":0,"reasons":{},"now_ns":9223372036854775806}"#,
            "hello",
        ]
        for line in lines {
            var position = 0
            #expect(throws: SampleBatch.Flaw.self) { try SampleBatch(Array((line + "\n").utf8), at: &position) }
        }
    }
}
