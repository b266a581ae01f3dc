import JouleHTTP
import JouleModel
import JouleUnits

/// What one look at the pages of a source says about one channel.
struct PageReading: Hashable, Sendable {
    var energy: Joules?
    var power: Watts?
    /// Why something is missing that should be there; from a small closed set.
    var problem: String?

    static func missing(_ problem: String) -> PageReading { PageReading(problem: problem) }
}

/// The bodies of a source's pages into readings: pure, so that it can be tested without a server.
protocol PageDecoder: Sendable {
    /// One reading for each channel of the meter, in their order.
    ///
    /// - Parameter bodies: the pages in the order in which the meter asks for them.
    func readings(_ bodies: [[UInt8]]) -> [PageReading]
}

/// A meter that is read over HTTP. Always slow, so it has a thread of its own and nobody waits for its server but itself.
package struct HTTPMeter: Meter {
    /// Nobody waits longer for a page: it is as long as a gap may be, and the end of a run waits for the last reading.
    static let patience: Duration = .seconds(3)

    package let channels: [MeterChannel]
    /// Asked one after the other for one reading. The first one's middle is the stamp.
    let pages: [HTTPRequest]
    let decoder: any PageDecoder
    let fetcher: HTTPFetcher
    package let shortestPeriod: Duration

    init(
        channels: [MeterChannel], pages: [HTTPRequest], decoder: any PageDecoder, fetcher: HTTPFetcher,
        shortestPeriod: Duration = .milliseconds(100)
    ) {
        self.channels = channels
        self.pages = pages
        self.decoder = decoder
        self.fetcher = fetcher
        self.shortestPeriod = shortestPeriod
    }

    package var isSlow: Bool { true }

    package func open() throws(Failure) -> any MeterReader { HTTPMeterReader(meter: self) }
}

/// The open end of an `HTTPMeter`, owned by its sampling thread. Connections belong to the meter's fetcher and are kept between reads.
final class HTTPMeterReader: MeterReader {
    private let meter: HTTPMeter

    init(meter: HTTPMeter) { self.meter = meter }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        var bodies: [[UInt8]] = []
        var stamp: Instant?
        for page in meter.pages {
            let reply: HTTPReply
            do throws(Failure) {
                reply = try meter.fetcher.sendAndWait(page)
            } catch {
                return fail(Self.reason(error), in: slots)
            }
            guard reply.isSuccess else { return fail("HTTP \(reply.status)", in: slots) }
            if stamp == nil { stamp = reply.middle }
            bodies.append(reply.body)
        }
        let readings = meter.decoder.readings(bodies)
        for index in slots.indices {
            slots[index].instant = stamp ?? .now
            guard readings.indices.contains(index) else {
                slots[index].fail(.retry("missing on the page"))
                continue
            }
            let reading = readings[index]
            slots[index].energy = reading.energy
            slots[index].power = reading.power
            // A value that is there stands even where the other one is not.
            if reading.energy == nil, reading.power == nil { slots[index].fail(.retry(reading.problem ?? "missing on the page")) }
        }
    }

    func close() {}

    private func fail(_ reason: String, in slots: UnsafeMutableBufferPointer<RawSample>) {
        for index in slots.indices {
            slots[index].instant = .now
            slots[index].fail(.retry(reason))
        }
    }

    /// Few and short: reasons are kept for the whole run.
    private static func reason(_ failure: Failure) -> String {
        switch failure.code {
        case "http.timeout": "no answer within \(Int(HTTPMeter.patience.seconds)) s"
        case "http.connect": "no connection"
        case "http.tls": "no secure connection"
        case "http.too-large": "the answer is too large"
        default: "the exchange failed"
        }
    }
}

extension HTTPReply {
    /// Halfway between request and answer: the server looked at its sensor at some moment between the two.
    var middle: Instant { asked + (answered - asked) / 2 }
}

extension MeterChannel {
    /// The same stream as a row that is shown and not added.
    func informative(because remark: String) -> MeterChannel {
        MeterChannel(
            meter: meter, scope: scope, device: device, name: name, kind: kind, hasEnergy: hasEnergy, hasPower: hasPower, gain: gain,
            updatePeriod: updatePeriod, note: [note, remark].compactMap(\.self).joined(separator: "; "), countsInTotals: false, host: host,
            averagingWindow: averagingWindow)
    }
}
