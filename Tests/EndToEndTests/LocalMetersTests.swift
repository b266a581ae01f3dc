import Foundation
import Testing

/// Meters of other makers, through whole commands: trees of sysfs, a stand-in library and stand-in programs.
struct LocalMetersTests {
    static let library = Tool.products.appending(path: "libFakeAMDSMI.so").path

    /// What a listing of the meters says.
    private func listing(_ scene: Scene, _ tree: HostRootTree, _ options: [String] = [], _ more: [String: String] = [:]) async throws
        -> JSON
    {
        let ended = try await scene.run(["meters", "--json"] + options, environment: tree.environment.merging(more) { $1 })
        #expect(ended.status == 0, "\(ended.error)")
        return try ended.json
    }

    private func rows(_ listing: JSON) -> [String] {
        // Those that count; what is shown and not added stands beside them.
        listing["meters"].list.filter { $0["channel"]["counts_in_totals"].flag == true }.map {
            "\($0["channel"]["meter"].text ?? "?") \($0["channel"]["scope"].text ?? "?") \($0["channel"]["device"].text ?? "?")"
        }
    }

    private func jetson(_ tree: HostRootTree) throws {
        try tree.write("/proc/device-tree/compatible", "nvidia,p3768-0000\0nvidia,tegra234\0")
        let chip = "/sys/class/hwmon/hwmon1"
        try tree.write(chip + "/name", "ina3221\n")
        for (channel, label, milliamperes) in [(1, "VDD_IN", 2_400), (2, "VDD_CPU_GPU_CV", 800), (3, "VDD_SOC", 600)] {
            try tree.write(chip + "/in\(channel)_label", label + "\n")
            try tree.write(chip + "/in\(channel)_input", "5000\n")
            try tree.write(chip + "/curr\(channel)_input", "\(milliamperes)\n")
        }
        try FileManager.default.createSymbolicLink(atPath: tree.path + chip + "/device", withDestinationPath: "../../../1-0040")
    }

    @Test func `a Jetson is found by itself, once, and needs no model beside it`() async throws {
        let scene = try Scene()
        let tree = try HostRootTree(scene)
        try jetson(tree)
        // Some kernels give the chip's power as well: the generic meter must leave it alone.
        try tree.write("/sys/class/hwmon/hwmon1/power1_input", "12000000\n")
        let found = try await listing(scene, tree)
        #expect(rows(found) == ["jetson module 1-0040/VDD_IN"])
        #expect(found["meters"][0]["mean_power_watts"].isNumber(near: 12, within: 0.01))
        // Nobody who has no AMD GPU and no Cray wants to read about them.
        let missing = found["unavailable"].list.compactMap { $0["meter"].text }
        #expect(Set(missing).isDisjoint(with: ["amd", "jetson", "pm_counters", "ipmi", "powermetrics"]), "\(missing)")
    }

