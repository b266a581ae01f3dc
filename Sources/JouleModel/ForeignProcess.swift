import JouleUnits

/// A process that computed on a measured device and is not known to belong to the run.
package struct ForeignProcess: Hashable, Sendable, Codable {
    package var pid: Int
    /// As `ps` names it; nil where `/proc` does not show the process.
    package var name: String?
    /// When it was first seen; nil where it was there already at the first look.
    package var came: Instant?
    /// When it was last seen; nil where it was still there at the last look.
    package var lastSeen: Instant?
    /// Why it may belong to the run all the same; nil where it does not.
    package var doubt: String?

    package init(pid: Int, name: String? = nil, came: Instant? = nil, lastSeen: Instant? = nil, doubt: String? = nil) {
        self.pid = pid
        self.name = name
        self.came = came
        self.lastSeen = lastSeen
        self.doubt = doubt
    }

    private enum CodingKeys: String, CodingKey {
        case pid, name, doubt
        case came = "came_ns"
        case lastSeen = "last_seen_ns"
    }

    /// `6527 (python3)`.
    package var title: String { "\(pid)" + (name.map { " (\($0))" } ?? "") }
}
