import JouleUnits

/// What a run knows about one agent that read meters for it on another machine.
package struct AgentRecord: Hashable, Sendable, Codable {
    /// One life of the agent's process, by the readings that were taken over from it; its instants are of the local clock.
    package struct Instance: Hashable, Sendable, Codable {
        package var id: String
        /// nil when nothing was taken over.
        package var first: Instant?
        package var last: Instant?

        package init(id: String, first: Instant? = nil, last: Instant? = nil) {
            self.id = id
            self.first = first
            self.last = last
        }

        private enum CodingKeys: String, CodingKey {
            case id
            case first = "first_ns"
            case last = "last_ns"
        }
    }

    /// A time on the local clock for which there are no samples, and never will be.
    package struct Gap: Hashable, Sendable, Codable {
        package var start: Instant
        package var end: Instant

        package init(start: Instant, end: Instant) {
            self.start = start
            self.end = end
        }

        private enum CodingKeys: String, CodingKey {
            case start = "start_ns"
            case end = "end_ns"
        }
    }

    /// Host and port that were asked.
    package var endpoint: String
    /// The name that the agent gives its machine: the `host` of its channels.
    package var host: String
    package var version: String
    package var instances: [Instance]
    /// What is added to an instant of the agent's clock to have it on the local one, when the recording ended.
    package var clockOffset: Duration
    /// By how much a mapped instant may be wrong, either way: half the smallest round trip, and the drift between two estimates.
    package var clockBound: Duration
    package var roundTrips: Int
    package var reconnects: Int
    package var duplicatesDropped: Int
    package var gaps: [Gap]

    package init(
        endpoint: String, host: String, version: String, instances: [Instance] = [], clockOffset: Duration = .zero,
        clockBound: Duration = .zero, roundTrips: Int = 0, reconnects: Int = 0, duplicatesDropped: Int = 0, gaps: [Gap] = []
    ) {
        self.endpoint = endpoint
        self.host = host
        self.version = version
        self.instances = instances
        self.clockOffset = clockOffset
        self.clockBound = clockBound
        self.roundTrips = roundTrips
        self.reconnects = reconnects
        self.duplicatesDropped = duplicatesDropped
        self.gaps = gaps
    }

    private enum CodingKeys: String, CodingKey {
        case endpoint, host, version, instances, reconnects, gaps
        case clockOffset = "clock_offset_seconds"
        case clockBound = "clock_bound_seconds"
        case roundTrips = "round_trips"
        case duplicatesDropped = "duplicates_dropped"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            endpoint: try container.decode(String.self, forKey: .endpoint), host: try container.decode(String.self, forKey: .host),
            version: try container.decode(String.self, forKey: .version),
            instances: try container.decode([Instance].self, forKey: .instances),
            clockOffset: try Self.duration(container, .clockOffset), clockBound: try Self.duration(container, .clockBound),
            roundTrips: try container.decode(Int.self, forKey: .roundTrips),
            reconnects: try container.decode(Int.self, forKey: .reconnects),
            duplicatesDropped: try container.decode(Int.self, forKey: .duplicatesDropped),
            gaps: try container.decode([Gap].self, forKey: .gaps))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(endpoint, forKey: .endpoint)
        try container.encode(host, forKey: .host)
        try container.encode(version, forKey: .version)
        try container.encode(instances, forKey: .instances)
        try container.encode(Self.seconds(clockOffset), forKey: .clockOffset)
        try container.encode(Self.seconds(clockBound), forKey: .clockBound)
        try container.encode(roundTrips, forKey: .roundTrips)
        try container.encode(reconnects, forKey: .reconnects)
        try container.encode(duplicatesDropped, forKey: .duplicatesDropped)
        try container.encode(gaps, forKey: .gaps)
    }

    /// To the nanosecond: an offset between two machines that were booted weeks apart has more digits than its seconds need.
    private static func duration(_ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys) throws -> Duration {
        let seconds = try container.decode(Double.self, forKey: key)
        guard seconds.isFinite, abs(seconds) < 9e9 else {
            throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "\(seconds) s is no distance of clocks")
        }
        return .nanoseconds(Int64((seconds * 1e9).rounded()))
    }

    private static func seconds(_ duration: Duration) -> Double { Double(duration.nanoseconds) / 1e9 }
}
