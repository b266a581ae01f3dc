/// Keys of the product that this version does not carry out yet.
///
/// They are neither unknown nor dropped: a file that uses one is told so plainly, unless the value asks for nothing.
struct UpcomingKey: Sendable {
    let path: [String]
    /// Values that ask for nothing, and so may stand in a file today.
    let neutral: Set<String>

    init(_ name: String, neutral: Set<String> = []) {
        path = ConfigurationKey.split(name)
        self.neutral = neutral
    }

    func asksForNothing(_ node: ConfigNode) -> Bool {
        guard !node.isNull else { return true }
        guard case .scalar(let text, _) = node.content else { return false }
        return neutral.contains(text)
    }
}

enum UpcomingKeys {
    static let backendTypes: Set<String> = ["replay", "simulated"]

    static let all: [UpcomingKey] = scenario + rest

    static let byPath: [[String]: UpcomingKey] = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

    static let sections: Set<[String]> = Set(all.flatMap { key in (1..<key.path.count).map { Array(key.path.prefix($0)) } })

    private static let scenario =
        [UpcomingKey("scenario.turns", neutral: ["1"])]

    private static let rest =
        [
            UpcomingKey("metrics.output_dir")
        ]
}
