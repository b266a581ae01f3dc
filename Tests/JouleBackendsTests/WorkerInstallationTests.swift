import Foundation
import JouleBackends
import JouleModel
import Testing
import WorkerPayload

struct WorkerInstallationTests {
    private static func folder() -> String {
        FileManager.default.temporaryDirectory.appending(path: "joule-cache-\(UUID().uuidString)").path
    }

    #if !os(macOS)
    @Test(arguments: [
        (["JOULEBENCH_CACHE": "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"], "/c"),
        (["XDG_CACHE_HOME": "/x", "HOME": "/h"], "/x/joulebench"), (["HOME": "/h"], "/h/.cache/joulebench"),
    ])
    func `the environment says where the cache is`(environment: [String: String], cache: String) {
        let installation = WorkerInstallation(environment: environment)
        #expect(installation.cache == cache)
        #expect(installation.interpreter == cache + "/pytorch/bin/python")
        #expect(installation.marker.hasPrefix(cache + "/pytorch/"))
    }
    #endif

    @Test func `without a home the cache is still a path of its own`() {
        #expect(WorkerInstallation(environment: [:]).cache.hasPrefix("/"))
    }

    @Test func `without an environment the remedy is to make one`() throws {
        let installation = WorkerInstallation(environment: ["JOULEBENCH_CACHE": Self.folder()])
        #expect(!installation.isReady)
        let failure = try #require(throws: Failure.self) {
            try installation.childSpec(for: BackendSpec(kind: .pytorch, model: "m"), visibleGPUs: nil)
        }
        #expect(failure.code == "backend.no-pytorch")
        #expect(failure.remedy?.contains("setup pytorch") == true)
    }

    @Test func `the worker is written once, and again when it is not what it should be`() throws {
        let cache = Self.folder()
        defer { try? FileManager.default.removeItem(atPath: cache) }
        let installation = WorkerInstallation(environment: ["JOULEBENCH_CACHE": cache])
        var backend = BackendSpec(kind: .pytorch, model: "m")
        backend.python = "/usr/bin/some-python"
        let spec = try installation.childSpec(for: backend, visibleGPUs: nil)
        #expect(spec.executable == "/usr/bin/some-python")
        #expect(spec.ownGroup)
        let script = try #require(spec.arguments.last)
        #expect(script.hasPrefix(cache))
        func contents() -> [UInt8]? { FileManager.default.contents(atPath: script).map(Array.init) }
        func inode() throws -> Int? { try FileManager.default.attributesOfItem(atPath: script)[.systemFileNumber] as? Int }
        #expect(contents() == WorkerPayload.script)
        let ranks = (script as NSString).deletingLastPathComponent + "/joulebench_ranks.py"
        #expect(FileManager.default.contents(atPath: ranks).map(Array.init) == WorkerPayload.ranks)

        let first = try inode()
        #expect(try installation.childSpec(for: backend, visibleGPUs: nil).arguments == spec.arguments)
        #expect(try inode() == first, "a worker that is right is left alone")

        try "print('other')\n".write(toFile: script, atomically: true, encoding: .utf8)
        _ = try installation.childSpec(for: backend, visibleGPUs: nil)
        #expect(contents() == WorkerPayload.script)
    }

    @Test func `a cache that cannot be written is a failure that names it`() throws {
        let file = Self.folder()
        try "a file".write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        var backend = BackendSpec(kind: .pytorch, model: "m")
        backend.python = "python3"
        let failure = try #require(throws: Failure.self) {
            try WorkerInstallation(environment: ["JOULEBENCH_CACHE": file]).childSpec(for: backend, visibleGPUs: nil)
        }
        #expect(failure.code == "backend.cache")
        #expect(failure.message.contains(file))
        #expect(failure.remedy?.contains("JOULEBENCH_CACHE") == true)
    }

    @Test func `the worker sees the chosen GPUs in their order`() throws {
        let installation = WorkerInstallation(environment: ["JOULEBENCH_CACHE": Self.folder()])
        var backend = BackendSpec(kind: .command, model: "m")
        backend.command = ["my-worker", "--fast"]
        let spec = try installation.childSpec(for: backend, visibleGPUs: ["GPU-b", "GPU-a"])
        #expect(spec.executable == "my-worker")
        #expect(spec.arguments == ["--fast"])
        #expect(spec.environment["CUDA_VISIBLE_DEVICES"] == "GPU-b,GPU-a")
        #expect(spec.environment["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID")
        #expect(try installation.childSpec(for: backend, visibleGPUs: nil).environment["CUDA_VISIBLE_DEVICES"] == nil)
    }

    @Test func `AMD GPUs are chosen by the variable of ROCm`() throws {
        var backend = BackendSpec(kind: .command, model: "m")
        backend.command = ["my-worker"]
        let installation = WorkerInstallation(environment: ["JOULEBENCH_CACHE": Self.folder()])
        let spec = try installation.childSpec(for: backend, visibleGPUs: ["GPU-e1f0c0de00000002", "GPU-e1f0c0de00000001"])
        #expect(spec.environment["ROCR_VISIBLE_DEVICES"] == "GPU-e1f0c0de00000002,GPU-e1f0c0de00000001")
        #expect(spec.environment["CUDA_VISIBLE_DEVICES"] == nil && spec.environment["CUDA_DEVICE_ORDER"] == nil)
    }

    @Test(arguments: [nil, []] as [[String]?]) func `a command backend without a command is a mistake`(command: [String]?) throws {
        var backend = BackendSpec(kind: .command, model: "m")
        backend.command = command
        let failure = #expect(throws: Failure.self) {
            try WorkerInstallation(environment: ["HOME": "/h"]).childSpec(for: backend, visibleGPUs: nil)
        }
        #expect(failure?.code == "config.missing")
    }
}
