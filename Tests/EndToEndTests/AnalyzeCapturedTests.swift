import Foundation
import Testing

/// `analyze` with logs that other tools took: small ones, whose figures are computed by hand.
struct AnalyzeCapturedTests {
    /// 2026-01-31T12:00:00Z.
    private static let noon = 1_769_860_800

    /// 100 W, then 200 W for three seconds, 300 W, 100 W; one row a second.
    private func toolkitPower(_ scene: Scene) throws -> String {
        let rows = [100, 200, 200, 200, 300, 100].enumerated().map { "\(Self.noon + $0.offset),\($0.element),50,1024\n" }
        return try scene.write("power.csv", "timestamp_s,power_W,gpu_util_percent,mem_used_bytes\n" + rows.joined())
    }

    /// From second 1 to second 4: 2 answers with 40 and 60 tokens, and an error. Between them 200 + 200 + (200 + 300)/2 = 650 J.
    private func toolkitRequests(_ scene: Scene, start: Int = noon) throws -> String {
        try scene.write(
            "requests.csv",
            "timestamp_s,latency_s,prompt_tokens,completion_tokens,status_code,error\r\n"
                + "\(start + 1).0,1.5,10,40,200,\r\n\(start + 2).0,2.0,12,60,200,\r\n"
                + "\(start + 2).5,0.5,9,,500,\"HTTP 500: \"\"out, of memory\"\"\"\r\n")
    }

    /// 20 W and 40 W, joined by a ramp: 30 W over three seconds.
    private func idlePower(_ scene: Scene) throws -> String {
        let rows = [20, 20, 40, 40].enumerated().map { "\(Self.noon - 100 + $0.offset),\($0.element),0,1024\n" }
        return try scene.write("idle.csv", "timestamp_s,power_W,gpu_util_percent,mem_used_bytes\n" + rows.joined())
    }

    private func analyze(_ scene: Scene, _ options: [String], environment: [String: String] = [:]) async throws -> Ended {
        try await scene.run(["analyze"] + options, environment: environment)
    }

