import Foundation
import Testing

/// The program under `Examples/`, as its documentation tells people to run it.
struct LibraryExampleTests {
    @Test func `the example runs an experiment and prints its figures`() async throws {
        let scene = try Scene()
        let config = try scene.config(requests: 3)
        let program = Tool.products.appending(path: "measure-prompts").path
        let child = try scene.start([config, "output_dir=\(scene.results)", "metrics.meters=model"], command: [program])
        let ended = try await child.wait()
        #expect(ended.output.contains("completed, 3 requests, 60 output tokens"), "\(ended.output)\(ended.error)")
        #expect(ended.output.contains("J/token (modelled, system)"))
        #expect(try scene.onlyRun().summary["requests"]["completed"].number == 3)
    }

    @Test func `the example of single prompts gets an answer of each kind, with its energy`() async throws {
        let scene = try Scene()
        let config = try scene.config(tokens: 8, more: "metrics: {meters: model}")
        let program = Tool.products.appending(path: "ask").path
        let ended = try await scene.start([config, "Why?"], environment: ["STAND_IN_THOUGHTS": "3"], command: [program]).wait()
        let lines = ended.output.split(separator: "\n")
        #expect(lines.count == 4, "\(ended.output)\(ended.error)")
        #expect(lines[0].hasPrefix("as it is: ") && !lines[0].contains("no text"))
        #expect(lines[1].contains("8 output tokens") && lines[1].contains("J (modelled)"))
        #expect(lines[2].hasPrefix("asked to think: ") && lines[3].contains("3 reasoning tokens"))
    }

    @Test func `a server answers single prompts`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let config = try scene.write(
            "server.yaml",
            "backend: {type: openai, model: stub-model, endpoint: '\(stub.url)'}\nscenario: {generate_kwargs: {max_new_tokens: 5}}\nmetrics: {meters: model}\n"
        )
        let program = Tool.products.appending(path: "ask").path
        let ended = try await scene.start([config, "Why?"], command: [program]).wait()
        withExtendedLifetime(stub) {}
        #expect(ended.output.contains("5 output tokens"), "\(ended.output)\(ended.error)")
    }

    @Test func `rests between requests lengthen the run and no latency`() async throws {
        let scene = try Scene()
        let config = try scene.config(requests: 4, more: "latency_simulation: {enabled: true, delay_min: 300ms, delay_max: 300ms}")
        let ended = try await scene.run(scene.runOptions(config))
        #expect(ended.status == 0, "\(ended.error)")
        let requests = try scene.onlyRun().completed
        let sent = try requests.map { try #require($0["sent_ns"].number) }
        let ends = try requests.map { try #require($0["body_end_ns"].number) }
        for (end, next) in zip(ends, sent.dropFirst()) { #expect(next - end >= 300_000_000.0) }
    }
}
