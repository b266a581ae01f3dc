import JouleModel
import JouleUnits
import Testing

@testable import JouleStore

struct ServerMetricsLogTests {
    private static func scrape(_ nanoseconds: Int64, _ values: [String: Double], failure: String? = nil) -> ServerMetrics.Scrape {
        ServerMetrics.Scrape(instant: Instant(nanoseconds: nanoseconds), values: values, failure: failure)
    }

    @Test func `scrapes come back in the order of time, failed ones with their reason`() throws {
        let folder = try TemporaryFolder()
        let run = RunDirectory(path: folder.path)
        let log = try ServerMetricsLog(in: run)
        let scrapes = [
            Self.scrape(5, ["vllm:generation_tokens_total": 12, "vllm:num_requests_running": 0.5]),
            Self.scrape(3, ["vllm:generation_tokens_total": 1e15]), Self.scrape(9, [:], failure: "status 503, try\nlater"),
        ]
        for scrape in scrapes { try log.append(scrape) }
        try log.sync()
        let (read, notes) = try run.readServerMetrics()
        #expect(notes.isEmpty)
        #expect(read?.scrapes == [scrapes[1], scrapes[0], Self.scrape(9, [:], failure: "status 503  try later")])
    }

    @Test func `a run without scrapes has no metrics, and a cut last row is left out`() throws {
        let folder = try TemporaryFolder()
        let run = RunDirectory(path: folder.path)
        #expect(try run.readServerMetrics().metrics == nil)
        try FileSystem.write("monotonic_ns,metric,value,error\n1,a,2.0,\n1,b,3", to: run.file("server_metrics.csv"))
        let (read, notes) = try run.readServerMetrics()
        #expect(read?.scrapes == [Self.scrape(1, ["a": 2])])
        #expect(notes == ["server_metrics.csv: the last line was cut off and is left out"])
    }
}