    @Test func `a Cray node is counted as a whole, and its parts where nothing finer counts them`() async throws {
        let scene = try Scene()
        let tree = try HostRootTree(scene)
        for (name, text) in [
            ("energy", "84317 J"), ("power", "512 W"), ("cpu_energy", "20100 J"), ("cpu_power", "121 W"), ("memory_energy", "9100 J"),
            ("accel0_energy", "26000 J"), ("accel0_power", "150 W"),
        ] {
            try tree.write("/sys/cray/pm_counters/\(name)", text + " 1700000000123456 us\n")
        }
        let gpus = try StandInGPUs(["WAVE": "constant:300"])
        let alone = try await listing(scene, tree)
        #expect(
            rows(alone).prefix(4) == [
                "pm_counters node node", "pm_counters gpu accel0", "pm_counters package cpu", "pm_counters dram memory",
            ])
        let beside = try await listing(scene, tree, [], gpus.environment)
        #expect(rows(beside).contains("pm_counters node node") && !rows(beside).contains("pm_counters gpu accel0"))
        #expect(rows(beside).filter { $0.contains(" gpu ") }.count == 1)
        let shown = beside["meters"].list.first { $0["channel"]["device"].text == "accel0" }
        #expect(shown?["reason"].text == "not added: another meter counts the gpu by itself", "\(beside)")
    }

    @Test func `an AMD GPU is measured through its library, and hwmon leaves it alone`() async throws {
        let scene = try Scene()
        let tree = try HostRootTree(scene)
        try FileManager.default.createDirectory(atPath: scene.file("lib"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: scene.file("lib/libamd_smi.so"), withDestinationPath: Self.library)
        try tree.write("/sys/class/hwmon/hwmon4/name", "amdgpu\n")
        try tree.write("/sys/class/hwmon/hwmon4/power1_average", "250000000\n")
        try FileManager.default.createSymbolicLink(
            atPath: tree.path + "/sys/class/hwmon/hwmon4/device", withDestinationPath: "../../../0000:c1:00.0")
        try tree.write("/sys/bus/pci/devices/0000:c1:00.0/unique_id", "e1f0c0de00000001\n")
        // Without the library, the kernel's own reading.
        #expect(rows(try await listing(scene, tree)).contains("hwmon gpu 0000:c1:00.0"))

        let own = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"].map { ":" + $0 } ?? ""
        let variables = ["LD_LIBRARY_PATH": scene.file("lib") + own, "FAKE_AMDSMI_WAVE": "constant:275"]
        let found = try await listing(scene, tree, [], variables)
        #expect(rows(found).filter { $0.contains(" gpu ") } == ["amd gpu GPU-e1f0c0de00000001"])
        let hidden = try await listing(scene, tree, [], variables.merging(["ROCR_VISIBLE_DEVICES": ""]) { $1 })
        #expect(!rows(hidden).contains { $0.contains(" gpu ") })
        #expect(hidden["unavailable"].list.contains { $0["reason"].text?.contains("hides every AMD GPU") == true })

        let run = scene.runOptions(try scene.config(requests: 8), meters: "amd", ["--sample-period", "5ms"])
        let ended = try await scene.run(run, environment: tree.environment.merging(variables) { $1 })
        #expect(ended.status == 0, "\(ended.error)")
        let folder = try scene.onlyRun()
        let window = try folder.window()
        let gross = try folder.gross("gpu")
        let truth = 275 * Double(window.upperBound - window.lowerBound) * 1e-9
        try Accuracy.check(gross["value"].number, plusMinus: gross["plus_minus"].number, truth: truth, "AMD GPU")
        #expect(gross["method"].text == "measured-counter")
        let gpu = try folder.environment["gpus"][0]
        #expect(gpu["name"].text == "AMD Instinct MI300X" && gpu["pci_bus_id"].text == "0000:c1:00.0")
    }

    @Test func `a superchip's module holds its GPU and is not added to it`() async throws {
        let scene = try Scene()
        let tree = try HostRootTree(scene)
        for (number, words, watts) in [(1, "Module Power Socket 0", 520), (2, "Grace Power Socket 0", 180), (3, "CPU Power Socket 0", 120)]
        {
            let base = "/sys/class/hwmon/hwmon\(number)/device"
            try tree.write(base + "/name", "power_meter\n")
            try tree.write(base + "/power1_average", "\(watts)000000\n")
            try tree.write(base + "/power1_oem_info", words + "\n")
        }
        let gpus = try StandInGPUs(["WAVE": "constant:300", "MODULE": "constant:520"])
        let result = scene.file("result.json")
        let ended = try await scene.run(
            ["measure", "--json", "--output", result, "--", "sleep", "1"], environment: tree.environment.merging(gpus.environment) { $1 })
        #expect(ended.status == 0, "\(ended.error)")
        let measured = try JSON(parsing: try String(contentsOfFile: result, encoding: .utf8))
        let ledger = measured["ledger"].list
        func row(_ scope: String) -> JSON? { ledger.first { $0["scope"].text == scope } }
        #expect(ledger.filter { $0["scope"].text == "module" && $0["in_scope_total"].flag == true }.count == 1)
        #expect(row("module")?["meter"].text == "nvml" && row("module")?["in_total"].flag == true)
        #expect(row("gpu")?["reason"].text == "module counts instead" && row("cpu")?["in_total"].flag == false)
        let seconds = try #require(measured["duration_seconds"].number)
        for (scope, watts) in [("module", 520.0), ("gpu", 300), ("cpu", 180)] {
            let row = try #require(row(scope))
            try Accuracy.check(
                row["energy_joules"].number, plusMinus: row["plus_minus_joules"].number, truth: watts * seconds, scope)
        }
    }

    @Test func `no estimate is added to a module that may hold what it estimates`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs(["WAVE": "constant:300", "MODULE": "constant:900"])
        let ended = try await scene.run(
            ["measure", "--meters", "nvml,model", "--json", "--", "sleep", "1"], environment: gpus.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let result = try ended.json
        let seconds = try #require(result["duration_seconds"].number)
        let total = result["total"]
        try Accuracy.check(total["value"].number, plusMinus: total["plus_minus"].number, truth: 900 * seconds, "module")
        #expect(result["ledger"].list.filter { $0["in_total"].flag == true }.map { $0["scope"].text } == ["module"])
        let memory = result["ledger"].list.first { $0["scope"].text == "dram" }
        #expect(memory?["reason"].text == "module holds the memory already")
    }

    @Test func `a program that measures is found in PATH, and its refusal is told`() async throws {
        let scene = try Scene()
        let tree = try HostRootTree(scene)
        func program(_ name: String, _ script: String) throws {
            let path = try scene.write("bin/" + name, "#!/bin/sh\n\(script)\n")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        try program("ipmitool", "echo '    Instantaneous power reading:                   487 Watts'")
        try program("powermetrics", "echo 'powermetrics must be invoked as the superuser' >&2; exit 1")
        let path = ["PATH": scene.file("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")]
        let found = try await listing(scene, tree, ["--meters", "ipmi,powermetrics"], path)
        #expect(rows(found) == ["ipmi node node"])
        #expect(found["meters"][0]["mean_power_watts"].isNumber(near: 487, within: 0.01))
        // A controller that takes its time is waited for at the end of a window.
        try program("ipmitool", "sleep 0.4; echo '    Instantaneous power reading:                   312 Watts'")
        let result = scene.file("result.json")
        let slow = try await scene.run(
            ["measure", "--meters", "ipmi", "--json", "--output", result, "--", "sleep", "1.2"],
            environment: tree.environment.merging(path) { $1 })
        #expect(slow.status == 0, "\(slow.error)")
        let node = try JSON(parsing: try String(contentsOfFile: result, encoding: .utf8))["ledger"].list.first
        #expect(node?["scope"].text == "node" && node?["mean_power_watts"].isNumber(near: 312, within: 0.01) == true)
        #expect(found["unavailable"][0]["reason"].text == "powermetrics gives no report: powermetrics must be invoked as the superuser")
        // A controller is not asked unless it is named.
        #expect(!rows(try await listing(scene, tree, [], path)).contains { $0.hasPrefix("ipmi") })
    }

    @Test func `a meter that needs options says which, and how they are written`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(["meters", "--meters", "dcgm"])
        #expect(ended.status != 0)
        #expect(ended.error.contains("does not say its `url`") && ended.error.contains("dcgm: {url: http://HOST:9400/metrics}"))
        let unknown = try await scene.run(["meters", "--meters", "rappl"])
        #expect(unknown.error.contains("pm_counters") && unknown.error.contains("jetson"))
    }
}
