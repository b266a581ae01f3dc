import Foundation
import Testing

/// `joulebench datasets`, and data sets on the command line of a serving test.
struct DatasetsTests {
    @Test func `the list names the data sets, their aliases and the templates`() async throws {
        let scene = try Scene()
        let text = try await scene.run(["datasets", "list"])
        #expect(text.status == 0, "\(text.error)")
        for word in ["builtin:quickstart", "synthetic", "tatsu-lab/alpaca", "gsm8k", "EnergyStarAI/text_generation", "sharegpt"] {
            #expect(text.output.contains(word), "\(text.output)")
        }
        #expect(try await scene.run(["datasets", "list", "--json"]).json["templates"].list.count == 3)
    }

    @Test func `rows of a file are shown as the prompts that would be sent`() async throws {
        let scene = try Scene()
        let file = try scene.write("q.csv", "question,points\n\"Why, then?\",1\nWho?,2\n")
        let shown = try await scene.run(["datasets", "show", file, "--template", "Q: {question} ({points})", "--num", "2"])
        #expect(shown.status == 0, "\(shown.error)")
        #expect(shown.output.contains("2 rows, from file") && shown.output.contains("[line-2]\nQ: Why, then? (1)"), "\(shown.output)")
        let missing = try await scene.run(["datasets", "show", file, "--template", "{nothing}"])
        #expect(missing.status == 64)
        #expect(missing.error.contains("it has: points, question"), "\(missing.error)")
    }

    @Test func `local files are shown with their columns, and with the one that is the prompt and why`() async throws {
        let scene = try Scene()
        let csv = try scene.write("q.csv", "points,question,text\n1,Why?,Because.\n2,Who?,Me.\n")
        let lines = try scene.write("q.jsonl", "{\"question\": \"Why?\"}\n{\"question\": \"Who?\", \"level\": 3}\n")
        let list = try scene.write("q.json", #"[{"conversations": [{"from": "human", "value": "First?"}], "id": 1}]"#)
        let usual = "the first of text, prompt, instruction, input, question that holds a text"
        let cases: [(file: String, options: [String], columns: String, prompt: String, first: String)] = [
            (csv, [], "points, question, text", "column `text` (\(usual))", "[line-2]\nBecause."),
            (csv, ["--column", "question"], "points, question, text", "column `question` (as asked for)", "[line-2]\nWhy?"),
            (lines, [], "level, question", "column `question` (\(usual))", "[line-1]\nWhy?"),
            (
                list, [], "conversations, id",
                "the user's first turn in `conversations` or `messages` (no column is called text, prompt, instruction, input, question)",
                "[item-1]\nFirst?"
            ),
        ]
        for (file, options, columns, prompt, first) in cases {
            let shown = try await scene.run(["datasets", "show", file] + options)
            #expect(shown.status == 0, "\(shown.error)")
            #expect(shown.output.contains("columns: \(columns)\nprompt: \(prompt)\n\n\(first)"), "\(shown.output)")
        }
        let json = try await scene.run(["datasets", "show", csv, "--json"]).json
        #expect(json["prompt_from"]["column"].text == "text" && json["columns"].list.count == 3)
        let text = try scene.write("q.txt", "Why?\n")
        #expect(try await scene.run(["datasets", "show", text]).output == "\(text): 1 row, from file\n\n[line-1]\nWhy?\n")
    }

    @Test func `what a data set does not have is refused as a run refuses it`() async throws {
        let scene = try Scene()
        let text = try scene.write("q.txt", "Why?\nWho?\n")
        let csv = try scene.write("q.csv", "question\nWhy?\n")
        let cases: [([String], [String])] = [
            ([text, "--template", "{a}"], ["--template"]), ([text, "--column", "a", "--split", "test"], ["--column", "--split"]),
            ([csv, "--split", "test", "--config", "main"], ["--split", "--config"]),
            (["builtin:quickstart", "--column", "a"], ["--column"]),
            ([csv, "--template", "{a}", "--column", "a"], ["--template", "--column"]),
        ]
        for (arguments, options) in cases {
            let ended = try await scene.run(["datasets", "show"] + arguments)
            #expect(ended.status == 64, "\(arguments): \(ended.output)")
            for option in options { #expect(ended.error.contains("\(option) "), "\(ended.error)") }
        }
    }

    @Test func `the prompts that are shown are those that a run sends`() async throws {
        let scene = try Scene()
        let file = try scene.prompts(30)
        let config = try scene.write(
            "c.yaml",
            """
            backend: {type: simulated, model: m}
            scenario: {dataset_name: \(file), num_samples: 5, selection: shuffled, generate_kwargs: {max_new_tokens: 2}}
            phases: {preset: none}
            """)
        let ended = try await scene.run(["run", config, "--results-dir", scene.results])
        #expect(ended.status == 0, "\(ended.error)")
        let sent = try scene.onlyRun().completed.sorted { ($0["index"].number ?? 0) < ($1["index"].number ?? 0) }.map {
            $0["prompt_id"].text
        }
        let shown = try await scene.run(["datasets", "show", file, "--selection", "shuffled", "--num", "5", "--json"]).json
        #expect(sent.count == 5 && shown["prompts"].list.map { $0["id"].text } == sent, "\(sent)")
    }

    @Test func `fewer prompts than asked for are worth a warning, and only when somebody asked`() async throws {
        let scene = try Scene()
        let file = try scene.prompts(2)
        let asked = try await scene.run(["datasets", "show", file, "--num", "10"])
        #expect(asked.status == 0 && asked.error.contains("has 2 prompts and num_samples asks for 10: 2 are used"), "\(asked.error)")
        #expect(try await scene.run(["datasets", "show", file]).error.isEmpty)
    }

    @Test func `a machine without a network says what to do`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(["datasets", "show", "gsm8k"], environment: ["HF_HUB_OFFLINE": "1"])
        #expect(ended.status == 69)
        #expect(ended.error.contains("HF_HUB_OFFLINE is set") && ended.error.contains("local file"), "\(ended.error)")
    }

    @Test func `a pasted ShareGPT line sends the first turn of each person`() async throws {
        let scene = try Scene()
        let file = try scene.write(
            "sharegpt.json",
            #"[{"conversations": [{"from": "human", "value": "First?"}, {"from": "gpt", "value": "A."}]}, {"conversations": [{"from": "human", "value": "Second?"}]}]"#
        )
        let options = ["--backend", "vllm", "--model", "m", "--host", "127.0.0.1", "--num-prompts", "2", "--meters", "none", "--dry-run"]
        let ended = try await scene.run(
            ["load-test", "--dataset-name", "sharegpt", "--dataset-path", file, "--sharegpt-output-len", "9"] + options)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(ended.output.contains("item-1: First?") && ended.output.contains("item-2: Second?"), "\(ended.output)")
        #expect(ended.output.contains("max_new_tokens: 9"), "\(ended.output)")
        let pathless = try await scene.run(["load-test", "--dataset-name", "sharegpt"] + options)
        #expect(pathless.status == 64 && pathless.error.contains("--dataset-path"), "\(pathless.error)")
    }
}
