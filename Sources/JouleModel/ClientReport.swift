import JouleUnits

/// What the load client saw of itself while it sent the measured load: `client.json`. The lateness of each request is in its line.
package struct ClientReport: Hashable, Sendable, Codable {
    package static let schemaVersion = 1

    package var schemaVersion = ClientReport.schemaVersion
    /// How late a timer of the event loop fired that was due every 10 ms, in seconds.
    package var loopLagP50: Double?
    package var loopLagP99: Double?
    package var loopLagMaximum: Double?
    /// Times at which the loop stood still for more than 500 ms.
    package var stalls: Int = 0
    /// CPU time of the whole process in the measured phase, in seconds.
    package var cpuSeconds: Double?
    /// CPU time of the event loop's thread in the measured phase, in seconds.
    package var loopCPUSeconds: Double?
    package var wallSeconds: Double?
    package var connectionsOpened = 0
    /// Requests that went over a connection that stood already.
    package var connectionsReused = 0
    /// Requests sent once more because a pooled connection turned out to be closed before any byte of the answer.
    package var resentOnStaleConnection = 0
    package var mostInFlight = 0
    package var bytesReceived: Int64 = 0
    /// Prompts that were used a second time because the pool was used up.
    package var repeatedPrompts = 0

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case stalls
        case schemaVersion = "schema_version"
        case loopLagP50 = "loop_lag_p50_seconds"
        case loopLagP99 = "loop_lag_p99_seconds"
        case loopLagMaximum = "loop_lag_max_seconds"
        case cpuSeconds = "cpu_seconds"
        case loopCPUSeconds = "loop_cpu_seconds"
        case wallSeconds = "wall_seconds"
        case connectionsOpened = "connections_opened"
        case connectionsReused = "connections_reused"
        case resentOnStaleConnection = "resent_on_stale_connection"
        case mostInFlight = "most_in_flight"
        case bytesReceived = "bytes_received"
        case repeatedPrompts = "repeated_prompts"
    }
}
