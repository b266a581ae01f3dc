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
