import JouleModel

/// A value as it was written, with the place where it stands; what it means is decided by the key that reads it.
///
/// A plain scalar keeps its text: `country_iso_code: NO` is Norway and not the boolean that YAML 1.1 makes of it, because the
/// key asks for a text.
struct ConfigNode: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case scalar(String, isQuoted: Bool)
        case list([ConfigNode])
        /// `replaces` marks a map that took the place of something else than a map, see `merged(over:)`.
        case map([Entry], replaces: Bool)
        /// A value that a reported mistake keeps from being known; nothing more is said about it.
        case unreadable
    }

    struct Entry: Hashable, Sendable {
        let key: String
        let keyOrigin: Origin
        var value: ConfigNode
    }

    var content: Content
    let origin: Origin

    init(_ content: Content, at origin: Origin) {
        self.content = content
        self.origin = origin
    }

    static func map(_ entries: [Entry], at origin: Origin) -> ConfigNode {
        ConfigNode(.map(entries, replaces: false), at: origin)
    }

    var entries: [Entry]? {
        guard case .map(let entries, _) = content else { return nil }
        return entries
    }

    /// Whether nothing was written: `key:`, `key: null` and `key: ~` put a key back to its default.
    var isNull: Bool {
        guard case .scalar(let text, isQuoted: false) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    var holdsUnreadable: Bool {
        switch content {
        case .unreadable: true
        case .scalar: false
        case .list(let items): items.contains { $0.holdsUnreadable }
        case .map(let entries, _): entries.contains { $0.value.holdsUnreadable }
        }
    }

    subscript(key: String) -> ConfigNode? {
        entries?.last { $0.key == key }?.value
    }

    subscript(path: [String]) -> ConfigNode? {
        path.reduce(Optional(self)) { node, key in node?[key] }
    }

    /// The tree with `value` at `path`; sections on the way are made where they are missing, and keep their places where not.
    func setting(_ value: ConfigNode, at path: ArraySlice<String>, keyOrigin: Origin) -> ConfigNode {
        guard let key = path.first else { return value }
        var entries = self.entries ?? []
        let index = entries.firstIndex { $0.key == key }
        let inner = (index.map { entries[$0].value } ?? .map([], at: keyOrigin))
            .setting(value, at: path.dropFirst(), keyOrigin: keyOrigin)
        if let index {
            let placed = path.count == 1 ? keyOrigin : entries[index].keyOrigin
            entries[index] = Entry(key: key, keyOrigin: placed, value: inner)
        } else {
            entries.append(Entry(key: key, keyOrigin: keyOrigin, value: inner))
        }
        return ConfigNode(.map(entries, replaces: false), at: origin)
    }

    /// A map without some of its keys.
    func removing(_ keys: [String]) -> ConfigNode {
        guard case .map(let entries, let replaces) = content else { return self }
        return ConfigNode(.map(entries.filter { !keys.contains($0.key) }, replaces: replaces), at: origin)
    }

    /// What a person would call the value, without secrets: `the number 3`, `a list of 2`.
    var kind: String {
        switch content {
        case .scalar(let text, isQuoted: true): "the text \"\(Secrets.masked(command: [text]).joined())\""
        case .scalar(let text, isQuoted: false):
            if isNull {
                "nothing"
            } else if Double(text) != nil {
                "the number \(text)"
            } else if ["true", "false"].contains(text.lowercased()) {
                "the switch \(text)"
            } else {
                "the text `\(Secrets.masked(command: [text]).joined())`"
            }
        case .list(let items): "a list of \(items.count)"
        case .map(let entries, _): "a map of \(entries.count) \(entries.count == 1 ? "key" : "keys")"
        case .unreadable: "unreadable"
        }
    }
}

/// Where a value came from, so that a complaint can say whom to ask.
enum Origin: Hashable, Sendable {
    case file(SourcePlace)
    case environment(variable: String)
    case assignment(String)
    /// No one wrote it: what a program builds without a file.
    case program

    var place: SourcePlace? {
        guard case .file(let place) = self else { return nil }
        return place
    }

    /// What stands in for a place when no file is to blame.
    var explanation: String? {
        switch self {
        case .file, .program: nil
        case .environment(let variable): "set by the environment variable \(variable)"
        case .assignment(let text): "set by --set \(Secrets.masked(assignment: text))"
        }
    }
}
