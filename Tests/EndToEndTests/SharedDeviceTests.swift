import Foundation
import Testing

/// Who else computes on the GPUs of a run: the server itself is nobody else.
struct SharedDeviceTests {
    private func load(_ scene: Scene, _ stub: StubServer, processes: String, seconds: Int) async throws -> (Ended, RunFolder) {
        let gpus = try StandInGPUs(["WAVE": "constant:300", "PROCESSES": processes])
        let ended = try await scene.run(
            try scene.loadTest(stub.url, ["--duration", "\(seconds)s"], requests: nil, meters: "nvml"), environment: gpus.environment)
        withExtendedLifetime(stub) {}
        return (ended, try scene.onlyRun())
    }

    private func shared(_ run: RunFolder) throws -> [String] {
        try run.summary["flags"].list.filter { $0["flag"].text == "shared_device" }.compactMap { $0["detail"].text }
    }

    @Test func `the server under test is no foreign process, and one that comes in mid-run is`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let (ended, run) = try await load(scene, stub, processes: "\(stub.pid),\(getpid())@2.5", seconds: 6)
        #expect(ended.status == 0, "\(ended.error)")
        let details = try shared(run)
        #expect(details.count == 1, "\(details)")
        let name = try String(contentsOfFile: "/proc/self/comm", encoding: .utf8).trimmingCharacters(in: .newlines)
        #expect(details.first?.hasPrefix("GPU 0: process \(getpid()) (\(name)), came ") == true, "\(details)")
        #expect(details.first?.hasSuffix("s into the run and stayed") == true, "\(details)")
        let sightings = try run.json("environment.json")["gpus"][0]["foreign_sightings"].list
        #expect(sightings.map { $0["pid"].number } == [Double(getpid())] && sightings.allSatisfy { $0["came_ns"].isPositive })
        #expect(ended.output.contains("shared_device"))
        #expect(try run.text("report.html").contains("\(getpid()) (\(name))"))
    }

    @Test func `where the server is not seen to compute the flag says that it may be the server`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let (ended, run) = try await load(scene, stub, processes: "\(getpid())", seconds: 1)
        #expect(ended.status == 0, "\(ended.error)")
        let details = try shared(run)
        #expect(
            details.first?.contains("there from start to end; it may be the server itself, for what listens on port ") == true, "\(details)"
        )
    }

    @Test func `a server alone on its GPU has no such flag`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let (ended, run) = try await load(scene, stub, processes: "\(stub.pid)", seconds: 1)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try shared(run).isEmpty)
        #expect(try run.json("environment.json")["gpus"][0]["foreign_processes"].list.isEmpty)
    }

    @Test func `a clock that falls under load is flagged, and one that holds is not`() async throws {
        for (clock, isFlagged) in [("1755", false), ("1755,1400@4", true)] {
            let scene = try Scene()
            let stub = try await StubServer(scene)
            let gpus = try StandInGPUs(["WAVE": "constant:300", "UTIL": "100", "SM_MHZ": clock])
            let ended = try await scene.run(
                try scene.loadTest(stub.url, ["--duration", "6s"], requests: nil, meters: "nvml"), environment: gpus.environment)
            withExtendedLifetime(stub) {}
            #expect(ended.status == 0, "\(ended.error)")
            let drops = try scene.onlyRun().summary["flags"].list.filter { $0["flag"].text == "clock_drop" }
            #expect(drops.count == (isFlagged ? 1 : 0), "\(clock): \(drops)")
            if isFlagged {
                #expect(
                    drops.first?["detail"].text?.hasPrefix("GPU 0: the SM clock fell from 1755 to 1400 MHz under load, by 20 %") == true)
            }
        }
    }
}
