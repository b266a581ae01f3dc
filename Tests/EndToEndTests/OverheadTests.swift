import Foundation
import Testing

/// What the tool costs itself, and what it shows while it watches.
struct OverheadTests {
    @Test func `the doctor measures what sampling costs here`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(["doctor", "--overhead", "--duration", "300ms", "--meters", "model", "--json"])
        #expect(ended.status == 0, "\(ended.error)")
        let rows = try ended.json["rows"].list
        #expect(rows.map { $0["rate_hertz"].number } == [nil, 1, 10, 100, 1_000])
        for row in rows.dropFirst() {
            #expect(row["sampler"]["cpu_seconds"].number != nil && row["timer"]["cpu_seconds"].number != nil)
            #expect(row["ticks"].isPositive && row["rss_bytes"].isPositive)
            #expect(row["power_above_none"]["reason"].text == "the processor is modelled here, not measured")
        }
        let printed = try await scene.run(["doctor", "--overhead", "--duration", "100ms", "--meters", "model"])
        #expect(printed.status == 0, "\(printed.error)")
        #expect(printed.output.contains("1,000 Hz") && printed.output.contains("bare timer") && printed.output.contains("missed"))
        let long = try await scene.run(["doctor", "--overhead", "--duration", "2min"])
        #expect(long.status == 64 && long.error.contains("usage.duration"))
        let none = try await scene.run(["doctor", "--overhead", "--meters", "none"])
        #expect(none.status == 69 && none.error.contains("meter.none"))
    }

    @Test func `watching prints a line a second, and a signal ends it well`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "constant:300"])
        let child = try scene.start(["meters", "--watch", "--meters", "nvml"], environment: gpus.environment)
        #expect(await eventually { child.output.split(separator: "\n").count >= 2 })
        child.send(SIGINT)
        let ended = try await child.wait()
        #expect(ended.status == 0, "\(ended.error)")
        let lines = ended.output.split(separator: "\n")
        #expect(lines.allSatisfy { $0.contains("W") && $0.contains("system") && !$0.contains("\u{1B}") }, "\(lines)")
        #expect(lines[0].prefixMatch(of: /\d\d:\d\d:\d\d/) != nil)
        // On a busy machine the first second's counter is read late; the line says ± itself.
        let watts = try #require(lines[0].firstMatch(of: /system ([0-9.]+)/).flatMap { Double($0.1) })
        #expect(abs(watts - 300) <= 15)
        let json = try scene.start(["meters", "--watch", "--json", "--meters", "nvml"], environment: gpus.environment)
        #expect(await eventually { json.output.split(separator: "\n").count >= 2 })
        json.send(SIGTERM)
        let objects = try await json.wait()
        for line in objects.output.split(separator: "\n") {
            #expect(try JSON(parsing: String(line))["meters"][0]["mean_power_watts"].isNumber(near: 300, within: 10))
        }
    }

    @Test func `measure, log-power and a run say what they took themselves`() async throws {
        let scene = try Scene()
        let measured = try await scene.run(["measure", "--meters", "model", "--json", "--", "true"])
        #expect(try measured.json["own_cost"]["cpu_seconds"].isPositive && measured.json["own_cost"]["peak_rss_bytes"].isPositive)
        let spoken = try await scene.run(["measure", "--verbose", "--meters", "model", "--", "true"])
        #expect(spoken.output.contains("joulebench itself: ") && spoken.output.contains("wake-ups/s"))
        let silent = try await scene.run(["measure", "--meters", "model", "--", "true"])
        #expect(!silent.output.contains("joulebench itself"))
        let log = ["log-power", "--duration", "200ms", "--meters", "model", "--output", scene.file("p.csv")]
        #expect(try await scene.run(log + ["--json"]).json["own_cost"]["voluntary_switches"].isPositive)
        #expect(try await scene.run(log + ["--verbose"]).output.contains("joulebench itself: "))

        let ended = try await scene.run(scene.runOptions(try scene.config(requests: 3, idle: "300ms")))
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        let cost = try run.summary["own_cost_measure"]
        #expect(cost["use"]["cpu_seconds"].isPositive && cost["use"]["wakeups_per_second"].isPositive)
        #expect(cost["machine_busy_seconds"].isPositive)
        // The model may see less load than while idle; then there is a reason instead of watts.
        let power = cost["power"]
        #expect(
            power["value"].isPositive ? power["method"].text == "modelled" && power["scope"].text == "cpu" : power["reason"].text != nil)
        #expect(try run.json("state.json")["cost_marks"].list.contains { $0["phase"].text == "measure" })
        #expect(ended.output.contains("joulebench itself: ") && ended.output.contains("wake-ups/s"))
        #expect(try run.text("report.html").contains("joulebench itself: "))
    }
}
