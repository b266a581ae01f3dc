/// What must never be written down: values of headers, variables and options whose names speak of keys.
enum Secrets {
    /// Stands in the place of a value that is not shown.
    static let mask = "***"

    private static let words: Set<String> = [
        "authorization", "auth", "key", "apikey", "token", "secret", "password", "passwd", "cookie", "credential", "credentials",
    ]

    /// Whether the words of a name (`X-API-Key`, `HF_TOKEN`, `--api-key`) say that its value is a secret; `TOKENIZERS_PARALLELISM`
    /// and `--max-num-batched-tokens` do not.
    static func isSecret(name: String) -> Bool {
        name.lowercased().split { !$0.isLetter && !$0.isNumber }.contains { words.contains(String($0)) }
    }

    static func masked(_ table: [String: String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: table.map { ($0, isSecret(name: $0) ? mask : $1) })
    }

    /// A command line without what follows `--api-key` and its like.
    static func masked(command: [String]) -> [String] {
        var hidesNext = false
        return command.map { argument in
            defer { hidesNext = argument.hasPrefix("-") && !argument.contains("=") && isSecret(name: argument) }
            if hidesNext { return mask }
            guard let sign = argument.firstIndex(of: "="), isSecret(name: String(argument[..<sign])) else { return argument }
            return argument[...sign] + mask
        }
    }

    /// `key=value` without the value where the key may carry a secret, as `backend.headers` does.
    static func masked(assignment: String) -> String {
        guard let sign = assignment.firstIndex(of: "=") else { return assignment }
        let key = String(assignment[..<sign])
        return isSecret(name: key) || mayHold(key: key) ? assignment[...sign] + mask : assignment
    }

    /// Whether a part of the key's value may be a secret.
    static func mayHold(key: String) -> Bool { ["backend.headers", "backend.launch"].contains { key.hasPrefix($0) } }

    /// Whether a text is, or ends in, what stands for a hidden value.
    static func isMasked(_ text: String) -> Bool { text == mask || text.hasSuffix("=" + mask) }
}
