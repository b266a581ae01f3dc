import Foundation
import JouleModel

/// Prompts in a file of one JSON object per line.
struct JSONLines {
    /// The fields that usually hold a prompt, the likeliest first.
    static let columns = ["text", "prompt", "instruction", "input", "question"]

    /// Beyond this many the bad lines are only counted: a file of the wrong kind has nothing but bad lines.
    private static let reportedLines = 20

    let file: String
    let column: String?

    func prompts(_ lines: [PromptSource.Line]) throws(Failures) -> [Prompt] {
        var failures: [Failure] = []
        var chosen = column
        var prompts: [Prompt] = []
        for line in lines where !line.isBlank {
            do throws(Failure) {
                let object = try parse(line)
                let name: String
                if let chosen { name = chosen } else { name = try detect(in: object, line) }
                chosen = name
                prompts.append(Prompt(id: "line-\(line.number)", text: try text(of: name, in: object, line)))
            } catch {
                failures.append(error)
            }
        }
        guard failures.isEmpty else { throw Failures(shortened(failures)) }
        return prompts
    }

    private func shortened(_ failures: [Failure]) -> [Failure] {
        guard failures.count > Self.reportedLines else { return failures }
        let rest = Failure("workload.bad-line", "\(failures.count - Self.reportedLines) more lines of `\(file)` are no prompts")
        return failures.prefix(Self.reportedLines) + [rest]
    }

    private func parse(_ line: PromptSource.Line) throws(Failure) -> [String: Field] {
        do {
            return try JSONDecoder().decode([String: Field].self, from: Data(line.text.utf8))
        } catch {
            throw bad(line, "it is no JSON object", remedy: "write one object per line: {\"prompt\": \"…\"}")
        }
    }

    private func detect(in object: [String: Field], _ line: PromptSource.Line) throws(Failure) -> String {
        if let name = Self.columns.first(where: { object[$0]?.text != nil }) { return name }
        let fields = object.keys.sorted().joined(separator: ", ")
        throw bad(
            line, "none of its fields is a prompt (it has: \(fields))",
            remedy: "name the field in scenario.text_column_name; looked for \(Self.columns.joined(separator: ", "))")
    }

    private func text(of name: String, in object: [String: Field], _ line: PromptSource.Line) throws(Failure) -> String {
        guard let field = object[name] else {
            let fields = object.keys.sorted().joined(separator: ", ")
            throw bad(line, "it has no field `\(name)` (it has: \(fields))", remedy: "every line needs the same field")
        }
        guard let text = field.text else { throw bad(line, "its field `\(name)` is no text") }
        guard text.contains(where: { !$0.isWhitespace }) else { throw bad(line, "its field `\(name)` is empty") }
        return text
    }

    private func bad(_ line: PromptSource.Line, _ reason: String, remedy: String? = nil) -> Failure {
        Failure(
            "workload.bad-line", "line \(line.number) of `\(file)` is no prompt: \(reason)", remedy: remedy,
            source: SourcePlace(file: file, line: line.number, column: 1))
    }
}

/// A field of a line: a text, or something that is no prompt and not looked into.
private struct Field: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
        text = try? decoder.singleValueContainer().decode(String.self)
    }
}
