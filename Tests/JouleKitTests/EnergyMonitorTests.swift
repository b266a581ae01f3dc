import Foundation
import JouleKit
import Testing

/// The library as its documentation shows it, over the one meter that every Linux machine has: the model.
struct EnergyMonitorTests {
    /// Work for a processor, until so much time has passed.
    private static func compute(for duration: Duration) -> Double {
        let end = ContinuousClock.now + duration
        var value = 1.0
        while ContinuousClock.now < end { for number in 1...1_000 { value = (value * Double(number)).squareRoot() } }
        return value
    }

    @Test func `the energy of a region comes with its interval and its method`() async throws {
        let monitor = try await EnergyMonitor(meters: ["model"])
        let energy = await monitor.measure { #expect(Self.compute(for: .milliseconds(300)) > 0) }
        let joules = try #require(energy.joules)
        #expect(joules > 0)
        #expect(try #require(energy.plusMinusJoules) > 0)
        #expect(energy.method == "modelled")
        #expect(energy.reason == nil)
        #expect(energy.seconds >= 0.3)
        #expect(energy.entries.contains { $0.scope == "cpu" && $0.joules ?? 0 > 0 })
        for entry in energy.entries {
            #expect((entry.joules == nil) == (entry.reason != nil))
            if let joules = entry.joules, let watts = entry.meanWatts { #expect(abs(watts * energy.seconds - joules) < 1e-6 * joules) }
        }
        await monitor.stop()
    }

    @Test func `windows nest and overlap, and parts add up to the whole`() async throws {
        let monitor = try await EnergyMonitor(meters: ["model"], samplePeriod: .milliseconds(20))
        var marks = [monitor.mark()]
        for _ in 0..<3 {
            #expect(Self.compute(for: .milliseconds(150)) > 0)
            marks.append(monitor.mark())
        }
        #expect(marks == marks.sorted())
        #expect(marks[1].nanoseconds - marks[0].nanoseconds >= 150_000_000)
        var parts = 0.0
        for (start, end) in zip(marks, marks.dropFirst()) { parts += try #require(await monitor.energy(from: start, to: end).joules) }
        let whole = try #require(await monitor.energy(from: marks[0], to: marks[3]).joules)
        #expect(abs(parts - whole) < 1e-9 * whole)
        let overlap = try #require(await monitor.energy(from: marks[0], to: marks[2]).joules)
        #expect(overlap < whole)

        await monitor.stop()
        let late = await monitor.energy(from: marks[0], to: marks[3])
        #expect(late.joules == whole, "windows of the past can still be asked for")
        await monitor.stop()
    }

    @Test func `a window that ends after the monitor has no energy, but a reason`() async throws {
        let monitor = try await EnergyMonitor(meters: ["model"], samplePeriod: .milliseconds(20))
        await monitor.stop()
        let start = monitor.mark()
        let energy = await monitor.energy(from: start, to: monitor.mark())
        #expect(energy.joules == nil)
        #expect(energy.method == "unavailable")
        #expect(energy.reason != nil)
    }

    @Test func `an error of the region comes out of the measurement`() async throws {
        let monitor = try await EnergyMonitor(meters: ["model"])
        await #expect(throws: CocoaError.self) { _ = try await monitor.measure { throw CocoaError(.featureUnsupported) } }
        await monitor.stop()
    }

    @Test(arguments: ["wattmeter", "csv", "", "NVML"]) func `a meter that does not exist is refused`(name: String) async {
        let error = await #expect(throws: KitError.self) { try await EnergyMonitor(meters: [name]) }
        #expect(error?.problems.map(\.code) == ["usage.meters"])
        #expect(error?.description.contains("`\(name)`") == true)
    }

    @Test func `without any meter the energy is absent with a reason`() async throws {
        let monitor = try await EnergyMonitor(meters: ["none"])
        let energy = await monitor.measure {}
        #expect(energy.joules == nil && energy.plusMinusJoules == nil)
        #expect(energy.reason != nil)
        await monitor.stop()
    }
}
