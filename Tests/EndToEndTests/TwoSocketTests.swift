import Foundation
import Synchronization
import Testing

/// The powercap tree of a server with two sockets, whose counters a thread moves on at powers that are known.
///
/// Package 0 holds a core zone and has a DRAM zone listed below it, as the kernel lists them; the platform's zone holds both packages.
private final class TwoSockets: Sendable {
    struct Zone {
        let folder: String
        let name: String
        let watts: Double
        let rangeJoules: Int64
    }

    /// The first package wraps every second; the platform's zone, every four.
    static let zones = [
        Zone(folder: "intel-rapl:0", name: "package-0", watts: 60, rangeJoules: 60),
        Zone(folder: "intel-rapl:0:0", name: "core", watts: 35, rangeJoules: 262_143),
        Zone(folder: "intel-rapl:0:1", name: "dram", watts: 8, rangeJoules: 65_712),
        Zone(folder: "intel-rapl:1", name: "package-1", watts: 40, rangeJoules: 262_143),
        Zone(folder: "intel-rapl:1:0", name: "core", watts: 20, rangeJoules: 262_143),
        Zone(folder: "intel-rapl:1:1", name: "dram", watts: 5, rangeJoules: 65_712),
    ]
    static let platform = Zone(folder: "intel-rapl:2", name: "psys", watts: 150, rangeJoules: 600)

    private let files: [(path: String, zone: Zone)]
    private let start = Clock.now
    private let stopping = Atomic<Bool>(false)

    init(_ tree: HostRootTree, withPlatform: Bool, withMemory: Bool = true) throws {
        let zones = Self.zones.filter { withMemory || $0.name != "dram" } + (withPlatform ? [Self.platform] : [])
        files = zones.map { (tree.path + "/sys/class/powercap/\($0.folder)/energy_uj", $0) }
        for zone in zones {
            let folder = "/sys/class/powercap/\(zone.folder)"
            try tree.write(folder + "/name", zone.name + "\n")
            try tree.write(folder + "/max_energy_range_uj", "\(zone.rangeJoules * 1_000_000)\n")
            try tree.write(folder + "/energy_uj", Self.text(zone, after: 0))
        }
        let thread = Thread { [self] in move() }
        thread.start()
    }

    func stop() { stopping.store(true, ordering: .relaxed) }

    /// Always equally long, so that a reader never sees half of an old number behind a new one. The counters begin just below a wrap.
    private static func text(_ zone: Zone, after nanoseconds: Int64) -> String {
        let range = zone.rangeJoules * 1_000_000
        let microjoules = (range - 1_000_000 + Int64(zone.watts * Double(nanoseconds) * 1e-3)) % range
        let digits = "\(microjoules)"
        return String(repeating: "0", count: 20 - digits.count) + digits + "\n"
    }

    private func move() {
        let descriptors = files.map { open($0.path, O_WRONLY) }
        while !stopping.load(ordering: .relaxed) {
            let elapsed = Clock.now - start
            for (descriptor, file) in zip(descriptors, files) {
                let bytes = Array(Self.text(file.zone, after: elapsed).utf8)
                pwrite(descriptor, bytes, bytes.count, 0)
            }
            usleep(1_000)
        }
        for descriptor in descriptors { close(descriptor) }
    }
}

struct TwoSocketTests {
    private func measure(withPlatform: Bool, withMemory: Bool = true, meters: [String] = ["--meters", "rapl"]) async throws -> JSON {
        let scene = try Scene()
        let tree = try HostRootTree(scene)
        // What a model of the memory would go by.
        try tree.write("/proc/meminfo", "MemTotal:       65536000 kB\n")
        let sockets = try TwoSockets(tree, withPlatform: withPlatform, withMemory: withMemory)
        defer { sockets.stop() }
        let result = scene.file("result.json")
        let ended = try await scene.run(
            ["measure"] + meters + ["--json", "--output", result, "--", "sleep", "1.5"], environment: tree.environment)
        #expect(ended.status == 0, "\(ended.error)")
        return try JSON(parsing: try String(contentsOfFile: result, encoding: .utf8))
    }

    private func watts(_ result: JSON, _ scope: String) throws -> Double {
        let seconds = try #require(result["duration_seconds"].number)
        let total = try #require(result["totals"][scope]["value"].number ?? total(scope, in: result), "there is no \(scope): \(result)")
        return total / seconds
    }

