extension Secrets {
    /// A command line without what follows `--api-key` and its like, also inside an argument that is a line of a shell, a header or JSON.
    package static func masked(command: [String]) -> [String] {
        var words = CommandWords(isLine: false)
        return command.map { words.masked($0) }
    }
}

/// Reads a command line word by word, for a word may say that the next one is a key.
private struct CommandWords {
    /// Whether a shell reads the words: then one that begins with `$` names a secret and holds none.
    let isLine: Bool
    private var hidesNext = false
    /// Whether a header has begun that no quote ends.
    private var hidesRest = false

    init(isLine: Bool) { self.isLine = isLine }

    mutating func masked(_ argument: String) -> String {
        if isLine || hidesNext || !argument.contains(where: \.isWhitespace) { return masked(word: argument) }
        // A header on its own, or a line of a shell.
        if let value = Self.secretValue(of: argument), argument[..<value].hasSuffix(":"),
            !argument[..<value].contains(where: \.isWhitespace)
        {
            return argument[..<value] + " " + Secrets.mask
        }
        var line = CommandWords(isLine: true)
        return Self.pieces(of: argument).map { $0.isWord ? line.masked(word: $0.text) : $0.text }.joined()
    }

    private mutating func masked(word: String) -> String {
        let bare = word.drop { "\"'".contains($0) }
        let isNamed = isLine && bare.hasPrefix("$")
        if hidesNext || hidesRest {
            hidesNext = false
            return isNamed ? word : Secrets.mask
        }
        if let value = Self.secretValue(of: word) {
            let isVariable = isLine && word[value...].drop { "\"'".contains($0) }.hasPrefix("$")
            hidesRest = isLine && value == word.endIndex && word.hasSuffix(":")
            return value == word.endIndex || isVariable ? word : Secrets.masked(word[..<value] + Secrets.mask)
        }
        hidesNext = bare.hasPrefix("-") && Secrets.isSecret(name: String(bare)) && !bare.contains("=")
        return Secrets.masked(word)
    }

    /// Where the value of the first name begins that speaks of a key: behind the sign in `--api-key=…`, `HF_TOKEN=…`, `"api_key":…`,
    /// `Authorization:…`.
    private static func secretValue(of text: String) -> String.Index? {
        text.indices.first { place in
            guard text[place] == "=" || text[place] == ":" else { return false }
            var before = text[..<place]
            if let last = before.last, "\"'".contains(last) { before.removeLast() }
            let name = before.reversed().prefix { $0.isLetter || $0.isNumber || "_-.".contains($0) }
            guard Secrets.isSecret(name: String(name.reversed())) else { return false }
            let previous = before.dropLast(name.count).last
            return text[place] == "=" || previous.map { "\"'{,(= ".contains($0) } ?? true
        }.map { text.index(after: $0) }
    }

    /// Words as a shell has them, quoted ones whole, and the white space between them.
    private static func pieces(of line: String) -> [(text: String, isWord: Bool)] {
        var pieces: [(text: String, isWord: Bool)] = []
        var quote: Character?
        for character in line {
            let isWord = quote != nil || !character.isWhitespace
            if let open = quote {
                if character == open { quote = nil }
            } else if "\"'".contains(character) {
                quote = character
            }
            if pieces.last?.isWord == isWord {
                pieces[pieces.count - 1].text.append(character)
            } else {
                pieces.append((String(character), isWord))
            }
        }
        return pieces
    }
}
