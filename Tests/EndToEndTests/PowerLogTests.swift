import Foundation
import Testing

/// `log-power`: a CSV to the letter and to the schedule.
struct PowerLogTests {
    private static let header =
        "timestamp_s,power_W,gpu_util_percent,mem_used_bytes,mem_total_bytes,device,scope,meter,energy_J,temperature_C"

    @Test func `every device has a row at every tick, on the schedule and without drift`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["DEVICES": "2", "WAVE": "constant:300;square:low=100,high=500,period=0.25"])
        let file = scene.file("power.csv")
        let ended = try await scene.run(
            ["log-power", "--duration", "1", "--interval", "0.002", "--meters", "nvml", "--output", file, "--json"],
            environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try scene.read("power.csv").hasPrefix(Self.header + "\n"))
        let rows = try Table(file: file).rows
        #expect(try ended.json["rows"].number == Double(rows.count))
        let statistics = try ended.json["statistics"]
        let ticks = try #require(statistics["ticks"].number)
        let slots = ticks + (try #require(statistics["ticks_missed"].number))
        // From the first slot to the last there is one every 2 ms: a sleeper that drifts by 60 µs each time would lack fifteen.
        let seconds = try #require(try ended.json["duration_seconds"].number)
        #expect(slots <= seconds * 500 + 3)
        // A tick that is due when the log ends may be neither taken nor counted as missed; allowed is what a busy machine makes of that.
        #expect(slots >= 500 - 25, "\(slots) ticks in a second")

        let devices = Dictionary(grouping: rows) { $0["device"] ?? "" }
        #expect(devices.count == 2)
        for (device, rows) in devices {
            // One row a tick, and a last look at the end.
            #expect(Double(rows.count) == ticks || Double(rows.count) == ticks + 1, "\(rows.count) rows and \(ticks) ticks")
            let stamps = rows.compactMap { Double($0["timestamp_s"] ?? "") }
            #expect(stamps.count == rows.count)
            #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 < $1 })
            let energies = rows.compactMap { Double($0["energy_J"] ?? "") }
            #expect(energies.count == rows.count)
            #expect(zip(energies, energies.dropFirst()).allSatisfy { $0 <= $1 })
            #expect(rows.allSatisfy { $0["scope"] == "gpu" && $0["meter"] == "nvml" })
            let powers = Set(rows.compactMap { Double($0["power_W"] ?? "") })
            #expect(powers == (device.hasSuffix("0") ? [300] : [100, 500]))
            #expect(rows.contains { $0["mem_used_bytes"] == "1073741824" && $0["gpu_util_percent"]?.isEmpty == false })
        }
    }

    @Test func `different meters share one file, and only what was read is in it`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["REFUSE": "utilization,memory,temperature"])
        let file = scene.file("power.csv")
        let ended = try await scene.run(
            ["log-power", "--duration", "500ms", "--interval", "50ms", "--meters", "nvml,model", "--output", file],
            environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let rows = try Table(file: file).rows
        #expect(Set(rows.compactMap { $0["scope"] }) == ["gpu", "cpu", "dram"])
        #expect(rows.allSatisfy { $0["gpu_util_percent"] == "" && $0["mem_used_bytes"] == "" && $0["temperature_C"] == "" })
        // Power that is not known yet is empty, never zero.
        #expect(rows.allSatisfy { $0["power_W"] == "" || (Double($0["power_W"] ?? "") ?? 0) > 0 })
    }

    @Test func `an interrupted log is whole as far as it goes`() async throws {
        let scene = try Scene()
        try await Seats.shared.sit {
            let file = scene.file("power.csv")
            let child = try scene.start(["log-power", "--duration", "100s", "--interval", "0.01", "--meters", "model", "--output", file])
            let running = await eventually { (try? scene.read("power.csv").split(separator: "\n").count) ?? 0 > 10 }
            try #require(running)
            child.send(SIGINT)
            let ended = try await child.wait()
            #expect(ended.status == 130)
            #expect(try scene.read("power.csv").hasSuffix("\n"))
            #expect(try Table(file: file).rows.count >= 10)
        }
    }

    @Test func `without a meter there is no log`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(
            ["log-power", "--duration", "1", "--meters", "rapl", "--output", scene.file("power.csv")],
            environment: try HostRootTree(scene).environment)
        #expect(ended.status == 69)
        #expect(ended.error.contains("[meter.none]") && ended.error.contains("rapl:"))
        #expect(!FileManager.default.fileExists(atPath: scene.file("power.csv")))
    }
}
