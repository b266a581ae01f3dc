import JouleModel
import JouleUnits
import NIOCore

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Watches how late the event loop is, with a timer that is due every 10 ms, and how much CPU time it takes.
///
/// `@unchecked Sendable`: touched on its event loop alone.
final class LoopWatch: @unchecked Sendable {
    private static let period: Duration = .milliseconds(10)
    private static let stall: Duration = .milliseconds(500)

    private let loop: any EventLoop
    private var lags = LagHistogram()
    private var stalls = 0
    private var due = Instant.now
    private var isOver = false
    private let began = Instant.now
    private let processCPU = readClock(CLOCK_PROCESS_CPUTIME_ID)
    private let threadCPU = readClock(CLOCK_THREAD_CPUTIME_ID)
    private var onTick: ((Instant) -> Void)?

    /// Begins at once; made on the loop, whose thread's clock it reads.
    init(on loop: any EventLoop, onTick: @escaping (Instant) -> Void) {
        loop.assertInEventLoop()
        self.loop = loop
        self.onTick = onTick
        schedule()
    }

    private func schedule() {
        due = due + Self.period
        loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(due.nanoseconds))) { self.tick() }
    }

    private func tick() {
        guard !isOver else { return }
        let now = Instant.now
        let lag = now - due
        lags.add(lag.nanoseconds)
        if lag > Self.stall { stalls += 1 }
        // Ticks that were slept through are not made up for: one lateness is not counted many times.
        let missed = lag.nanoseconds / Self.period.nanoseconds
        due = due + Self.period * Int(missed)
        onTick?(now)
        if !isOver { schedule() }
    }

    /// Ends the watch and writes what it saw.
    func end(into report: inout ClientReport) {
        isOver = true
        onTick = nil
        report.loopLagP50 = lags.quantile(0.5)
        report.loopLagP99 = lags.quantile(0.99)
        report.loopLagMaximum = lags.maximum.map { Double($0) * 1e-9 }
        report.stalls = stalls
        report.cpuSeconds = Double(readClock(CLOCK_PROCESS_CPUTIME_ID) - processCPU) * 1e-9
        report.loopCPUSeconds = Double(readClock(CLOCK_THREAD_CPUTIME_ID) - threadCPU) * 1e-9
        report.wallSeconds = (Instant.now - began).seconds
    }
}
