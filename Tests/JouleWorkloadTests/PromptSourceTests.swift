import JouleModel
import JouleWorkload
import Testing

private struct Missing: Error, CustomStringConvertible {
    var description: String { "no such file" }
}

private func read(_ name: String, _ text: String, column: String? = nil) throws -> [Prompt] {
    try PromptSource(datasetName: name, textColumn: column).prompts { path in
        guard path == name else { throw Missing() }
        return Array(text.utf8)
    }
}

private func failures(_ body: () throws -> Void) -> [Failure] {
    let error = #expect(throws: Failures.self, performing: body)
    return error?.all ?? []
}

struct PromptSourceTests {
    @Test func `the built-in prompts are twenty, all different, and named`() throws {
        let prompts = try PromptSource(datasetName: "builtin:quickstart").prompts { _ in throw Missing() }
        #expect(prompts.count == 20)
        #expect(Set(prompts.map(\.text)).count == 20)
        #expect(prompts[0].id == "quickstart-0001")
        #expect(prompts[19].id == "quickstart-0020")
    }

    @Test func `a text file has a prompt on each line that is not blank`() throws {
        let prompts = try read("p.txt", "\u{FEFF}first\r\n\r\n  \nfourth \u{2028} still\n\nlast")
        #expect(prompts.map(\.id) == ["line-1", "line-4", "line-6"])
        #expect(prompts.map(\.text) == ["first", "fourth \u{2028} still", "last"])
    }

    @Test(
        arguments: [
            (#"{"question": "q", "prompt": "p"}"#, nil, "p"), (#"{"input": "i", "instruction": "o"}"#, nil, "o"),
            (#"{"text": 3, "question": "q"}"#, nil, "q"), (#"{"text": "t", "other": "x\n\u00e9\ud83d\ude00"}"#, "other", "x\né😀"),
        ] as [(String, String?, String)])
    func `the field of a line is named or found`(line: String, column: String?, text: String) throws {
        #expect(try read("p.jsonl", line, column: column).map(\.text) == [text])
    }

    @Test func `the first line decides the field, and every bad line is named`() {
        let text = """
            \u{FEFF}{"prompt": "one", "text": null}\r

            {"prompt": 2}
            {"text": "three"}
            not JSON
            {"prompt": " "}
            {"prompt": "six"}
            """
        let all = failures { _ = try read("p.jsonl", text) }
        #expect(all.allSatisfy { $0.code == "workload.bad-line" })
        #expect(all.map { $0.source?.description } == ["p.jsonl:3:1", "p.jsonl:4:1", "p.jsonl:5:1", "p.jsonl:6:1"])
        #expect(
            all.map(\.message) == [
                "line 3 of `p.jsonl` is no prompt: its field `prompt` is no text",
                "line 4 of `p.jsonl` is no prompt: it has no field `prompt` (it has: text)",
                "line 5 of `p.jsonl` is no prompt: it is no JSON object (column 1: `n` stands where a value is missing)",
                "line 6 of `p.jsonl` is no prompt: its field `prompt` is empty",
            ])
    }

    @Test func `a file full of bad lines is cut short`() {
        let all = failures { _ = try read("p.jsonl", String(repeating: "x\n", count: 50)) }
        #expect(all.count == 21)
        #expect(all.last?.message == "30 more lines of `p.jsonl` are no prompts")
    }

    @Test func `a line without a usual field lists what it has`() {
        let all = failures { _ = try read("p.jsonl", #"{"b": "x", "a": "y"}"#) }
        #expect(all.first?.message.hasSuffix("none of its fields is a prompt (it has: a, b)") ?? false)
    }

    @Test func `a file that cannot be read says where paths start`() {
        let all = failures { _ = try PromptSource(datasetName: "gone.txt").prompts { _ in throw Missing() } }
        #expect(
            all.map(\.description) == [
                "the prompts `gone.txt` cannot be read [workload.unreadable]: no such file"
                    + " (the path is relative to the working directory, not to the configuration file)"
            ])
    }

    @Test func `a file without prompts, and one that is not UTF-8, are refused`() {
        #expect(failures { _ = try read("p.txt", "\n \n") }.map(\.code) == ["workload.no-prompts"])
        #expect(failures { _ = try PromptSource(datasetName: "p.txt").prompts { _ in [0xC3, 0x28] } }.map(\.code) == ["workload.encoding"])
        #expect(throws: Failure.self) { try PromptSource(datasetName: "gsm8k") }
    }

    @Test func `every line that is not UTF-8 is named with the place of its first wrong byte`() {
        let bytes = Array("one\ntwé".utf8) + [0xE9] + Array("x\r\nthree\n".utf8) + [0xC3]
        let all = failures { _ = try PromptSource(datasetName: "p.txt").prompts { _ in bytes } }
        #expect(all.map { $0.source?.description } == ["p.txt:2:4", "p.txt:4:1"])
        #expect(all.first?.message == "line 2 of `p.txt` is not UTF-8 from its character 4 on")
        let many = failures {
            _ = try PromptSource(datasetName: "p.txt").prompts { _ in Array(repeating: [0xFF, 0x0A], count: 50).flatMap(\.self) }
        }
        #expect(many.count == 21 && many.last?.message.contains("30 more") == true)
    }
}