    @Test func `the toolkit's logs give the energy that is computed by hand`() async throws {
        let scene = try Scene()
        let summary = scene.file("toolkit.json")
        let ended = try await analyze(
            scene,
            [
                "--power-log", try toolkitPower(scene), "--requests-log", try toolkitRequests(scene), "--idle-log", try idlePower(scene),
                "--toolkit-summary", summary, "--json",
            ])
        #expect(ended.status == 0, "\(ended.error)")
        let json = try ended.json
        #expect(json["scope"].text == "gpu")
        #expect(json["window"]["duration_seconds"].number == 3)
        #expect(json["window"]["started_at"].text == "2026-01-31T12:00:01.000Z")
        #expect(json["requests"]["succeeded"].number == 2)
        #expect(json["requests"]["failed"].number == 1)
        let expected = [
            "energy": 650, "active_energy": 560, "idle_power": 30, "mean_power": 650.0 / 3, "input_tokens": 31, "output_tokens": 100,
            "joules_per_output_token": 6.5, "active_joules_per_output_token": 5.6, "output_tokens_per_second": 100.0 / 3,
        ]
        #expect(json["figures"].keys == Set(expected.keys))
        for (name, value) in expected { #expect(json["figures"][name]["value"].isNumber(near: value, within: 1e-6), "\(name)") }
        #expect(json["figures"]["energy"]["method"].text == "measured-power")
        #expect(json["figures"]["energy"]["plus_minus"].isPositive)

        let toolkit = try JSON(parsing: try scene.read("toolkit.json"))
        #expect(toolkit["duration_s"].number == 3)
        #expect(toolkit["idle_power_W"].isNumber(near: 30, within: 1e-6))
        #expect(toolkit["total_energy_J"].isNumber(near: 650, within: 1e-6))
        #expect(toolkit["active_energy_J"].isNumber(near: 560, within: 1e-6))
        #expect(toolkit["total_completion_tokens"].number == 100)
        #expect(toolkit["energy_per_completion_token_J"].isNumber(near: 6.5, within: 1e-6))
    }

    @Test func `people read the same figures`() async throws {
        let scene = try Scene()
        let logs = ["--power-log", try toolkitPower(scene), "--requests-log", try toolkitRequests(scene)]
        let bare = try await analyze(scene, logs)
        #expect(bare.status == 0, "\(bare.error)")
        #expect(bare.output.contains("requests: 2 succeeded, 1 failed"))
        #expect(bare.output.contains("the idle power is not known"))
        let told = try await analyze(scene, logs + ["--idle-power", "30"])
        #expect(told.output.contains("assumed"))
        #expect(told.output.contains(#/active energy \(over idle\) +560 ±/#))
    }

    @Test func `two GPUs of nvidia-smi are added up, in the zone of the machine or the one that is told`() async throws {
        let scene = try Scene()
        let rows = (0...5).map { second in
            "2026/01/31 14:00:0\(second).000, \(second == 2 ? "[N/A]" : "100.00 W"), 50 %\n"
                + "2026/01/31 14:00:0\(second).000, 200.00 W, Not Supported\n"
        }
        let power = try scene.write("smi.csv", "timestamp, power.draw [W], utilization.gpu [%]\n" + rows.joined())
        let logs = ["--power-log", power, "--requests-log", try toolkitRequests(scene), "--json"]
        // POSIX counts zones westwards: two hours ahead of UTC.
        let local = try await analyze(scene, logs, environment: ["TZ": "XXX-2"])
        let told = try await analyze(scene, logs + ["--utc-offset", "+02:00"], environment: ["TZ": "UTC"])
        for ended in [local, told] {
            #expect(ended.status == 0, "\(ended.error)")
            #expect(try ended.json["figures"]["energy"]["value"].isNumber(near: 900, within: 1e-6))
        }
        #expect(try local.json["notes"].list.contains { $0.text?.contains("read as UTC+02:00") == true })
        #expect(try told.json["notes"].list.isEmpty)

        let wrong = try await analyze(scene, logs, environment: ["TZ": "UTC"])
        #expect(wrong.status == 1)
        #expect(wrong.error.contains("[import.clocks]"))
        #expect(wrong.error.contains("power log: 2026-01-31 14:00:00 UTC to 2026-01-31 14:00:05 UTC"))
        #expect(wrong.error.contains("requests: 2026-01-31 12:00:01 UTC to 2026-01-31 12:00:04 UTC"))
        #expect(wrong.error.contains("with `--utc-offset +02:00` the two would match"))
    }

    @Test func `MLPerf's power log is the node's`() async throws {
        let scene = try Scene()
        let rows = (0...5).map { second in
            "Time,01-31-2026 12:00:0\(second).000,Watts,400.000000,Volts,230.0,Amps,1.7,PF,0.99,Mark,run_1\n"
        }
        let power = try scene.write("spl.txt", rows.joined() + "Time,01-31-2026 12:00:06.000,Wat")
        let ended = try await analyze(
            scene, ["--power-log", power, "--requests-log", try toolkitRequests(scene), "--utc-offset", "+00:00", "--json"])
        #expect(ended.status == 0, "\(ended.error)")
        let energy = try ended.json["figures"]["energy"]
        #expect(energy["value"].isNumber(near: 1_200, within: 1e-6))
        #expect(energy["plus_minus"].isNumber(near: 12, within: 1e-6))
        #expect(energy["scope"].text == "node")
        #expect(try ended.json["notes"].list.contains { $0.text?.contains("line 7 does not end") == true })
    }

    @Test func `requests beyond the end of the power log have no energy, and the exit status says so`() async throws {
        let scene = try Scene()
        let ended = try await analyze(
            scene, ["--power-log", try toolkitPower(scene), "--requests-log", try toolkitRequests(scene, start: Self.noon + 3), "--json"])
        #expect(ended.status == 3, "\(ended.error)")
        let energy = try ended.json["figures"]["energy"]
        #expect(energy["value"].isNull)
        #expect(energy["reason"].text?.isEmpty == false)
        #expect(try ended.json["figures"]["output_tokens"]["value"].number == 100)
    }

    @Test func `what cannot be set against each other is refused with a reason`() async throws {
        let scene = try Scene()
        let power = try toolkitPower(scene)
        let requests = try toolkitRequests(scene)
        let samples = try scene.write(
            "samples.csv", "meter,scope,device,monotonic_ns,power_watts\nnvml,gpu,GPU-1,1000,71\nnvml,gpu,GPU-1,1000000000,72\n")
        let monotonic = try await analyze(scene, ["--power-log", samples, "--requests-log", requests])
        #expect(monotonic.status == 1)
        #expect(monotonic.error.contains("[import.clocks]") && monotonic.error.contains("joulebench analyze RUN"))

        let twice = try await analyze(
            scene, ["--power-log", power, "--requests-log", requests, "--idle-power", "30", "--idle-log", try idlePower(scene)])
        #expect(twice.status == 64)
        #expect(twice.error.contains("[usage.analyze]"))

        let broken = try scene.write("broken.csv", "timestamp_s,latency_s\n\(Self.noon),soon\n")
        let mistake = try await analyze(scene, ["--power-log", power, "--requests-log", broken])
        #expect(mistake.status == 1)
        #expect(mistake.error.contains("broken.csv:2:2: ") && mistake.error.contains("`soon` is no number of seconds"))

        let zone = try await analyze(scene, ["--power-log", power, "--requests-log", requests, "--utc-offset", "Berlin"])
        #expect(zone.status == 64)
    }
}