    /// The sum of the rows of a scope that count into the total.
    private func total(_ scope: String, in result: JSON) -> Double? {
        let rows = result["ledger"].list.filter { $0["scope"].text == scope }
        return rows.isEmpty ? nil : rows.compactMap { $0["energy_joules"].number }.reduce(0, +)
    }

    /// What counts into the machine's total.
    private func counted(_ result: JSON) -> Set<String> {
        Set(result["ledger"].list.filter { $0["in_total"].flag == true }.compactMap { $0["device"].text })
    }

    @Test func `of two sockets the packages and their memory are added, and what lies inside them is not`() async throws {
        let result = try await measure(withPlatform: false)
        #expect(counted(result) == ["package-0", "package-1", "package-0/dram", "package-1/dram"])
        // The edges of a window of 1.5 s leave a few updates of a busy machine open, so a band of a tenth is allowed.
        let (package, core, dram) = (try watts(result, "package"), try watts(result, "core"), try watts(result, "dram"))
        #expect(abs(package - 100) < 10 && abs(core - 55) < 6 && abs(dram - 13) < 2, "\(package), \(core), \(dram) W")
        let rows = result["ledger"].list.filter { $0["in_total"].flag == true }.compactMap { $0["energy_joules"].number }
        let seconds = try #require(result["duration_seconds"].number)
        #expect(abs(rows.reduce(0, +) / seconds - 113) < 12)
        #expect(!result["ledger"].list.contains { $0["flags"].list.contains(.text("counter_reset")) })
    }

    @Test func `a platform's zone stands for the packages that it holds, and for the memory that it may hold`() async throws {
        let result = try await measure(withPlatform: true)
        #expect(counted(result) == ["psys"])
        let (psys, system) = (try watts(result, "psys"), try watts(result, "system"))
        #expect(abs(psys - 150) < 15 && abs(system - psys) < 1e-6, "\(psys), \(system) W")
        let memory = result["ledger"].list.filter { $0["scope"].text == "dram" }
        #expect(memory.count == 2 && memory.allSatisfy { $0["reason"].text == "psys may hold the memory already" })
        let package = result["ledger"].list.first { $0["device"].text == "package-1" }
        #expect(package?["reason"].text == "psys counts instead")
    }

    @Test(arguments: [[], ["--meters", "rapl,model"]])
    func `no model of the memory is added to a platform's zone`(meters: [String]) async throws {
        let result = try await measure(withPlatform: true, withMemory: false, meters: meters)
        #expect(counted(result) == ["psys"])
        #expect(result["total"]["method"].text == "measured-counter" && result["total"]["flags"].list.isEmpty, "\(result["total"])")
        #expect(abs(try watts(result, "system") - 150) < 15)
        let models = result["ledger"].list.filter { $0["meter"].text == "model" }
        #expect(models.isEmpty == meters.isEmpty)
    }

    @Test func `no model of the memory is added to the zones that count it`() async throws {
        let result = try await measure(withPlatform: false, meters: ["--meters", "rapl,model"])
        #expect(counted(result) == ["package-0", "package-1", "package-0/dram", "package-1/dram"])
        let model = result["ledger"].list.first { $0["meter"].text == "model" && $0["scope"].text == "dram" }
        #expect(model?["reason"].text == "rapl measures the dram")
    }

    @Test func `in a log of power the counters go on across their wraps`() async throws {
        let scene = try Scene()
        let tree = try HostRootTree(scene)
        let sockets = try TwoSockets(tree, withPlatform: true)
        defer { sockets.stop() }
        let file = scene.file("power.csv")
        let ended = try await scene.run(
            ["log-power", "--duration", "1.6", "--interval", "0.02", "--meters", "rapl", "--output", file], environment: tree.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let rows = try Table(file: file).rows
        for device in ["package-0", "package-0/core", "package-0/dram", "package-1", "package-1/core", "package-1/dram", "psys"] {
            let energies = rows.filter { $0["device"] == device }.compactMap { Double($0["energy_J"] ?? "") }
            #expect(energies.count > 10 && zip(energies, energies.dropFirst()).allSatisfy { $0 <= $1 }, "\(device)")
        }
        let first = rows.filter { $0["device"] == "package-0" }
        let joules = first.compactMap { Double($0["energy_J"] ?? "") }
        let stamps = first.compactMap { Double($0["timestamp_s"] ?? "") }
        let energy = try #require(joules.last) - (try #require(joules.first))
        let seconds = try #require(stamps.last) - (try #require(stamps.first))
        // A counter of 60 J at 60 W, which began 1 J below its range: it has wrapped at least twice.
        #expect(energy > 60 && abs(energy / seconds - 60) < 6)
    }
}
