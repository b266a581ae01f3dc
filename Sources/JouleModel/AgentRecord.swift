import JouleUnits

/// What a run saw of one agent: how well its clock was known, and what of its samples is missing. All instants are on the clock of the driver.
package struct AgentRecord: Hashable, Sendable, Codable {
    /// One process of the agent, from its first to its last sample in this run.
    package struct Instance: Hashable, Sendable, Codable {
        package var id: String
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

    /// A stretch without samples.
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

    /// `HOST:PORT`, without secrets.
    package var endpoint: String
    /// The name of its machine, as the channels carry it.
    package var host: String
    package var version: String
    package var instances: [Instance]
    /// What is added to its clock to get ours, at the last estimate.
    package var clockOffset: Duration
    /// The widest bound under which a sample of this run was placed: half the round trip plus drift.
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
            clockOffset: .seconds(try container.decode(Double.self, forKey: .clockOffset)),
            clockBound: .seconds(try container.decode(Double.self, forKey: .clockBound)),
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
        try container.encode(clockOffset.seconds, forKey: .clockOffset)
        try container.encode(clockBound.seconds, forKey: .clockBound)
        try container.encode(roundTrips, forKey: .roundTrips)
        try container.encode(reconnects, forKey: .reconnects)
        try container.encode(duplicatesDropped, forKey: .duplicatesDropped)
        try container.encode(gaps, forKey: .gaps)
    }
}
