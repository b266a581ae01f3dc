import JouleModel
import JouleUnits

/// An energy source with a declared scope.
///
/// A meter is a value that can be sent anywhere; the reader that it opens is born, used and closed on one sampling thread.
package protocol Meter: Sendable {
    /// The streams this meter delivers, in the order of the slots that `MeterReader.read` fills.
    var channels: [MeterChannel] { get }
    /// Whether a read may take longer than 10 ms (a child process, a network): such a meter gets a thread of its own.
    var isSlow: Bool { get }
    /// The least distance between its reads that makes sense: no source is asked more often, whatever the sampling period.
    var shortestPeriod: Duration { get }
    /// The longest that it may stay unread, whatever the sampling period: a counter that wraps twice unseen has lost energy. Nil where
    /// nothing is lost.
    var longestSilence: Duration? { get }
    /// Opens handles and files. Called on the sampling thread.
    func open() throws(Failure) -> any MeterReader
}

extension Meter {
    package var isSlow: Bool { false }
    package var longestSilence: Duration? { nil }
    /// Children, networks and searches through `/proc` are not asked more often than ten times a second.
    package var shortestPeriod: Duration { isSlow ? .milliseconds(100) : .zero }
}

/// The open end of a meter, owned by its sampling thread.
package protocol MeterReader: AnyObject {
    /// Fills one slot for each channel: the stamp taken at the read, the values that the detail asks for, the status.
    ///
    /// No allocation on the good path. A failed read leaves its values absent and says `.retry` or `.gone`.
    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>)
    func close()
}

/// How much one read fetches.
package enum ReadDetail: Sendable {
    /// The cumulative counter alone: the cheapest read, repeated around window edges.
    case energy
    /// Counter and power.
    case power
    /// Everything the channel has: utilisation, memory, temperature, clocks, limit, throttle reasons too.
    case full
}

/// What looking for one family of meters brought to light.
package struct MeterDiscovery: Sendable {
    package var meters: [any Meter]
    /// What is not there, or cannot be read, each with its reason and remedy.
    package var unavailable: [RunEnvironment.Unavailable]

    package init(meters: [any Meter] = [], unavailable: [RunEnvironment.Unavailable] = []) {
        self.meters = meters
        self.unavailable = unavailable
    }

    package static func + (left: MeterDiscovery, right: MeterDiscovery) -> MeterDiscovery {
        MeterDiscovery(meters: left.meters + right.meters, unavailable: left.unavailable + right.unavailable)
    }
}

/// Where the machine's `/proc` and `/sys` are found; another folder in tests.
package struct HostRoot: Sendable, Hashable {
    package let path: String
    /// `/` unless told otherwise.
    package init(path: String = "/") { self.path = path.hasSuffix("/") ? String(path.dropLast()) : path }
    /// `root.resolve("/sys/class/powercap")`.
    package func resolve(_ absolute: String) -> String { path + absolute }
}
