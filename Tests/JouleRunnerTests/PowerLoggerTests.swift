import JouleModel
import JouleUnits
import Testing

@testable import JouleRunner

struct PowerLoggerTests {
    private final class Log: Sendable {
        let stamps = Guarded<[Instant]>([])
        let calls = Guarded<Int>(0)
        let watts = Guarded<Watts?>(nil)
    }

    @Test func `samples come in the order of time, each once, and none is kept back at the end`() async throws {
        let logger = PowerLogger(meters: [SteadyMeter(kind: .power)], period: .milliseconds(2))
        let log = Log()
        let statistics = try await logger.run(until: .now + .milliseconds(120), pause: .milliseconds(10)) { samples, watts in
            log.stamps.withLock { $0 += samples.map(\.sample.instant) }
            log.calls.withLock { $0 += 1 }
            log.watts.withLock { $0 = watts }
        }
        let stamps = log.stamps.withLock { $0 }
        #expect(stamps.count == statistics.samples)
        #expect(statistics.samples >= statistics.ticks)
        #expect(statistics.lost == statistics.missedTicks)
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
        #expect(log.calls.withLock { $0 } >= 2)
        #expect(log.watts.withLock { $0 } == Watts(300))
    }

    @Test func `a stopped log ends long before its time`() async throws {
        let logger = PowerLogger(meters: [SteadyMeter(kind: .power)], period: .milliseconds(2))
        let end = Instant.now + .seconds(3_600)
        let statistics = try await logger.run(until: end, pause: .milliseconds(5)) { samples, _ in
            if !samples.isEmpty { logger.stop() }
        }
        #expect(statistics.samples > 0)
        #expect(Instant.now < end)
    }

    @Test func `a log that cannot be written ends with that reason`() async throws {
        let logger = PowerLogger(meters: [SteadyMeter(kind: .power)], period: .milliseconds(2))
        let failure = await #expect(throws: Failure.self) {
            try await logger.run(until: .now + .seconds(3_600), pause: .milliseconds(5)) { _, _ in throw Failure("test.full", "full") }
        }
        #expect(failure?.code == "test.full")
    }
}
