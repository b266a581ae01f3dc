import Foundation
import Testing

/// Command lines as users of `vllm bench serve` have them, pasted behind `joulebench load-test`.
struct ServingPasteTests {
    struct Line: CustomTestStringConvertible, Sendable {
        let words: String
        /// Keys of the resolved configuration, by path, as JSON.
        let means: [String: JSON]
        var testDescription: String { words }
    }

    static let lines: [Line] = [
        Line(
            words: """
                --backend vllm --model NousResearch/Hermes-3-Llama-3.1-8B --endpoint /v1/completions --dataset-name custom \
                --dataset-path PROMPTS --num-prompts 10
                """,
            means: [
                "backend.type": .text("vllm"), "backend.api": .text("completions"),
                "backend.model": .text("NousResearch/Hermes-3-Llama-3.1-8B"),
                "load.arrival": .text("burst"), "load.requests": .number(10),
            ]),
        Line(
            words: """
                --backend openai-chat --model m --base-url http://127.0.0.1:8001/v1 --endpoint /v1/chat/completions --dataset-name random \
                --random-input-len 1024 --random-output-len 128 --num-prompts 100 --request-rate inf --max-concurrency 16 --seed 3 \
                --ignore-eos
                """,
            means: [
                "backend.api": .text("chat"), "load.arrival": .text("closed"), "load.concurrency": .number(16), "seed": .number(3),
                "scenario.dataset_name": .text("synthetic"), "scenario.prompt_lengths": .number(1_024),
                "scenario.generate_kwargs.max_new_tokens": .number(128), "scenario.generate_kwargs.ignore_eos": .flag(true),
            ]),
        Line(
            words: """
                --backend vllm --host 127.0.0.1 --port 8123 --model m --dataset-name random --random-input-len 512 --random-output-len 64 \
                --random-prefix-len 32 --num-prompts 200 --request-rate 4 --burstiness 0.5 --max-concurrency 8 --save-result \
                --result-dir out --result-filename a.json --metadata tp=1 --percentile-metrics ttft,tpot,itl,e2el --metric-percentiles 50,99
                """,
            means: [
                "backend.endpoint": .text("http://127.0.0.1:8123"), "load.arrival": .text("gamma"), "load.rate": .text("4/s"),
                "load.burstiness": .number(0.5), "load.max_in_flight": .number(8), "load.queue": .flag(true),
                "scenario.shared_prefix_tokens": .number(32),
            ]),
        Line(
            words: """
                --model m --served-model-name short --dataset-name random --random-input-len 256 --random-output-len 32 --num-prompts 50 \
                --request-rate 10 --goodput ttft:200 tpot:50 --header X-Team=lab --extra-body {"top_p":0.9} --temperature 0.5 \
                --num-warmups 5 --trust-remote-code --disable-tqdm --tokenizer t
                """,
            means: [
                "backend.model": .text("m"), "backend.served_model_name": .text("short"), "backend.headers": .map(["X-Team": .text("lab")]),
                "backend.extra_body": .map(["top_p": .number(0.9)]), "load.arrival": .text("poisson"), "load.rate": .text("10/s"),
                "load.slo": .map(["ttft": .text("200ms"), "tpot": .text("50ms")]), "phases.warmup_requests": .number(5),
                "scenario.generate_kwargs.temperature": .number(0.5),
            ]),
        Line(
            words: """
                --model m --dataset-name random --random-input-len 128 --random-output-len 100 --random-range-ratio 0.2 --num-prompts 50 \
                --ramp-up-strategy linear --ramp-up-start-rps 1 --ramp-up-end-rps 10
                """,
            means: [
                "scenario.prompt_lengths.distribution": .text("uniform"), "scenario.output_lengths.distribution": .text("uniform"),
                "scenario.output_lengths.min": .number(80), "scenario.output_lengths.max": .number(120),
            ]),
        Line(
            words: "--model m --host bench-host.invalid --port 8000 --dataset-name random --num-prompts 5 --request-rate 1",
            means: ["backend.endpoint": .text("http://bench-host.invalid:8000"), "load.arrival": .text("poisson")]),
    ]

    @Test(arguments: lines) func `a pasted line means here what it means there`(line: Line) async throws {
        let scene = try Scene()
        let prompts = try scene.write("prompts.jsonl", #"{"prompt": "one"}"# + "\n" + #"{"prompt": "two"}"# + "\n")
        let words = line.words.split(whereSeparator: \.isWhitespace).map { $0 == "PROMPTS" ? prompts : String($0) }
        let ended = try await scene.run(["load-test"] + words + ["--meters", "none", "--dry-run", "--results-dir", scene.results])
        try #require(ended.status == 0, "\(ended.error)")
        #expect(scene.runs.isEmpty)
        // What is printed is a configuration: read back, it is the same one as JSON.
        let shown = try await scene.run(["config", "show", try scene.write("shown.yaml", ended.output), "--json"])
        try #require(shown.status == 0, "\(shown.error)")
        let resolved = try shown.json
        for (path, expected) in line.means {
            let found = path.split(separator: ".").reduce(resolved) { $0[String($1)] }
            #expect(found == expected, "\(path) is \(found)")
        }
    }

    @Test func `an option that nobody knows is exit 64`() async throws {
        let ended = try await Scene().run(["load-test", "--model", "m", "--endpoint", "http://127.0.0.1:1", "--frobnicate", "3"])
        #expect(ended.status == 64 && ended.output.isEmpty)
        #expect(ended.error.contains("--frobnicate"))
    }
}
