import Foundation
import JouleHTTP
import JouleModel
import JouleReport
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleSinks

struct PushgatewaySinkTests {
    @Test func `a run takes the place of the one before it in the group of its machine and experiment`() async throws {
        let server = LoopbackServer { _ in .init() }
        let run = try TestRun()
        let sink = try PushgatewaySink(ReporterSpec(kind: .prometheus, url: server.url + "/gate/"), variables: [:])
        let place = try await sink.send(run.sent)
        let request = try #require(server.requests.first)
        #expect(request.method == "PUT" && request.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(request.target == "/gate/metrics/job/joulebench/instance/lab-3/experiment/llama2%2C%20two%20GPUs")
        #expect(place == server.url + request.target)
        let page = PrometheusText(request.body)
        #expect(page.unreadableLines == 0)
        let energy = page.series.filter { $0.name == "joulebench_energy_joules_total" }
        #expect(energy.map(\.value) == [15_756, 15_757])
        #expect(
            energy.first?.labels == [
                "scope": "gpu", "device": "NVIDIA H200 #0", "uuid": "GPU-0", "method": "measured-counter", "meter": "nvml",
            ])
    }

    @Test func `the page of a run is as it was approved`() throws {
        let run = try TestRun()
        for (format, name) in [(MetricsPage.Format.text, "run_page.txt"), (.openMetrics, "run_page.openmetrics.txt")] {
            let text = RunPage.text(format, summary: run.sent.summary, recording: run.sent.recording)
            #expect(try Golden().difference(text, from: name) == nil)
        }
    }

    @Test func `any name becomes a label that the path can carry`() throws {
        #expect(PushgatewaySink.label("experiment", "a/b ü") == "/experiment@base64/YS9iIMO8")
        #expect(PushgatewaySink.label("experiment", "") == "/experiment@base64/=")
        #expect(PushgatewaySink.label("experiment", "..") == "/experiment@base64/Li4")
        #expect(PushgatewaySink.label("experiment", "a?b#c") == "/experiment/a%3Fb%23c")
        var random = SeededRandom(seed: 5)
        for _ in 0..<500 {
            // Foundation takes away the byte order mark at the head of what it reads.
            let text = "x" + Texts.odd(&random)
            let label = PushgatewaySink.label("e", text)
            let value = label.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? ""
            var back = value.removingPercentEncoding
            if label.hasPrefix("/e@base64/") {
                let base = value.replacing("-", with: "+").replacing("_", with: "/").filter { $0 != "=" }
                back = Data(base64Encoded: base + String(repeating: "=", count: (4 - base.count % 4) % 4))
                    .map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(back == text, "seed 5")
        }
    }

    @Test func `any text in a label reads back as it was`() throws {
        var random = SeededRandom(seed: 17)
        for _ in 0..<200 {
            let text = Texts.odd(&random)
            let run = try TestRun(name: text, model: text)
            let page = PrometheusText(RunPage.text(.text, summary: run.sent.summary, recording: run.sent.recording))
            let info = page.series.first { $0.name == "joulebench_run_info" }
            // The reader takes a bare carriage return for the end of a line; the format does not.
            if !text.unicodeScalars.contains("\r") { #expect(info?.labels["model"] == text, "seed 17") }
        }
    }

    @Test func `what the gateway says of a page is told`() async throws {
        let server = LoopbackServer { _ in .init("text format parsing error in line 1: invalid label name", status: 400) }
        let run = try TestRun()
        let sink = try PushgatewaySink(ReporterSpec(kind: .prometheus, url: server.url), variables: [:])
        let failure = try #require(try await failure { _ = try await sink.send(run.sent) })
        #expect(failure.message == "the Pushgateway at \(server.url) did not take the run")
        #expect(failure.cause?.hasSuffix("status 400: text format parsing error in line 1: invalid label name") == true)
    }
}
