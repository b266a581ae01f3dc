import JouleMeters
import JouleModel
import JouleUnits
import Testing

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// 100 W and 500 W in turn: the truth that a simulated meter is judged by.
struct SquareWave: Sendable {
    var half = 0.35
    var low = 100.0
    var high = 500.0

    /// Joules since the machine's beginning of time.
    func joules(at instant: Instant) -> Double {
        let time = Double(instant.nanoseconds % 1_000_000_000_000) * 1e-9
        let cycles = (time / (2 * half)).rounded(.down)
        let rest = time - cycles * 2 * half
        return cycles * half * (low + high) + high * min(rest, half) + low * max(rest - half, 0)
    }

    func watts(at instant: Instant) -> Double {
        let time = Double(instant.nanoseconds % 1_000_000_000_000) * 1e-9
        return time.truncatingRemainder(dividingBy: 2 * half) < half ? high : low
    }
}

/// A meter whose readings are a function of the clock; its reads follow a script.
struct ClockMeter: Meter {
    /// What a meter has lived through, seen from the test's thread.
    final class Log: Sendable {
        struct Entry: Sendable {
            var reads = 0
            var isClosed = false
            var threads: Set<UInt> = []
        }
        let entry = Guarded(Entry())
        var reads: Int { entry.withLock { $0.reads } }
        var isClosed: Bool { entry.withLock { $0.isClosed } }
        var threads: Set<UInt> { entry.withLock { $0.threads } }
    }

    var channels: [MeterChannel]
    var isSlow = false
    var wave = SquareWave()
    /// The counter moves at multiples of this.
    var updatePeriod: Duration = .milliseconds(20)
    /// What the n-th read of a channel comes to; nil is a good one.
    var script: @Sendable (_ read: Int, _ channel: Int) -> ReadStatus? = { _, _ in nil }
    var refusal: Failure?
    let log = Log()

    init(_ meter: String, kind: MeterKind = .counter, devices: Int = 1, isSlow: Bool = false) {
        channels = (0..<devices).map {
            MeterChannel(
                meter: meter, scope: .gpu, device: "\(meter)-\($0)", name: "\(meter) \($0)", kind: kind, hasEnergy: kind == .counter,
                hasPower: true, gain: 0, updatePeriod: kind == .counter ? .milliseconds(20) : nil)
        }
        self.isSlow = isSlow
    }

    func open() throws(Failure) -> any MeterReader {
        if let refusal { throw refusal }
        return Reader(meter: self)
    }

    private final class Reader: MeterReader {
        let meter: ClockMeter
        var reads = 0
        init(meter: ClockMeter) { self.meter = meter }

        func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
            reads += 1
            meter.log.entry.withLock {
                $0.reads += 1
                $0.threads.insert(currentThread())
            }
            for index in slots.indices {
                let now = Instant.now
                slots[index].instant = now
                // Says whose slot this is.
                slots[index].utilizationPercent = Double(index)
                if let status = meter.script(reads, index) {
                    slots[index].fail(status)
                    continue
                }
                if meter.channels[index].hasEnergy {
                    let period = meter.updatePeriod.nanoseconds
                    let renewed = Instant(nanoseconds: now.nanoseconds / period * period)
                    slots[index].energy = Joules((meter.wave.joules(at: renewed) * 1_000).rounded(.down) / 1_000)
                }
                if detail != .energy { slots[index].power = Watts(meter.wave.watts(at: now)) }
            }
        }

        func close() {
            meter.log.entry.withLock {
                $0.isClosed = true
                $0.threads.insert(currentThread())
            }
        }
    }
}

/// A number that names the calling thread.
func currentThread() -> UInt {
    #if canImport(Darwin)
    UInt(bitPattern: pthread_self())
    #else
    pthread_self()
    #endif
}

/// Waits for what another thread brings about; false when it has not come within the limit.
func eventually(within limit: Duration = .seconds(120), _ condition: @Sendable () -> Bool) async throws -> Bool {
    let end = Instant.now + limit
    while !condition() {
        if Instant.now > end { return false }
        try await Task.sleep(for: .milliseconds(1))
    }
    return true
}
