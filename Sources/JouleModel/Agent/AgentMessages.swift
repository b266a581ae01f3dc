import JouleUnits

/// The protocol between an agent and its drivers; `docs/agent.md` describes it.
package enum AgentProtocol {
    /// Raised when an older driver would misread a newer agent.
    package static let version = 1
    package static let descriptionPath = "/v1/description"
    package static let clockPath = "/v1/clock"
    package static let samplesPath = "/v1/samples"
    package static let metricsPath = "/metrics"
    /// Rows of the largest answer: half a mebibyte, which a slow link carries within a request's time.
    package static let mostRows = 8_192
    /// The environment variable that holds the token where no other is named.
    package static let tokenVariable = "JOULEBENCH_AGENT_TOKEN"
}

/// What an agent says of itself and its machine: the answer to `/v1/description`.
package struct AgentDescription: Hashable, Sendable, Codable {
    package var protocolVersion: Int
    /// Version of the program.
    package var version: String
    /// This process; another one after each start.
    package var instance: String
    package var host: String
    /// Tells boots of the machine apart, and machines of one name; nil where the system has none.
    package var bootID: String?
    package var period: Duration
    package var channels: [MeterChannel]
    package var environment: RunEnvironment

    /// More than any machine's meters give; the records count channels in two bytes.
    private static let mostChannels = 4_096

    package init(
        version: String, instance: String, host: String, bootID: String?, period: Duration, channels: [MeterChannel],
        environment: RunEnvironment
    ) {
        protocolVersion = AgentProtocol.version
        self.version = version
        self.instance = instance
        self.host = host
        self.bootID = bootID
        self.period = period
        self.channels = channels
        self.environment = environment
    }

    private enum CodingKeys: String, CodingKey {
        case version, instance, host, channels, environment
        case protocolVersion = "protocol"
        case bootID = "boot_id"
        case period = "period_seconds"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        protocolVersion = try container.decode(Int.self, forKey: .protocolVersion)
        version = try container.decode(String.self, forKey: .version)
        instance = try container.decode(String.self, forKey: .instance)
        host = try container.decode(String.self, forKey: .host)
        bootID = try container.decodeIfPresent(String.self, forKey: .bootID)
        let seconds = try container.decode(Double.self, forKey: .period)
        guard seconds > 0, seconds < 86_400 else {
            throw DecodingError.dataCorruptedError(forKey: .period, in: container, debugDescription: "\(seconds) s is no sample period")
        }
        period = .seconds(seconds)
        channels = try container.decode([MeterChannel].self, forKey: .channels)
        guard channels.count <= Self.mostChannels else {
            throw DecodingError.dataCorruptedError(
                forKey: .channels, in: container, debugDescription: "\(channels.count) channels are more than one machine has")
        }
        environment = try container.decode(RunEnvironment.self, forKey: .environment)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(protocolVersion, forKey: .protocolVersion)
        try container.encode(version, forKey: .version)
        try container.encode(instance, forKey: .instance)
        try container.encode(host, forKey: .host)
        try container.encodeIfPresent(bootID, forKey: .bootID)
        try container.encode(period.seconds, forKey: .period)
        try container.encode(channels, forKey: .channels)
        try container.encode(environment, forKey: .environment)
    }
}

/// The two fields that every version of a description has, so that a newer one is refused by name and not as gibberish.
package struct AgentGreeting: Hashable, Sendable, Decodable {
    package let protocolVersion: Int
    package let version: String
    private enum CodingKeys: String, CodingKey {
        case version
        case protocolVersion = "protocol"
    }
}

/// The agent's monotonic clock, read while the question was there: the answer to `/v1/clock`.
package struct AgentClock: Hashable, Sendable, Codable {
    package var instance: String
    package var now: Instant

    package init(instance: String, now: Instant) {
        self.instance = instance
        self.now = now
    }

    private enum CodingKeys: String, CodingKey {
        case instance
        case now = "now_ns"
    }
}

/// The first line of a batch of samples; `count` records follow it.
package struct AgentBatchHead: Hashable, Sendable, Codable {
    /// Length of each record in bytes.
    package static let recordBytes = 64

    package var protocolVersion = AgentProtocol.version
    package var recordBytes = AgentBatchHead.recordBytes
    /// What the sequence numbers belong to: they go on after a restart only where the old samples are still there.
    package var epoch: String
    /// The process that took these samples; a batch never mixes two.
    package var instance: String
    /// Number of the first record, and how many there are.
    package var first: Int64
    package var count: Int
    /// Words of failed reads, by the codes of the records.
    package var reasons: [String: String] = [:]
    /// The oldest sample that is held, and the number that the next one will get; nil in a spool.
    package var oldest: Int64?
    package var next: Int64?
    /// The process that answers, and its clock then.
    package var serving: String?
    package var now: Instant?
    /// The edge that this request marked, and up to which edge counters have been read on.
    package var edge: Instant?
    package var bracketed: Instant?
    /// Samples that the agent knows to have missed since it was started.
    package var lost: Int?

    package init(epoch: String, instance: String, first: Int64, count: Int) {
        self.epoch = epoch
        self.instance = instance
        self.first = first
        self.count = count
    }

    private enum CodingKeys: String, CodingKey {
        case epoch, instance, first, count, reasons, oldest, next, serving, lost
        case protocolVersion = "protocol"
        case recordBytes = "record_bytes"
        case now = "now_ns"
        case edge = "edge_ns"
        case bracketed = "bracketed_ns"
    }
}
