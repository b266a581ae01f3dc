import JouleMeters
import JouleModel
import JouleRunner
import JouleTestSupport
import JouleUnits
import Testing

struct MeasurementSessionTests {
    /// 300 W on a counter that moves every 20 ms, and its power.
    private struct SteadyMeter: Meter {
        let kind: MeterKind
        var isLost = false

        var channels: [MeterChannel] {
            [
                MeterChannel(
                    meter: "test", scope: .gpu, device: "GPU-0", name: "GPU", kind: kind, hasEnergy: kind == .counter, hasPower: true,
                    gain: 0,
                    updatePeriod: kind == .counter ? .milliseconds(20) : nil)
            ]
        }

        func open() throws(Failure) -> any MeterReader { Reader(meter: self) }

        private final class Reader: MeterReader {
            let meter: SteadyMeter
            init(meter: SteadyMeter) { self.meter = meter }

            func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
                let now = Instant.now
                slots[0].instant = now
                if meter.isLost {
                    slots[0].fail(.gone("unplugged"))
                    return
                }
                let updates = now.nanoseconds / 20_000_000
                if meter.kind == .counter { slots[0].energy = Joules(Double(updates % 1_000_000_000) * 6) }
                if detail != .energy { slots[0].power = Watts(300) }
            }

            func close() {}
        }
    }

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
        #expect(await session.watts == Watts(300))
        await session.stop()
        let statistics = await session.statistics
        #expect(statistics.samples >= statistics.ticks)
        #expect(statistics.lost == statistics.missedTicks)
    }

    @Test func `samples that are taken out come in the order of time and only once`() async throws {
        let session = MeasurementSession(meters: [SteadyMeter(kind: .power)], period: .milliseconds(2), followsUpdates: false)
        var stamps: [Instant] = []
        for _ in 0..<10 {
            await session.settle(session.edge())
            stamps += await session.takeNew().map(\.sample.instant)
        }
        await session.stop()
        stamps += await session.takeNew().map(\.sample.instant)
        #expect(stamps.count >= 10)
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
        #expect(await session.takeNew().isEmpty)
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
