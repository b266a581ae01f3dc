import JouleModel

/// What must never be written down: values of headers, variables, options and members of a request whose names speak of keys, and what
/// URLs carry besides a place (`URLSecrets`).
///
/// Every value that is shown or recorded passes through here on its way out, and is refused with its mask in it on its way in.
package enum Secrets {
    /// Stands in the place of a value that is not shown.
    static let mask = URLSecrets.mask

    private static let words: Set<String> = [
        "authorization", "auth", "bearer", "key", "apikey", "token", "jwt", "secret", "password", "passwd", "passphrase", "pwd", "pass",
        "cookie", "credential", "credentials",
    ]

    /// Words beside which a token is one of text, and a key one of a table.
    private static let harmless: [String: Set<String>] = [
        "token": ["bos", "eos", "pad", "unk", "sep", "cls", "stop", "special", "thinking", "ids", "id", "budget", "count"],
        "key": ["cache", "public"],
    ]

    /// Whether the words of a name (`X-API-Key`, `HF_TOKEN`, `--api-key`, `accessToken`) say that its value is a secret;
    /// `TOKENIZERS_PARALLELISM`, `--max-num-batched-tokens` and `eos_token` do not.
    static func isSecret(name: String) -> Bool {
        let parts = Set(parts(of: name))
        return parts.contains { words.contains($0) && (harmless[$0]?.isDisjoint(with: parts) ?? true) }
    }

    /// The words of a name in small letters: `accessToken` has two.
    private static func parts(of name: String) -> [String] {
        var spaced = ""
        var last: Character?
        for character in name {
            if character.isUppercase, last?.isLowercase ?? false { spaced.append(" ") }
            spaced.append(character.isLetter || character.isNumber ? character : " ")
            last = character
        }
        return spaced.lowercased().split(separator: " ").map(String.init)
    }

    // MARK: On the way out

    /// A text without what its URLs must not show: user, password, and the values of parameters that speak of keys.
    static func masked(_ text: String) -> String { URLSecrets.masked(in: text, where: isSecret) }

    static func masked(_ table: [String: String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: table.map { ($0, isSecret(name: $0) ? mask : masked($1)) })
    }

    /// A path below a base URL without the values of its parameters that speak of keys.
    package static func masked(path: String) -> String { URLSecrets.masked(path, where: isSecret) }

    /// JSON without the texts and numbers of members whose names speak of keys. What is below such a name has names of its own, as a JSON
    /// schema has.
    package static func masked(_ value: JSONValue) -> JSONValue { masked(value, hides: false) }

    private static func masked(_ value: JSONValue, hides: Bool) -> JSONValue {
        switch value {
        case .null, .bool: value
        case .integer, .number: hides ? .string(mask) : value
        case .string(let text): .string(hides ? mask : masked(text))
        case .array(let items): .array(items.map { masked($0, hides: hides) })
        case .object(let members):
            .object(Dictionary(uniqueKeysWithValues: members.map { ($0, masked($1, hides: isSecret(name: $0))) }))
        }
    }

    /// Keys whose values may hold secrets anywhere.
    private static let secretiveKeys = ["backend.headers", "backend.launch", "backend.extra_body", "backend.command"]

    /// `key=value` without the value where the key may carry a secret, as `backend.headers` does.
    static func masked(assignment: String) -> String {
        guard let sign = assignment.firstIndex(of: "=") else { return masked(command: [assignment]).joined() }
        let key = String(assignment[..<sign])
        let value = String(assignment[assignment.index(after: sign)...])
        // An address need not have a scheme, or lacks it by mistake.
        let isAddress = ["metrics.meters", "backend.endpoint", "reporter"].contains { key.hasPrefix($0) }
        let holdsAddress = isAddress && value.contains { "@?".contains($0) }
        let isSecretive = holdsAddress || isSecret(name: key) || mayHold(key: key)
        return "\(key)=" + (isSecretive ? mask : masked(command: [URLSecrets.masked(in: value)]).joined())
    }

    /// Whether a part of the key's value may be a secret.
    static func mayHold(key: String) -> Bool { secretiveKeys.contains { key.hasPrefix($0) } }

    /// A value as somebody wrote it, in one line, for the names and the tables of a study.
    static func masked(_ node: ConfigNode) -> String {
        switch node.content {
        case .scalar(let text, _): masked(path: URLSecrets.masked(in: text))
        case .list(let items): masked(command: items.map { masked($0) }).joined(separator: ", ")
        case .map(let entries, _):
            entries.map { entry in
                guard case .scalar(let text, _) = entry.value.content else { return "\(entry.key): \(masked(entry.value))" }
                if isSecret(name: entry.key) { return "\(entry.key): \(mask)" }
                // The address of a meter, which need not have a scheme.
                let isAddress = ["url", "endpoint"].contains(entry.key)
                return "\(entry.key): \(isAddress ? URLSecrets.masked(text) : masked(entry.value))"
            }.joined(separator: ", ")
        case .unreadable: "?"
        }
    }

    // MARK: On the way in

    /// Whether a text has what stands for a hidden value in it.
    static func isMasked(_ text: String) -> Bool {
        guard text.contains(mask) else { return false }
        let words = text.split { $0.isWhitespace || "\"'".contains($0) }
        return URLSecrets.isMasked(in: text) || words.contains { $0 == mask || $0.hasSuffix("=" + mask) || $0.hasSuffix(":" + mask) }
    }

    /// The first member with a hidden value, by its name.
    static func maskedMember(of value: JSONValue) -> String? {
        switch value {
        case .null, .bool, .integer, .number, .string: return nil
        case .array(let items): return items.lazy.compactMap { maskedMember(of: $0) }.first
        case .object(let members):
            return members.sorted { $0.key < $1.key }.lazy.compactMap { name, value in
                isSecret(name: name) && isHidden(value) ? name : maskedMember(of: value)
            }.first
        }
    }

    private static func isHidden(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): text == mask
        case .array(let items): items.contains { isHidden($0) }
        case .null, .bool, .integer, .number, .object: false
        }
    }
}
