import Foundation
import Testing

/// Runs whose GPUs are the stand-in's, with the truth beside every figure.
struct GPURunTests {
    private static let waves = "square:low=100,high=500,period=0.7;ramp:low=50,high=350,period=0.45"

    /// The joules of each device of the ledger against what it truly drew in the summary's window.
    private func checkLedger(of run: RunFolder, _ gpus: StandInGPUs, devices: [Int], slack: Double = 0) throws {
        let window = try run.window()
        let entries = try run.summary["ledger"].list.filter { $0["scope"].text == "gpu" }
        try #require(entries.count == devices.count)
        for (entry, device) in zip(entries, devices) {
            try Accuracy.check(
                entry["energy_joules"].number, plusMinus: entry["plus_minus_joules"].number, truth: gpus.joules(of: device, in: window),
                slack: slack, "GPU \(device)")
        }
        // The gains of one kind of sensor err together, so the interval of the sum is the sum of the intervals at most.
        let gross = try run.gross("gpu")
        let truth = devices.map { gpus.joules(of: $0, in: window) }.reduce(0, +)
        try Accuracy.check(gross["value"].number, plusMinus: gross["plus_minus"].number, truth: truth, slack: slack, "all GPUs")
    }

    /// Mean power as the summary prints it for people.
    private func printedMeanPower(_ output: String) throws -> Double {
        let row = try #require(output.firstMatch(of: /mean power +([0-9.,]+) ± [0-9.,]+ +W/))
        return try #require(Double(row.output.1.replacing(",", with: "")))
    }

