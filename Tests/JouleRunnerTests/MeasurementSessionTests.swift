import JouleMeters
import JouleModel
import JouleRunner
import JouleTestSupport
import JouleUnits
import Testing

struct MeasurementSessionTests {
    private static func energy(_ session: MeasurementSession, _ window: Range<Instant>) async throws -> Measured<Joules> {
        try #require(await session.ledger(of: window).total(of: .system).value)
    }

    @Test(arguments: [MeterKind.counter, .power]) func `the energies of windows side by side add up to that of the whole`(
        kind: MeterKind
    ) async throws {
        let session = MeasurementSession(meters: [SteadyMeter(kind: kind)], period: .milliseconds(20))
        var edges: [Instant] = []
        for _ in 0..<8 {
            edges.append(session.edge())
            await session.settle(edges[edges.count - 1])
        }
        await session.stop()
        var parts = Joules.zero
        for (start, end) in zip(edges, edges.dropFirst()) { parts += try await Self.energy(session, start..<end).value }
        let window = edges[0]..<edges[7]
        let whole = try await Self.energy(session, window)
        #expect(abs((parts - whole.value).rawValue) < 1e-9 * whole.value.rawValue)
        #expect(abs(whole.value.rawValue - 300 * window.duration.seconds) <= (whole.plusMinus?.rawValue ?? 0) + 1e-6)
        #expect(whole.method == (kind == .counter ? .measuredCounter : .measuredPower))
        // Any two edges, not only neighbours.
        let (left, right) = (try await Self.energy(session, edges[0]..<edges[3]), try await Self.energy(session, edges[3]..<edges[7]))
        #expect(abs((left.value + right.value - whole.value).rawValue) < 1e-9 * whole.value.rawValue)
    }

    @Test func `what was taken, missed and lost is said`() async throws {
        let session = MeasurementSession(meters: [SteadyMeter(kind: .power)], period: .milliseconds(5), followsUpdates: false)
        let edge = session.edge()
        await session.settle(edge)
        await session.stop()
        let statistics = await session.statistics
        #expect(statistics.samples >= statistics.ticks)
        #expect(statistics.lost == statistics.missedTicks)
    }

    @Test func `a lost device has no energy, and the reason is its own`() async throws {
        let session = MeasurementSession(meters: [SteadyMeter(kind: .power, isLost: true)], period: .milliseconds(2))
        let start = session.edge()
        await session.settle(start)
        let window = start..<session.edge()
        await session.stop()
        let total = await session.ledger(of: window).total(of: .gpu)
        #expect(total.value == nil)
        #expect(total.reason?.contains("unplugged") == true)
    }
}
