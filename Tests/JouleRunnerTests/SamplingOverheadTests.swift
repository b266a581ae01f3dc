import Foundation
import JouleMeters
import JouleModel
import JouleRunner
import JouleStore
import JouleUnits
import Testing

/// The cost of sampling, by the account of this very process. What it comes to depends on the machine and is not asserted.
struct SamplingOverheadTests {
    /// A processor at 40 W on a counter that moves every millisecond.
    private struct ProcessorMeter: Meter {
        var kind = MeterKind.counter
        var isSlow = false

        var channels: [MeterChannel] {
            [
                MeterChannel(
                    meter: "test", scope: .package, device: "package-0", name: "package-0", kind: kind, hasEnergy: true, hasPower: false,
                    gain: 0.05, updatePeriod: .milliseconds(1))
            ]
        }

        func open() throws(Failure) -> any MeterReader { Reader() }

        private final class Reader: MeterReader {
            func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
                let now = Instant.now
                slots[0].instant = now
                slots[0].energy = Joules(Double(now.nanoseconds / 1_000_000 % 1_000_000_000) * 0.04)
            }

            func close() {}
        }
    }

    private func report(_ meters: [any Meter], rates: [Double] = [10, 200]) async throws -> SamplingOverhead.Report {
        try await SamplingOverhead(meters: meters, duration: .milliseconds(400)).run(rates: rates)
    }

    @Test func `every rate has its cost, its timer's and the processor's power`() async throws {
        let report = try await report([ProcessorMeter()])
        #expect(report.channels == ["test (package-0)"] && report.leftOut.isEmpty)
        #expect(report.rows.map(\.rateHertz) == [nil, 10, 200])
        let none = report.rows[0]
        #expect(none.ticks == 0 && none.timer == nil && none.corePercentAboveTimer == nil)
        #expect(none.use.cpuSeconds >= 0 && none.use.durationSeconds >= 0.4)
        for (row, rate) in zip(report.rows.dropFirst(), [10.0, 200]) {
            let timer = try #require(row.timer)
            #expect(row.ticks >= 1 && timer.durationSeconds >= 0.4)
            // A tick is taken or counted as missed; one more may fall due while the sampler is opened or ended.
            let due = row.use.durationSeconds * rate
            #expect(Double(row.ticks + row.missedTicks) > due - 2, "\(rate) Hz: \(row.ticks) and \(row.missedTicks)")
            #expect(row.use.voluntarySwitches >= 1 && row.corePercentAboveTimer != nil)
            #expect(row.resident.map { $0.bytes > 0 } ?? true)
        }
        for row in report.rows {
            #expect(abs(try #require(row.power.value, "\(row.power)") - 40) < 2)
            #expect(row.power.method == "measured-counter" && row.power.scope == .package)
        }
        let difference = report.rows[2].powerAboveNone
        #expect(abs(try #require(difference.value)) <= max(try #require(difference.plusMinus), 0.5))
        #expect(none.powerAboveNone.value == nil)
    }

    @Test func `where the processor is not measured the reason stands for its power`() async throws {
        let modelled = try await report([ProcessorMeter(kind: .model)], rates: [50])
        #expect(modelled.rows[1].powerAboveNone.reason == "the processor is modelled here, not measured")
        let other = try await report([SteadyMeter(kind: .counter)], rates: [50])
        #expect(other.rows[1].power.reason == "no meter measures the processor")
    }

    @Test func `meters with a pace of their own are left out and named`() async throws {
        let report = try await report([ProcessorMeter(isSlow: true), SteadyMeter(kind: .counter)], rates: [50])
        #expect(report.leftOut == ["test (package-0)"] && report.channels == ["test (GPU)"])
        let failure = #expect(throws: Failure.self) {
            try SamplingOverhead(meters: [ProcessorMeter(isSlow: true)], duration: .milliseconds(10))
        }
        #expect(failure?.code == "meter.none" && failure?.cause?.contains("package-0") == true)
    }

    @Test func `the steps are told in their order, and the file names its units`() async throws {
        var steps: [String] = []
        let overhead = try SamplingOverhead(meters: [ProcessorMeter()], duration: .milliseconds(50))
        let report = try await overhead.run(rates: [100]) { step, total, what in steps.append("\(step)/\(total) \(what)") }
        #expect(steps == ["1/3 no sampling", "2/3 a timer at 100 Hz", "3/3 sampling at 100 Hz"])
        let text = String(decoding: try JSONText.encode(report), as: UTF8.self)
        for key in [
            "\"rate_hertz\"", "\"core_percent\"", "\"core_percent_above_timer\"", "\"wakeups_per_second\"", "\"rss_bytes\"",
            "\"ticks_missed\"", "\"power_above_none\"",
        ] {
            #expect(text.contains(key), "\(key)")
        }
    }

    @Test func `a bare timer takes the ticks of its schedule or counts them as missed`() async throws {
        let start = Instant.now
        let timer = try BareTimer(period: .milliseconds(5))
        try await Task.sleep(for: .milliseconds(200))
        timer.stop()
        let due = (Instant.now - start).seconds / 0.005
        let seen = Double(timer.takenTicks + timer.missedTicks)
        #expect(seen > 0 && seen <= due + 1)
        // Stopped is stopped.
        let taken = timer.takenTicks
        try await Task.sleep(for: .milliseconds(20))
        #expect(timer.takenTicks == taken)
    }

    @Test func `work shows in the account of the tool, and time passes in it`() throws {
        let before = try #require(OwnCost.now)
        var sum = 0.0
        while Instant.now - before.instant < .milliseconds(50) { sum += 1 }
        let use = try #require(OwnCost.now).use(since: before)
        #expect(sum > 0 && use.cpuSeconds > 0.005 && use.durationSeconds >= 0.05)
        #expect(use.peakResident.map { $0.bytes > 1_000_000 } ?? false)
        let mark = try #require(OwnCost.now).mark(beginning: .measure, machine: HostRoot())
        #expect(mark.phase == .measure && (mark.machineBusySeconds ?? 0) > 0)
        #expect(try #require(OwnCost.now).mark(beginning: nil, machine: HostRoot(path: "/nowhere")).machineBusySeconds == nil)
    }
}
