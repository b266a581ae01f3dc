import JouleModel
import JouleUnits

/// A power log taken elsewhere, played back as if its meter were read now.
package struct ReplayMeter: Meter {
    /// Taken where the user does not say how good the log's meter was.
    package static let gain = 0.05
    /// Of a calibrated power analyzer, such as MLPerf asks for.
    static let analyzerGain = 0.01
    /// Of rows that came from a model of the load: the widest of the models' own bounds, for the log does not carry them.
    static let modelGain = 0.75

    let log: ReplayLog
    package var channels: [MeterChannel] { log.tracks.map(\.channel) }

    package static func discover(file: String, gain: Double? = nil) -> MeterDiscovery {
        do {
            return MeterDiscovery(meters: [ReplayMeter(log: try ReplayLog.load(file: file, gain: gain))])
        } catch {
            let place = error.source.map { "\($0): " } ?? ""
            let reason = [place + error.message, error.cause].compactMap(\.self).joined(separator: ": ")
            return MeterDiscovery(unavailable: [RunEnvironment.Unavailable(meter: "csv", reason: reason, remedy: error.remedy)])
        }
    }

    package func open() throws(Failure) -> any MeterReader { ReplayReader(log: log) }
}

/// The place in a log that has been reached; the log begins at the first read.
final class ReplayReader: MeterReader {
    private let log: ReplayLog
    private var positions: [Int]
    private var start: Instant?

    init(log: ReplayLog) {
        self.log = log
        positions = log.tracks.map { _ in -1 }
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        read(into: slots, at: .now)
    }

    /// Gives the last row at or before the time since the start: nothing is interpolated, as a meter would not.
    func read(into slots: UnsafeMutableBufferPointer<RawSample>, at instant: Instant) {
        let start = start ?? instant
        self.start = start
        let elapsed = instant - start
        for index in log.tracks.indices {
            slots[index].instant = instant
            guard elapsed <= log.duration else {
                slots[index].fail(.gone("end of file"))
                continue
            }
            if let row = row(of: index, at: Instant(nanoseconds: elapsed.nanoseconds)) {
                slots[index].store(row)
            } else {
                slots[index].fail(.retry("the log has no row for this time"))
            }
        }
    }

    /// Steps forward to the row in force; nil before the channel's first row and in a gap.
    private func row(of index: Int, at time: Instant) -> Sample? {
        let track = log.tracks[index]
        while positions[index] + 1 < track.rows.count, track.rows[positions[index] + 1].instant <= time { positions[index] += 1 }
        guard positions[index] >= 0 else { return nil }
        let row = track.rows[positions[index]]
        return time - row.instant <= track.patience ? row : nil
    }

    func close() {}
}

extension RawSample {
    fileprivate mutating func store(_ row: Sample) {
        power = row.power
        averagePower = row.averagePower
        energy = row.energy
        utilizationPercent = row.utilizationPercent
        memoryUsed = row.memoryUsed
        temperature = row.temperature
        smClockMHz = row.smClockMHz
        memoryClockMHz = row.memoryClockMHz
        powerLimit = row.powerLimit
        throttleReasons = row.throttleReasons
        // A device lost in the log is not lost to the replay: the sampler would stop reading all of it.
        switch row.status {
        case .ok: break
        case .retry(let reason), .gone(let reason): fail(.retry(reason))
        }
    }
}
