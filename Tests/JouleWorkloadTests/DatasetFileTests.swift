import Foundation
import JouleModel
import JouleWorkload
import Testing

private func read(_ name: String, _ text: String, template: String? = nil, column: String? = nil) throws -> [Prompt] {
    try PromptSource(datasetName: name, textColumn: column, template: template).prompts { _ in Array(text.utf8) }
}

private func failures(_ body: () throws -> Void) -> [Failure] {
    let error = #expect(throws: Failures.self, performing: body)
    return error?.all ?? []
}

/// Files of rows with every oddity.
struct DatasetFileTests {
    @Test(arguments: ["\n", "\r\n", "\r"])
    func `a table may hold commas, quotes and line ends in quotes, whatever ends its lines`(end: String) throws {
        let lines = ["\u{FEFF}id,prompt,note", "1,\"a, \"\"b\"\"\(end)c\",", "", "2,plain é,x", "3,\" \",y"]
        let text = lines.dropLast().joined(separator: end)
        let prompts = try read("p.csv", text)
        #expect(prompts.map(\.text) == ["a, \"b\"\(end)c", "plain é"])
        #expect(prompts.map(\.id) == ["line-2", "line-5"])
        let empty = failures { _ = try read("p.csv", lines.joined(separator: end)) }
        #expect(empty.map(\.message) == ["line 6 of `p.csv` is no prompt: its field `prompt` is empty"])
    }

    @Test(
        arguments: [
            ("prompt\n\"open", 2, "a quote is not closed"), ("prompt\n\"a\"b", 2, "text behind the quote"),
            ("prompt\na\"b", 2, "a quote stands within a field"), ("prompt,x\na", 2, "1 fields, and the header names 2"),
            ("x,x\na,b", 1, "two columns have the same name"), ("a,b\n1,2", 2, "none of its fields is a prompt (it has: a, b)"),
        ] as [(String, Int, String)])
    func `what is wrong with a table is said with its line`(text: String, line: Int, reason: String) {
        let all = failures { _ = try read("p.csv", text) }
        #expect(all.map(\.source?.line) == [line])
        #expect(all.first?.message.contains(reason) == true, "\(all)")
    }

    @Test func `every bad line of a table is named, whatever is wrong with it`() {
        let text = """
            id,question,answer
            1,a,b
            2,c
            3,,e
            4,f,g,h
            "5"x,y,z
            6,"open
            7,"closed",here
            8,i"j,k
            9,"l",m
            10,"never closed,n
            11,o
            12,p,q
            """
        let all = failures { _ = try read("p.csv", text, column: "question") }
        #expect(all.compactMap(\.source?.line) == [3, 4, 5, 6, 8, 9, 11, 12], "\(all)")
        #expect(all.map(\.message).filter { $0.contains("opened in line 7") }.count == 1)
        let header = failures { _ = try read("p.csv", "a\"b,c\n1,2\n3\"4,5\n") }
        #expect(header.compactMap(\.source?.line) == [1, 3])
    }

    @Test(
        arguments: [
            ("[{\"prompt\": \"é\"},\n {\"prompt\": }]", "p.json:2:13", "`}` stands where a value is missing"),
            ("[{\"prompt\": \"x\"},\n", "p.json:2:1", "the text ends where a value is missing"),
            ("[{\"prompt\": \"x\"} {}]", "p.json:1:18", "`{` stands where `,` or the end"),
            ("[1] x", "p.json:1:5", "`x` stands behind the end"),
            ("[\"a\nb\"]", "p.json:1:4", "control character"), ("[\"open]", "p.json:1:2", "a text is not closed"),
            ("{\"a\": tru}", "p.json:1:7", "`t` stands where a value"), ("[\"\\x\"]", "p.json:1:3", "a backslash"),
            ("[\"\\ud800\"]", "p.json:1:3", "half a character"), ("{a: 1}", "p.json:1:2", "a name in double quotes"),
            ("[1.e3]", "p.json:1:2", "this is no number"), ("", "p.json:1:1", "the text ends"),
        ] as [(String, String, String)])
    func `what is wrong with JSON is said with its line and column`(text: String, place: String, reason: String) {
        let all = failures { _ = try read("p.json", text) }
        #expect(all.map { $0.source?.description } == [place])
        #expect(all.first?.cause?.contains(reason) == true, "\(all)")
    }

