import Foundation
import Testing

/// `measure`: any command, with its streams, its signals and its exit status left alone.
struct MeasureTests {
    private func shell(_ script: String, _ options: [String] = []) -> [String] {
        ["measure", "--meters", "none"] + options + ["--", "sh", "-c", script]
    }

    @Test(arguments: ["exit 0": 0, "exit 7": 7, "kill -9 $$": 137, "kill -TERM $$": 143])
    func `the exit status of the command is ours`(script: String, status: Int) async throws {
        let scene = try Scene()
        let ended = try await scene.run(shell(script))
        #expect(ended.status == Int32(status))
        #expect(ended.output.contains("exit status \(status)"))
    }

    @Test func `what is piped in reaches the command, and what it prints comes out`() async throws {
        let scene = try Scene()
        let input = try scene.write("input", "first line\nsecond line\n")
        let options = ["--json", "--output", scene.file("result.json")]
        let ended = try await scene.run(shell("cat; echo to stderr >&2; echo $#", options) + ["sh", "a b", "c"], input: input)
        #expect(ended.status == 0)
        // With the result in a file, standard output is the command's alone.
        #expect(ended.output == "first line\nsecond line\n2\n")
        #expect(ended.error.contains("to stderr"))
        let result = try JSON(parsing: try scene.read("result.json"))
        let promised: Set = ["start_unix_seconds", "end_unix_seconds", "duration_seconds", "exit_status", "ledger"]
        #expect(result.keys.isSuperset(of: promised))
        #expect(result["exit_status"].number == 0)
        let length = try #require(result["duration_seconds"].number)
        let span = try #require(result["end_unix_seconds"].number) - (try #require(result["start_unix_seconds"].number))
        #expect(abs(span - length) < 1e-5)
    }

    @Test func `JSON on standard output follows what the command printed`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(["measure", "--meters", "model", "--json", "--", "echo", "hello"])
        #expect(ended.status == 0)
        let lines = ended.output.split(separator: "\n", maxSplits: 1)
        #expect(lines.first == "hello")
        let result = try JSON(parsing: String(try #require(lines.last)))
        let entry = try #require(result["ledger"].list.first)
        let promised: Set = [
            "scope", "device", "energy_joules", "plus_minus_joules", "mean_power_watts", "peak_power_watts", "method", "flags",
        ]
        #expect(entry.keys.isSuperset(of: promised))
    }

    @Test func `a signal to the tool reaches the command`() async throws {
        let scene = try Scene()
        try await Seats.shared.sit {
            let script = "trap 'echo caught; exit 5' TERM; echo ready; while :; do sleep 0.02; done"
            let child = try scene.start(shell(script))
            let ready = await eventually { child.output.contains("ready") }
            try #require(ready)
            child.send(SIGTERM)
            let ended = try await child.wait()
            #expect(ended.status == 5)
            #expect(ended.output.contains("caught"))
        }
    }

    @Test func `a command that cannot be started is no result`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(["measure", "--meters", "none", "--", "/nowhere/command"])
        #expect(ended.error.contains("/nowhere/command") && ended.error.contains("help:"))
        #expect(ended.output.isEmpty)
        #expect(ended.status == 64 || ended.status == 69)
    }

    @Test func `idling can be interrupted`() async throws {
        let scene = try Scene()
        try await Seats.shared.sit {
            let child = try scene.start(["measure", "--meters", "model", "--idle", "8s", "--", "touch", scene.file("started")])
            let idle = await eventually { child.error.contains("idle") }
            try #require(idle)
            child.send(SIGINT)
            let ended = try await child.wait()
            #expect(!FileManager.default.fileExists(atPath: scene.file("started")))
            #expect(ended.status == 130)
            #expect(ended.wall < .seconds(8))
        }
    }

