/// Guesses what somebody meant to write.
enum Spelling {
    /// The number of insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
    ///
    /// Optimal string alignment: F. J. Damerau, "A technique for computer detection and correction of spelling errors",
    /// CACM 7 (1964). O(n·m).
    static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in 0...a.count { rows[i][0] = i }
        for j in 0...b.count { rows[0][j] = j }
        for i in 1...a.count {
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
                }
            }
        }
        return rows[a.count][b.count]
    }

    /// The nearest of the candidates, when it is near enough to be worth saying: a third of the letters may differ.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        nearest(to: word, among: candidates, within: max(1, word.count / 3))
    }

    private static func nearest(to word: String, among candidates: [String], within limit: Int) -> String? {
        let word = word.lowercased()
        let ranked = candidates.map { (candidate: $0, distance: distance(word, $0.lowercased())) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= limit ? best.candidate : nil
    }

    /// The known key that a wrong path most likely stands for: first a neighbour in the same section, then a key of the same or nearly
    /// the same name in another one.
    static func nearestKey(to path: [String], among keys: [[String]]) -> String? {
        guard let name = path.last else { return nil }
        let section = path.dropLast()
        func spelled(_ key: [String]) -> String { key.joined(separator: ".") }

        let neighbours = keys.filter { $0.count > section.count && Array($0.prefix(section.count)) == Array(section) }
        let nextNames = neighbours.map { $0[section.count] }
        if let guess = nearest(to: name, among: nextNames) { return spelled(Array(section) + [guess]) }
        let lastNames = keys.compactMap(\.last)
        if let guess = nearest(to: name, among: lastNames), let key = keys.first(where: { $0.last == guess }) { return spelled(key) }
        // A slip in the section's name; a long path does not make far keys near.
        return nearest(to: spelled(path), among: keys.map(spelled), within: 2)
    }
}
