import Foundation
import Synchronization
import Testing

/// Another tree in the place of `/` for `/proc` and `/sys`.
struct HostRootTree {
    let path: String
    private let scene: Scene
    private let name: String

    init(_ scene: Scene, name: String = "host") throws {
        self.scene = scene
        self.name = name
        path = scene.file(name)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func write(_ file: String, _ text: String) throws { try scene.write(name + file, text) }
    var environment: [String: String] { ["JOULEBENCH_HOST_ROOT": path] }
}

/// A RAPL counter in a folder that a thread moves on, as the hardware would at constant power; it wraps at its range.
private final class RAPLCounter: Sendable {
    private let file: String
    private let watts: Double
    private let range: Int64
    private let start = Clock.now
    private let stopping = Atomic<Bool>(false)
    private let written = Mutex<[Int64]>([])

    init(_ tree: HostRootTree, watts: Double, rangeJoules: Int64) throws {
        self.watts = watts
        range = rangeJoules * 1_000_000
        let zone = "/sys/class/powercap/intel-rapl:0"
        file = tree.path + zone + "/energy_uj"
        try tree.write(zone + "/name", "package-0\n")
        try tree.write(zone + "/max_energy_range_uj", "\(range)\n")
        try tree.write(zone + "/energy_uj", text(at: start))
        let thread = Thread { [self] in move() }
        thread.start()
    }

    func stop() { stopping.store(true, ordering: .relaxed) }

    /// Always equally long, so that a reader never sees half of an old number behind a new one.
    private func text(at instant: Int64) -> String {
        let microjoules = Int64(watts * Double(instant - start) * 1e-3) % range
        let digits = "\(microjoules)"
        return String(repeating: "0", count: 20 - digits.count) + digits + "\n"
    }

    private func move() {
        let descriptor = open(file, O_WRONLY)
        while !stopping.load(ordering: .relaxed) {
            let now = Clock.now
            let bytes = Array(text(at: now).utf8)
            pwrite(descriptor, bytes, bytes.count, 0)
            written.withLock { $0.append(now) }
            usleep(1_000)
        }
        close(descriptor)
    }

    /// The joules of a window, and what the counter leaves open at its edges because it was moved too late there.
    func joules(in window: Range<Int64>) -> (truth: Double, open: Double) {
        let instants = written.withLock { $0 }
        func gap(_ edge: Int64) -> Double {
            let before = instants.last { $0 <= edge } ?? start
            let after = instants.first { $0 > edge } ?? edge
            return Double(after - before) * 1e-9
        }
        let seconds = Double(window.upperBound - window.lowerBound) * 1e-9
        return (watts * seconds, watts * (gap(window.lowerBound) + gap(window.upperBound)))
    }
}

struct RAPLRunTests {
    @Test func `the package's joules are counted across the wraps of its counter`() async throws {
        let scene = try Scene()
        let tree = try HostRootTree(scene)
        // A wrap every 0.8 s: at least one inside a window of a second.
        let counter = try RAPLCounter(tree, watts: 50, rangeJoules: 40)
        defer { counter.stop() }
        let options = scene.runOptions(try scene.config(requests: 12), meters: "rapl", ["--sample-period", "5ms"])
        let ended = try await scene.run(options, environment: tree.environment)
        #expect(ended.status == 0, "\(ended.error)")
        let run = try scene.onlyRun()
        let (truth, open) = counter.joules(in: try run.window())
        #expect(truth > 40)
        let gross = try run.gross("package")
        try Accuracy.check(gross["value"].number, plusMinus: gross["plus_minus"].number, truth: truth, slack: open, "package")
        #expect(gross["method"].text == "measured-counter")
        #expect(try !run.flags.contains("counter_reset"))
        let energies = try run.samples.rows.filter { $0["meter"] == "rapl" }.compactMap { Double($0["energy_joules"] ?? "") }
        #expect(zip(energies, energies.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func `a counter that is no number is named`() async throws {
        let scene = try Scene()
        let tree = try HostRootTree(scene)
        let zone = "/sys/class/powercap/intel-rapl:0"
        try tree.write(zone + "/name", "package-0\n")
        // Root may read everything, so the file is one that nobody can read as a number.
        try tree.write(zone + "/energy_uj", "\n")
        let ended = try await scene.run(["meters", "--meters", "rapl", "--json"], environment: tree.environment)
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try ended.json["meters"].list.isEmpty)
        let reason = try #require(try ended.json["unavailable"][0]["reason"].text)
        #expect(reason.contains("energy_uj"))
    }
}