    @Test func `marks cut the command into phases`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "square:low=100,high=500,period=0.3"])
        let script = """
            echo prefill > "$JOULEBENCH_MARKS"; sleep 0.25; echo decode > "$JOULEBENCH_MARKS"; sleep 0.35
            echo > "$JOULEBENCH_MARKS"; sleep 0.1
            """
        let ended = try await scene.run(
            ["measure", "--meters", "nvml", "--json", "--", "sh", "-c", script], environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let result = try ended.json
        let marks = result["marks"].list
        #expect(marks.map { $0["name"].text } == ["prefill", "decode"])
        for mark in marks {
            let start = Clock.instant(unixSeconds: try #require(mark["start_unix_seconds"].number))
            let length = try #require(mark["duration_seconds"].number)
            let entry = mark["ledger"][0]
            // The printed start is a double of 2026, good for a quarter of a microsecond; clocks are read some microseconds apart.
            try Accuracy.check(
                entry["energy_joules"].number, plusMinus: entry["plus_minus_joules"].number,
                truth: gpus.joules(in: start..<start + Int64(length * 1e9)), slack: 0.05, "the mark \(mark["name"].text ?? "")")
        }
        let whole = try #require(result["duration_seconds"].number)
        let durations = marks.compactMap { $0["duration_seconds"].number }
        // A line is stamped when it has arrived, which on a busy machine is somewhat later than when it was written.
        #expect(durations[0] > 0.1 && durations[1] > 0.15 && durations.reduce(0, +) < whole)
    }

    @Test func `whatever a command writes as marks, the listening goes on to its end`() async throws {
        let scene = try Scene()
        let script = #"printf '\004\n\n\377\n' > "$JOULEBENCH_MARKS"; sleep 0.2; echo late > "$JOULEBENCH_MARKS"; sleep 0.2"#
        let ended = try await scene.run(["measure", "--meters", "model", "--json", "--", "sh", "-c", script])
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try ended.json["marks"].list.last?["name"].text == "late")
    }

    @Test(arguments: ["0.00000000000000000001s", "1us", "61s", "9999999999999s", "nan"])
    func `a time between readings that cannot be is refused`(text: String) async throws {
        let scene = try Scene()
        for command in [
            ["measure", "--meters", "model", "--sample-period", text, "--", "true"],
            ["log-power", "--meters", "model", "--duration", "1s", "--interval", text, "--output", scene.file("p.csv")],
        ] {
            let ended = try await scene.run(command)
            #expect(ended.status == 64 && ended.error.contains("help:"), "\(ended.error)")
        }
    }

    @Test func `a short command on a busy machine costs what the GPU drew, and no sample is lost uncounted`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "square:low=100,high=500,period=0.17"])
        let busy = "(while :; do :; done) & a=$!; (while :; do :; done) & b=$!; sleep 0.5; kill $a $b"
        let ended = try await scene.run(
            ["measure", "--meters", "nvml", "--sample-period", "1ms", "--json", "--", "sh", "-c", busy], environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let result = try ended.json
        let start = Clock.instant(unixSeconds: try #require(result["start_unix_seconds"].number))
        let length = try #require(result["duration_seconds"].number)
        let entry = result["ledger"][0]
        try Accuracy.check(
            entry["energy_joules"].number, plusMinus: entry["plus_minus_joules"].number,
            truth: gpus.joules(in: start..<start + Int64(length * 1e9)), slack: 0.05, "the GPU")
        let sampling = result["sampling"]
        let ticks = try #require(sampling["ticks"].number)
        let missed = try #require(sampling["ticks_missed"].number)
        #expect(ticks + missed >= length * 1_000, "\(ticks) ticks and \(missed) missed in \(length) s")
        #expect(ticks + missed <= Double(ended.wall.components.seconds + 1) * 1_000)
        #expect(sampling["samples_lost"].number == missed)
        let samples = try #require(sampling["samples"].number)
        #expect(samples >= ticks)
    }

    @Test func `repetitions have a mean with its interval`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "constant:200"])
        let options = ["measure", "--meters", "nvml", "--repeat", "3", "--json", "--idle", "200ms", "--", "sleep", "0.1"]
        let ended = try await scene.run(options, environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let result = try ended.json
        let energies = result["runs"].list.compactMap { $0["total"]["value"].number }
        #expect(energies.count == 3)
        let mean = try #require(result["spread"]["mean_energy_joules"].number)
        #expect(abs(mean - energies.reduce(0, +) / 3) < 1e-9)
        let spread = result["spread"]
        #expect(spread["n"].number == 3 && spread["scope"].text == "system" && spread["method"].text == "measured-counter")
        // Three runs do not make the sensor better: its gain of 5 % stays, beside the scatter.
        let (whole, gain) = (try #require(spread["plus_minus_joules"].number), try #require(spread["plus_minus_systematic_joules"].number))
        let scatter = try #require(spread["plus_minus_random_joules"].number)
        #expect(abs(gain - 0.05 * mean) < 0.001 * mean && abs(whole * whole - gain * gain - scatter * scatter) < 1e-6 * whole * whole)
        let idle = result["idle_power"]
        try Accuracy.check(idle["value"].number, plusMinus: idle["plus_minus"].number, truth: 200, "idle power")
    }

    @Test func `the last line of repetitions names what it is of, how it was had, and what its interval holds`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "constant:300"])
        let ended = try await scene.run(
            ["measure", "--meters", "nvml,model", "--repeat", "2", "--", "sleep", "0.3"], environment: gpus.environment)
        let line = try #require(ended.output.split(separator: "\n").first { $0.hasPrefix("2 runs") })
        #expect(line.contains("energy of the system") && line.contains("(modelled)") && line.contains("gain of the meters"), "\(line)")
    }

    @Test func `what a device has against a window is said, as a run says it`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "constant:300", "MIG": "2", "PROCESSES": "1", "THROTTLE": "0x44"])
        let result = scene.file("result.json")
        let ended = try await scene.run(
            ["measure", "--meters", "nvml", "--json", "--output", result, "--", "sleep", "1"], environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let json = try JSON(parsing: try scene.read("result.json"))
        let flags = Set(json["flags"].list.compactMap { $0["flag"].text })
        #expect(flags.isSuperset(of: ["mig_slice", "shared_device", "throttled", "power_capped"]), "\(flags)")
        let sensor = json["sensors"][0]
        #expect(sensor["meter"].text == "nvml" && sensor["counter_update_period"]["seconds"].number != nil, "\(json["sensors"])")
        let text = try await scene.run(["measure", "--meters", "nvml", "--", "sleep", "0.3"], environment: gpus.environment)
        #expect(text.output.contains("MIG slice") && text.output.contains("Another process"), "\(text.output)")
        #expect(text.output.contains("hw_thermal_slowdown") && text.output.contains("power limit"), "\(text.output)")
    }

    @Test func `a command that no named meter would measure is not started`() async throws {
        let scene = try Scene()
        let url = "http://127.0.0.1:\(try freePort())"
        let ended = try await scene.run(["measure", "--meters", "{zeusd: {url: '\(url)'}}", "--", "touch", scene.file("started")])
        #expect(ended.status == 69 && ended.error.contains("zeusd \(url)") && ended.error.contains("no connection"), "\(ended.error)")
        #expect(!FileManager.default.fileExists(atPath: scene.file("started")))
    }

    @Test func `a named meter that is not there is named, beside those that are`() async throws {
        let scene = try Scene()
        let url = "http://127.0.0.1:\(try freePort())"
        let meters = "{plug: {url: '\(url)', kind: shelly}}, model"
        let ended = try await scene.run(["measure", "--meters", meters, "--", "sleep", "0.2"])
        #expect(ended.status == 0)
        for text in [ended.output, ended.error] { #expect(text.contains("plug \(url)"), "\(text)") }
        #expect(ended.output.contains("not measured: plug"))
        // Where nobody asked for it by name, nobody wants to read about it.
        let automatic = try await scene.run(["measure", "--", "true"])
        #expect(automatic.status == 0 && !automatic.output.contains("not measured"))
    }
}
