import JouleUnits

/// Processor names as firmware writes them, brought to the form of the table of rated powers.
enum CPUName {
    /// The rated power of a processor, with the table's own name for it; nil when it is not listed.
    ///
    /// Names must match exactly after cleaning: a similar name may be a part with twice the power.
    static func ratedPower(of model: String, vendor: String?) -> (name: String, power: Watts)? {
        let wanted = candidates(for: model, vendor: vendor)
        var found: [String: (name: String, power: Watts)] = [:]
        for line in CPUPowerTable.text.split(separator: "\n") {
            guard let bar = line.lastIndex(of: "|"), let watts = Double(line[line.index(after: bar)...]) else { continue }
            let name = line[..<bar]
            let key = name.lowercased()
            if wanted.contains(key) { found[key] = (String(name), Watts(watts)) }
        }
        return wanted.lazy.compactMap { found[$0] }.first
    }

    /// The spellings under which a name may be listed, lower case, the fullest first.
    static func candidates(for model: String, vendor: String?) -> [String] {
        let full = words(of: model)
        var forms = [full]
        func vary(_ change: ([String]) -> [String]) {
            for form in forms {
                let other = change(form)
                if !other.isEmpty, !forms.contains(other) { forms.append(other) }
            }
        }
        // "11th Gen Intel Core i7-1165G7", "Quad-Core AMD Opteron 2376", "AMD A6-6400K APU".
        vary { $0.count > 2 && $0[1] == "gen" ? Array($0.dropFirst(2)) : $0 }
        vary { $0.filter { !isCoreCount($0) } }
        vary { $0.filter { $0 != "apu" } }
        // "Pentium Dual-Core E5200" comes without its maker.
        switch vendor {
        case "GenuineIntel": vary { $0.contains("intel") ? $0 : ["intel"] + $0 }
        case "AuthenticAMD": vary { $0.contains("amd") ? $0 : ["amd"] + $0 }
        default: break
        }
        return forms.map { $0.joined(separator: " ") }
    }

    /// The name in lower case without marks, clock, graphics and words that say nothing.
    private static func words(of model: String) -> [String] {
        var text = model.lowercased()
        for mark in ["(r)", "(tm)", "(c)", "®", "™"] { text = text.replacing(mark, with: " ") }
        // What follows is the clock or the graphics in the same package: "@ 2.40GHz", "with Radeon Graphics", "w/ Radeon 780M",
        // "Radeon R7, 12 Compute Cores".
        for end in [" @", " with ", " w/ ", " radeon ", ","] {
            if let range = text.firstRange(of: end) { text = String(text[..<range.lowerBound]) }
        }
        // "FX(tm)-8350" has become "fx -8350".
        text = text.replacing(" -", with: "-")
        return text.split(whereSeparator: \.isWhitespace).map(String.init).filter { word in
            word != "cpu" && word != "processor" && word != "genuine" && !isClock(word) && !isNumberedCores(word)
        }
    }

    private static func isClock(_ word: String) -> Bool {
        (word.hasSuffix("ghz") || word.hasSuffix("mhz")) && word.first?.isNumber == true
    }

    /// `64-core`, `64-cores`.
    private static func isNumberedCores(_ word: String) -> Bool {
        (word.hasSuffix("-core") || word.hasSuffix("-cores")) && word.first?.isNumber == true
    }

    private static func isCoreCount(_ word: String) -> Bool {
        word.hasSuffix("-core") && ["dual", "triple", "quad", "six", "eight", "twelve", "sixteen"].contains(String(word.dropLast(5)))
    }
}
