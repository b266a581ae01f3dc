import JouleModel
import JouleUnits

extension Shape<String> {
    /// A name that Slurm gives to things: nothing in it that a shell or a line of `#SBATCH` could take for something else.
    static func slurmName(_ noun: String) -> Shape {
        text("name").checked { name in
            isSlurmName(name[...]) ? nil : ("`\(name)` is no name of a Slurm \(noun)", "a name holds letters, digits and . _ - + @ only")
        }
    }

    static func slurmNames(_ noun: String) -> Shape {
        text("name, or several by commas").checked { names in
            let wrong = names.split(separator: ",", omittingEmptySubsequences: false).first { !isSlurmName($0) }
            return wrong.map { ("`\($0)` is no name of a Slurm \(noun)", "a name holds letters, digits and . _ - + @ only") }
        }
    }

    /// `name[[:type]:count]`, several by commas, as `sbatch --gres` has it.
    static var slurmResources: Shape {
        let shape = text("`name[:type][:count]`, several by commas").checked { text in
            for item in text.split(separator: ",", omittingEmptySubsequences: false) where !isResource(item) {
                let remedy = Int(item) == nil ? "write gpu:2 or gpu:a100:2" : "name the resource too: gpu:\(item)"
                return ("`\(item)` is no generic resource of Slurm", remedy)
            }
            return nil
        }
        return Shape(shape.description, schema: .text(examples: ["gpu:1", "gpu:a100:2"]), decode: shape.decode, render: shape.render)
    }

    private static func isSlurmName(_ text: Substring) -> Bool {
        guard let first = text.first, first != "-", first != "+" else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-+@".contains($0)) }
    }

    private static func isResource(_ text: Substring) -> Bool {
        text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.\/-]*(:[A-Za-z0-9_.-]*[A-Za-z_][A-Za-z0-9_.-]*)?(:[1-9][0-9]*[kKmMgGtTpP]?)?/) != nil
    }
}

extension Shape<SlurmSpec.TimeLimit> {
    /// What `sbatch --time` takes, and durations as they are written everywhere else.
    static var slurmTime: Shape {
        Shape(
            "duration, or as Slurm writes it: `4:00:00`, `2-12`, `UNLIMITED`",
            schema: .any(of: [.text(examples: ["4h", "1-12:00:00"]), .integer(atLeast: 1)]),
            decode: { setting, reading in
                guard case .scalar(let text, _) = setting.node.content, !setting.node.isNull else {
                    setting.wrongType(expected: "a time such as `4h`", to: &reading)
                    return nil
                }
                if ["unlimited", "infinite"].contains(text.lowercased()) { return .unlimited }
                guard let seconds = seconds(text) else {
                    setting.report(
                        "config.invalid-value", "`\(setting.path)` is `\(text)`, which is no time that Slurm knows",
                        remedy: "write 4h or 90 min, or as sbatch has it: minutes, 4:00:00, 2-12:00:00", to: &reading)
                    return nil
                }
                guard seconds > 0 else {
                    setting.report(
                        "config.out-of-range", "`\(setting.path)` is 0, which Slurm takes for no limit at all",
                        remedy: "write UNLIMITED if that is meant, or leave it out", to: &reading)
                    return nil
                }
                return .seconds(seconds)
            },
            render: { .text($0.argument) })
    }

    /// `minutes`, `minutes:seconds`, `hours:minutes:seconds`, `days-hours`, `days-hours:minutes`, `days-hours:minutes:seconds`, or a
    /// duration with its unit, which is rounded up to the second.
    private static func seconds(_ text: String) -> Int? {
        if let slurm = slurmSeconds(text) { return slurm }
        return DurationText.parse(text).map { Int($0.seconds.rounded(.up)) }
    }

    private static func slurmSeconds(_ text: String) -> Int? {
        let halves = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let clock = halves.last else { return nil }
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map(number)
        let numbers = parts.compactMap(\.self)
        guard numbers.count == parts.count, (1...3).contains(numbers.count) else { return nil }
        if halves.count == 2 {
            guard let days = number(halves[0]) else { return nil }
            return zip([3_600, 60, 1], numbers).reduce(days * 86_400) { $0 + $1.0 * $1.1 }
        }
        let units = numbers.count == 3 ? [3_600, 60, 1] : [60, 1]
        return zip(units, numbers).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// At most eight digits, far more than any cluster allows and far from an overflow.
    private static func number(_ text: Substring) -> Int? {
        guard (1...8).contains(text.count), text.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(text)
    }
}

extension Shape<SlurmSpec.Setup> {
    /// Lines of bash, or variables. What looks like a secret is refused: it would be written into the job's script.
    static var slurmSetup: Shape {
        let lines = Shape<String>.text("line of bash").list()
        let variables = Shape<[String: String]>.table(of: .anyText, "map of variable to text")
        return Shape(
            "one or a list of lines of bash, or map of variable to text", schema: .any(of: [lines.schema, variables.schema]),
            decode: { setting, reading in
                guard setting.node.entries != nil else {
                    guard let found = lines.decode(setting, &reading) else { return nil }
                    if let name = found.lazy.compactMap(secret).first {
                        setting.reportSecret(name, to: &reading)
                        return nil
                    }
                    return .lines(found)
                }
                guard let table = variables.decode(setting, &reading) else { return nil }
                for name in table.keys.sorted() {
                    guard name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
                        setting.report("config.invalid-value", "`\(name)` is no name of an environment variable", to: &reading)
                        return nil
                    }
                    guard !Secrets.isSecret(name: name) else {
                        setting.reportSecret(name, to: &reading)
                        return nil
                    }
                }
                return .variables(table)
            },
            render: { setup in
                switch setup {
                case .lines(let found): lines.render(found)
                case .variables(let table): variables.render(table)
                }
            })
    }

    /// The variable or option of a line whose value is a secret; one that the shell fetches (`"$(cat file)"`) is not in the line.
    private static func secret(_ line: String) -> String? {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        for (word, masked) in zip(words, Secrets.masked(command: words)) where word != masked {
            let name = word.prefix { $0 != "=" }
            let value = word.dropFirst(name.count + 1).drop { $0 == "\"" }
            if name.count == word.count { return "a key" }
            if value.first != "$" { return String(name) }
        }
        return nil
    }
}

extension Setting {
    fileprivate func reportSecret(_ name: String, to reading: inout Reading) {
        report(
            "config.secret", "`\(path)` sets `\(name)`, and a secret must not be written into a job's script",
            remedy: "set it in the shell that you submit from: Slurm passes its variables on to the tasks", to: &reading)
    }
}