    @Test func `JSON has no flaw, however it is written`() {
        for text in [
            "[]", "{}", " [ ] ", #"{"a": [1, -0.5e+10, true, false, null, "\u00e9\ud83d\ude00\n/"], "b": {"c": {}}}"#, "0", "\"é\"",
        ] {
            #expect(JSONFlaw(in: text) == nil, "\(text)")
        }
        for _ in 0..<200 {
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SeededGenerator(seed: seed)
            var bytes = Array(#"{"a": [1.5, "b\n", {"c": null}], "d": "é"}"#.utf8)
            bytes[random.below(bytes.count)] = UInt8(0x20 + random.below(95))
            guard let text = String(validating: bytes, as: UTF8.self) else { continue }
            let isJSON = (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) != nil
            // The decoder takes numbers that the standard does not have.
            if !isJSON { #expect(JSONFlaw(in: text) != nil, "seed \(seed): \(text)") }
        }
    }

    @Test func `a ShareGPT file gives the first turn of each person`() throws {
        let text = """
            \u{FEFF}[{"id": "a", "conversations": [{"from": "gpt", "value": "Hello"}, {"from": "human", "value": "Why?"}, {"from": "gpt", "value": "So."}]},
             {"id": "b", "conversations": []},
             {"id": "c", "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "Who?\\n"}]}]
            """
        let prompts = try read("sharegpt.json", text)
        #expect(prompts.map(\.text) == ["Why?", "Who?\n"])
        #expect(prompts.map(\.id) == ["item-1", "item-3"])
        #expect(try read("s.json", text, template: "sharegpt") == prompts)
    }

    @Test func `a JSON file is a list of objects or of texts, bare or as the one list of an object`() throws {
        #expect(try read("a.json", #"["one", "two"]"#).map(\.text) == ["one", "two"])
        #expect(try read("a.json", #"{"version": 1, "data": [{"prompt": "x"}]}"#).map(\.text) == ["x"])
        #expect(failures { _ = try read("a.json", #"{"prompt": "x"}"#) }.map(\.code) == ["workload.bad-file"])
        #expect(failures { _ = try read("a.json", "{\"prompt\": \"x\"}\n{\"prompt\": \"y\"}") }.first?.remedy?.contains(".jsonl") == true)
        let bad = failures { _ = try read("a.json", #"[{"prompt": "x"}, 3, {"prompt": null}]"#) }
        #expect(
            bad.map(\.message) == [
                "item 2 of `a.json` is no prompt: it is no JSON object", "item 3 of `a.json` is no prompt: its field `prompt` is no text",
            ])
    }

    @Test func `instructions take their input, lose their white space, and are left out without an output`() throws {
        let text = """
            {"instruction": " Name  three\\tfruits. ", "input": "", "output": "Apple, fig, pear."}
            {"instruction": "Sort the words.", "input": "pear\\n fig", "output": "fig, pear"}
            {"instruction": "", "input": "x", "output": "y"}
            {"instruction": "Nothing to say.", "input": "", "output": " "}
            {"instruction": "No input at all.", "output": "Right."}
            """
        let prompts = try read("a.jsonl", text, template: "alpaca")
        #expect(prompts.map(\.text) == ["Name three fruits.", "Sort the words. pear fig", "No input at all."])
        #expect(prompts.map(\.id) == ["line-1", "line-2", "line-5"])
        #expect(
            failures { _ = try read("a.jsonl", #"{"prompt": "x"}"#, template: "alpaca") }.first?.message.contains("it has: prompt") == true)
    }

    @Test func `questions are taken as they are`() throws {
        let line = #"{"question": "Ann has  3 hens.\n How many legs?", "answer": "6"}"#
        #expect(try read("g.jsonl", line, template: "gsm8k").map(\.text) == ["Ann has  3 hens.\n How many legs?"])
    }

    @Test(
        arguments: [
            ("Summarize: {text}", "Summarize: Hi {there}"), ("{{{n}}} {text}", "{3} Hi {there}"), ("{yes}{no}{n}.", "true3."),
            ("{a b}", "with a space"),
        ])
    func `places of a template hold the columns, and doubled braces are braces`(template: String, text: String) throws {
        let line = #"{"text": "Hi {there}", "n": 3, "yes": true, "no": null, "a b": "with a space"}"#
        #expect(try read("t.jsonl", line, template: template).map(\.text) == [text])
    }

    @Test(arguments: ["none", "{", "a {b", "}", "{}", "{ }", "a } b", "{a{b}"])
    func `what is no template is refused`(template: String) {
        let failure = #expect(throws: Failure.self) { try PromptSource(datasetName: "t.jsonl", template: template) }
        #expect(failure?.code == "workload.template")
    }

    @Test func `a column that a template names and no row has is an error with the columns there are`() {
        let all = failures { _ = try read("t.jsonl", #"{"a": "x", "b": "y"}"#, template: "{a} {c}") }
        #expect(all.map(\.message) == ["line 1 of `t.jsonl` is no prompt: it has no field `c` (it has: a, b)"])
    }

    @Test func `names are read as files, folders, ids and aliases`() throws {
        #expect(try DatasetReference("alpaca") == .hub(id: "tatsu-lab/alpaca"))
        #expect(try DatasetReference("EnergyStarAI/text_generation") == .hub(id: "AIEnergyScore/text_generation"))
        #expect(try DatasetReference("openai/gsm8k") == .hub(id: "openai/gsm8k"))
        #expect(try DatasetReference("a/b.PARQUET") == .file(path: "a/b.PARQUET", .parquet))
        #expect(try DatasetReference("/data/set") == .folder(path: "/data/set"))
        #expect(try DatasetReference("./set") == .folder(path: "./set"))
        for name in ["squad", "a/b/c", "a b/c", "/", "../x/", "builtin:no", "a/", ".a/b"] {
            switch Result(catching: { try DatasetReference(name) }) {
            case .success(.folder): #expect(name.hasPrefix("/") || name.hasSuffix("/"))
            case .success(let reference): Issue.record("\(name) is \(reference)")
            case .failure(let error): #expect((error as? Failure)?.code == "workload.unknown-dataset")
            }
        }
    }
}

/// The choice of rows, on their numbers alone.
struct RowSelectionTests {
    private func choose(_ selection: ScenarioSpec.Selection, total: Int, wanted: Int, seed: UInt64, bad: Set<Int>) -> (
        chosen: [Int], looked: [Int]
    ) {
        var rows = RowSelection(total: total, wanted: wanted, selection: selection, seed: seed)
        var looked: [Int] = []
        while !rows.needed.isEmpty {
            rows.take { row in
                looked.append(row)
                return bad.contains(row) ? nil : Prompt(id: "\(row)", text: "")
            }
        }
        return (rows.prompts.compactMap { Int($0.id) }, looked)
    }

    @Test func `the same seed chooses the same rows, none twice, and replaces those that give no prompt`() {
        for _ in 0..<300 {
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SeededGenerator(seed: seed)
            let (total, wanted) = (random.below(60), random.below(40))
            let bad = Set((0..<total).filter { _ in random.below(3) == 0 })
            for selection in ScenarioSpec.Selection.allCases {
                let (chosen, looked) = choose(selection, total: total, wanted: wanted, seed: seed, bad: bad)
                #expect(chosen.count == min(wanted, total - bad.count), "seed \(seed)")
                #expect(Set(chosen).count == chosen.count && bad.isDisjoint(with: chosen), "seed \(seed)")
                #expect(Set(looked).count == looked.count, "seed \(seed)")
                #expect(choose(selection, total: total, wanted: wanted, seed: seed, bad: bad).chosen == chosen, "seed \(seed)")
                if selection != .shuffled { #expect(chosen == chosen.sorted(), "seed \(seed)") }
                if bad.isEmpty { #expect(looked.count == chosen.count, "seed \(seed)") }
            }
        }
    }

    @Test func `nothing more is looked at than is needed`() {
        #expect(choose(.first, total: 1_000_000, wanted: 3, seed: 1, bad: [1]).looked == [0, 1, 2, 3])
    }
}