    @Test(arguments: [1, 2]) func `the joules of a run are those that its GPUs drew`(devices: Int) async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["DEVICES": "\(devices)", "WAVE": Self.waves])
        let config = try scene.config(requests: 9, idle: "200ms", warmup: 1)
        let ended = try await scene.run(scene.runOptions(config, meters: "nvml"), environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        try checkLedger(of: run, gpus, devices: Array(0..<devices))
        let gross = try run.gross("gpu")
        #expect(gross["method"].text == "measured-counter" && gross["unit"].text == "J" && gross["scope"].text == "gpu")
        #expect(try run.summary["headline_scope"].text == "gpu")
        // What is printed is what the file says, in fewer digits.
        let window = try run.window()
        let joules = try #require(gross["value"].number)
        let mean = joules / (Double(window.upperBound - window.lowerBound) * 1e-9)
        #expect(abs(try printedMeanPower(ended.output) - mean) <= mean * 0.005)
        #expect(ended.output.contains("measured by nvml (gpu, measured-counter)"))
        // The tokens are those of the worker, in the same window.
        let perToken = try run.summary["figures"]["joules_per_output_token"]["value"]
        let tokens = try run.completed.compactMap { $0["output_tokens"].number }.reduce(0, +)
        #expect(tokens == 180)
        #expect(perToken.isNumber(near: joules / tokens, within: 1e-9))
    }

    @Test func `without a counter the power is integrated and the figure says so`() async throws {
        let scene = try Scene()
        // A wave without jumps, and a sensor that is always new: what is tested is the integral, not the sampling theorem.
        let gpus = try StandInGPUs(["COUNTER": "off", "WAVE": "triangle:low=100,high=500,period=0.8", "UPDATE_MS": "0"])
        let options = scene.runOptions(try scene.config(requests: 9), meters: "nvml", ["--sample-period", "5ms"])
        let ended = try await scene.run(options, environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        try checkLedger(of: run, gpus, devices: [0])
        #expect(try run.gross("gpu")["method"].text == "measured-power")
        #expect(ended.output.contains("measured-power") && !ended.output.contains("measured-counter"))
    }

    @Test func `only the GPUs that the run uses are counted, and the worker sees no others`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["DEVICES": "3", "WAVE": "constant:100;constant:200;constant:400"])
        let options = scene.runOptions(try scene.config(), meters: "nvml", ["--set", "backend.device_ids=[2, 0]"])
        let ended = try await scene.run(options, environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        let ledger = try run.summary["ledger"].list.filter { $0["scope"].text == "gpu" }
        #expect(Set(ledger.compactMap { $0["device"].text?.suffix(1) }) == ["0", "2"])
        let power = try #require(try run.summary["figures"]["mean_power"]["value"].number)
        #expect(abs(power - 500) < 5)
        #expect(try run.process["device_ids"] == .list([.text("cuda:0"), .text("cuda:1")]))
    }

    @Test func `net energy is gross less what the loaded machine uses idling`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "constant:250"])
        let config = try scene.config(requests: 6, idle: "400ms")
        let ended = try await scene.run(scene.runOptions(config, meters: "nvml"), environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let energies = try #require(try scene.onlyRun().summary["energies"].list.first { $0["scope"].text == "gpu" })
        let gross = try #require(energies["gross"]["value"].number)
        for name in ["host", "loaded"] {
            let idle = energies["idle_\(name)_power"]
            try Accuracy.check(idle["value"].number, plusMinus: idle["plus_minus"].number, truth: 250, "idle \(name)")
            // The gain of the sensor is in both and does not matter to their difference.
            let net = energies["net_over_idle_\(name)"]
            let plusMinus = try #require(net["plus_minus"].number)
            #expect(net["value"].isNumber(near: 0, within: gross * 0.01 + plusMinus))
        }
    }

    @Test(arguments: [1, 2]) func `a GPU that is lost on the way leaves no figure, a reason and a flag`(devices: Int) async throws {
        let scene = try Scene()
        // The last one goes a second after the start; the requests alone take longer.
        let gpus = try StandInGPUs(["DEVICES": "\(devices)", "FAIL": "lost:\(devices - 1)@1"])
        let ended = try await scene.run(
            scene.runOptions(try scene.config(requests: 15), meters: "nvml"), environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        // Half of two GPUs must not pass for both.
        for scope in ["gpu", "system"] {
            let gross = try run.gross(scope)
            #expect(gross["value"].isNull && gross["method"].text == "unavailable")
            #expect(gross["reason"].text?.contains("GPU is lost") == true)
        }
        for (name, figure) in try run.summary["figures"].members where name.contains("joule") || name.contains("watt") {
            #expect(figure["value"].isNull && figure["reason"].text?.isEmpty == false, "\(name)")
        }
        #expect(try run.flags.contains("energy_unavailable"))
        #expect(ended.output.contains("energy: unavailable (gpu)") && ended.output.contains("GPU is lost"))
        // The tokens and the times are there all the same.
        #expect(try run.completed.count == 15)
        #expect(try run.summary["figures"]["output_tokens_per_second"]["value"].number != nil)
        #expect(try run.samples.rows.contains { $0["read_status"]?.contains("gone:") == true })
        let healthy = try run.summary["ledger"].list.filter { $0["scope"].text == "gpu" && $0["energy_joules"].number != nil }
        #expect(healthy.count == devices - 1)
    }

    @Test func `a required scope that is lost on the way is exit 3`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["FAIL": "lost:0@1"])
        let options = scene.runOptions(try scene.config(requests: 15), meters: "nvml", ["--set", "metrics.require=[gpu]"])
        let ended = try await scene.run(options, environment: gpus.environment)
        #expect(ended.status == 3, "\(ended.error)")
    }

    @Test func `a counter that starts again is flagged, and strict makes it exit 3`() async throws {
        let scene = try Scene()
        // The counter begins again at zero while the requests run; the power readings are used instead.
        let gpus = try StandInGPUs(["RESET_AT": "2.2", "WAVE": "constant:300"])
        let options = scene.runOptions(
            try scene.config(requests: 18, tokens: 40), meters: "nvml", ["--sample-period", "20ms", "--strict"])
        let ended = try await scene.run(options, environment: gpus.environment)
        let run = try scene.onlyRun()
        #expect(try run.flags.contains("counter_reset"))
        #expect(try run.gross("gpu")["method"].text == "measured-power")
        #expect(ended.status == 3, "\(ended.error)")
    }
}
