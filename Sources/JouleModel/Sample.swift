import JouleUnits

/// What became of one read of a meter.
package enum ReadStatus: Hashable, Sendable, CustomStringConvertible {
    case ok
    /// The read failed and the next one may succeed; the sample is missing, not zero.
    case retry(String)
    /// The device is lost for the rest of the run.
    case gone(String)

    package var isOK: Bool { self == .ok }

    /// The text of the `read_status` column: `ok`, `retry:reason`, `gone:reason`.
    package var description: String {
        switch self {
        case .ok: "ok"
        case .retry(let reason): "retry:\(reason)"
        case .gone(let reason): "gone:\(reason)"
        }
    }

    package init(text: some StringProtocol) {
        if text.hasPrefix("retry:") {
            self = .retry(String(text.dropFirst(6)))
        } else if text.hasPrefix("gone:") {
            self = .gone(String(text.dropFirst(5)))
        } else {
            self = .ok
        }
    }
}

/// One reading of one channel. Every field but the instant may be absent.
package struct Sample: Hashable, Sendable {
    package var instant: Instant
    package var power: Watts?
    package var averagePower: Watts?
    /// Cumulative energy, wraps already unfolded by the reader that saw them.
    package var energy: Joules?
    package var utilizationPercent: Double?
    package var memoryUsed: ByteCount?
    package var temperature: Celsius?
    package var smClockMHz: Double?
    package var memoryClockMHz: Double?
    package var powerLimit: Watts?
    /// NVML's clocks-event-reasons bit mask, as read.
    package var throttleReasons: UInt64?
    package var status: ReadStatus

    package init(
        instant: Instant, power: Watts? = nil, averagePower: Watts? = nil, energy: Joules? = nil, utilizationPercent: Double? = nil,
        memoryUsed: ByteCount? = nil, temperature: Celsius? = nil, smClockMHz: Double? = nil, memoryClockMHz: Double? = nil,
        powerLimit: Watts? = nil, throttleReasons: UInt64? = nil, status: ReadStatus = .ok
    ) {
        self.instant = instant
        self.power = power
        self.averagePower = averagePower
        self.energy = energy
        self.utilizationPercent = utilizationPercent
        self.memoryUsed = memoryUsed
        self.temperature = temperature
        self.smClockMHz = smClockMHz
        self.memoryClockMHz = memoryClockMHz
        self.powerLimit = powerLimit
        self.throttleReasons = throttleReasons
        self.status = status
    }
}

/// All readings of one channel, in the order in which they were taken.
package struct SampleSeries: Hashable, Sendable {
    package let channel: MeterChannel
    package var samples: [Sample]

    package init(channel: MeterChannel, samples: [Sample] = []) {
        self.channel = channel
        self.samples = samples
    }
}
