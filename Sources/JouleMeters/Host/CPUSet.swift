/// Logical processors by number, as the kernel lists them: `0-3,8,10-11`.
struct CPUSet: Hashable {
    private var words: [UInt64] = []

    init() {}

    init(_ numbers: some Sequence<Int>) {
        for number in numbers { insert(number) }
    }

    /// nil when the text is no list.
    init?(list: some StringProtocol) {
        for part in list.split(separator: ",", omittingEmptySubsequences: true) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int(trimmed($0)) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first >= 0, first <= last, last < 65_536
            else { return nil }
            for number in first...last { insert(number) }
        }
    }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    func contains(_ number: Int) -> Bool {
        let word = number >> 6
        return number >= 0 && word < words.count && words[word] & (1 << UInt64(number & 63)) != 0
    }

    func intersection(_ other: CPUSet) -> CPUSet {
        var both = CPUSet()
        both.words = zip(words, other.words).map { $0 & $1 }
        return both
    }

    var numbers: [Int] { (0..<words.count * 64).filter(contains) }

    private mutating func insert(_ number: Int) {
        let word = number >> 6
        while words.count <= word { words.append(0) }
        words[word] |= 1 << UInt64(number & 63)
    }
}

/// A text without the blanks and line ends around it.
func trimmed(_ text: some StringProtocol) -> String {
    // On bytes: finding the borders of characters costs ten times as much, and a long log has millions of fields.
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    let bytes = Substring(text).utf8
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(Substring(bytes[first...last]))
}
