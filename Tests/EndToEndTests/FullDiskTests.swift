import Foundation
import Testing

/// A disk that fills up while a run is written to it: a file system in memory, in a mount namespace of its own.
struct FullDiskTests {
    /// Whether this user may make such a namespace here.
    static let isPermitted: Bool = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "joule-mount-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let script = "mount -t tmpfs -o size=64k none '\(folder)'"
        guard let child = try? Child(["/usr/bin/env", "unshare", "-m", "sh", "-c", script], output: folder + ".out") else { return false }
        defer { for file in [folder + ".out", folder + ".out.err"] { unlink(file) } }
        while child.status == nil { usleep(2_000) }
        return child.status == 0
    }()

    /// Runs the tool with its results on a disk of a given size, and copies what is left of them out of the namespace.
    private func run(_ scene: Scene, size: String, _ options: [String], _ gpus: StandInGPUs) async throws -> Ended {
        try FileManager.default.createDirectory(atPath: scene.file("disk"), withIntermediateDirectories: true)
        let script = """
            mount -t tmpfs -o size=\(size) none "$1" || exit 99
            folder="$1"; copy="$2"; shift 2
            "$@"
            status=$?
            cp -a "$folder" "$copy"
            exit $status
            """
        let command = ["/usr/bin/env", "unshare", "-m", "sh", "-c", script, "sh", scene.file("disk"), scene.results, Tool.path]
        return try await Seats.shared.sit { try await scene.start(options, environment: gpus.environment, command: command).wait() }
    }

    private func options(_ scene: Scene) throws -> [String] {
        [
            "run", try scene.config(requests: 20, tokens: 40), "--results-dir", scene.file("disk"), "--meters", "nvml", "--sample-period",
            "1ms",
        ]
    }

    @Test(.enabled("needs a mount namespace of its own: run as root, or with CAP_SYS_ADMIN") { FullDiskTests.isPermitted })
    func `a disk that fills up ends the run, and what was written can be read`() async throws {
        let scene = try Scene()
        // Four GPUs a thousand times a second fill what the reserve leaves within a second or two.
        let gpus = try StandInGPUs(["DEVICES": "4"])
        let ended = try await run(scene, size: "1000k", try options(scene), gpus)
        #expect(ended.status == 1, "\(ended.error)")
        let run = try scene.onlyRun()
        #expect(try run.state["status"].text == "failed")
        #expect(try run.state["reason"].text?.contains("store.disk-full") == true)
        #expect(!run.has(".reserve"))
        for request in try run.requests { #expect(request["outcome"].text != nil) }
        #expect(ended.error.contains("[store.disk-full]") && ended.error.contains("help:"))
        // Every line is whole, though the disk was full in the middle of one.
        let samples = try run.samples
        #expect(samples.rows.allSatisfy { ["nvml", "model"].contains($0["meter"]) && Int64($0["monotonic_ns"] ?? "") != nil })
        #expect(try run.summary["status"].text == "failed")
        #expect(try run.process["experiment_id"].text != nil)
    }

    @Test(.enabled("needs a mount namespace of its own: run as root, or with CAP_SYS_ADMIN") { FullDiskTests.isPermitted })
    func `a disk that is full from the start is refused before anything runs`() async throws {
        let scene = try Scene()
        let gpus = try StandInGPUs([:])
        let ended = try await run(scene, size: "300k", try options(scene), gpus)
        #expect(ended.status == 1)
        #expect(ended.error.contains("[store.disk-full]") && ended.error.contains("--results-dir"))
        #expect(!ended.error.contains("phase:"))
        #expect(scene.runs.allSatisfy { !$0.has(".reserve") })
    }
}
