import Foundation
import JouleModel
import JouleUnits
import Testing

@testable import JouleStore

struct FileSystemTests {
    @Test func `a reader sees the old file or the new one, never half of either`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("state.json")
        let versions = (0..<2).map { [UInt8](repeating: UInt8($0), count: 300_000) }
        try FileSystem.write(versions[0], to: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for round in 0..<60 { try FileSystem.write(versions[round % 2], to: path) } }
            group.addTask {
                for _ in 0..<200 {
                    let seen = try FileSystem.read(path)
                    #expect(seen == versions[0] || seen == versions[1])
                }
            }
            try await group.waitForAll()
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["state.json"])
    }

    @Test func `a write that cannot be finished leaves nothing behind`() throws {
        let folder = try TemporaryFolder()
        // A folder that is not empty cannot be replaced by a file.
        try FileManager.default.createDirectory(atPath: folder.file("target/inside"), withIntermediateDirectories: true)
        let failure = #expect(throws: Failure.self) { try FileSystem.write("text", to: folder.file("target")) }
        #expect(failure?.code == "store.io")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["target"])
    }

    @Test func `JSON has sorted keys, plain slashes and a line end`() throws {
        struct Value: Codable, Equatable {
            var b = "a/b"
            var a = 1
        }
        let bytes = try JSONText.encode(Value())
        #expect(String(decoding: bytes, as: UTF8.self) == "{\n  \"a\" : 1,\n  \"b\" : \"a/b\"\n}\n")
        #expect(String(decoding: try JSONText.encodeLine(Value()), as: UTF8.self) == "{\"a\":1,\"b\":\"a/b\"}\n")
        #expect(try JSONText.decode(Value.self, from: bytes, path: "x") == Value())
        let failure = #expect(throws: Failure.self) { try JSONText.decode(Value.self, from: [1], path: "run/state.json") }
        #expect(failure?.code == "store.decode")
        #expect(failure?.message.contains("run/state.json") == true)
    }

    // MARK: Run folders

    /// 2026-11-21 09:30:00 UTC.
    private let time = 1_795_253_400.9

    @Test func `a run is named by its second, and a second run of that second gets a number`() throws {
        let folder = try TemporaryFolder()
        let runs = try (0..<3).map { _ in try RunDirectory.create(in: folder.path, unixSeconds: time) }
        #expect(runs.map(\.id) == ["exp_20261121_093000", "exp_20261121_093000-2", "exp_20261121_093000-3"])
        #expect(runs[0].path == folder.file("raw/exp_20261121_093000"))
        #expect(RunDirectory(path: runs[1].path) == runs[1])
    }

    @Test func `runs that begin at the same moment never share a folder`() async throws {
        let folder = try TemporaryFolder()
        let time = time
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try RunDirectory.create(in: folder.path, unixSeconds: time).id } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 50)
    }

    @Test func `results that cannot be made name the folder and a way out`() throws {
        let folder = try TemporaryFolder()
        try FileSystem.write("a file", to: folder.file("results"))
        let failure = try #require(throws: Failure.self) {
            try RunDirectory.create(in: folder.file("results"), unixSeconds: time)
        }
        #expect(failure.code == "store.create")
        #expect(failure.message.contains(folder.file("results")))
        #expect(failure.remedy?.contains("--results-dir") == true)
    }

    @Test func `the reserve takes half a mebibyte of the disk and gives it back`() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory.create(in: folder.path, unixSeconds: time)
        let reserve = try DiskReserve(in: run)
        var status = stat()
        #expect(stat(run.file(".reserve"), &status) == 0)
        #expect(status.st_size == 512 * 1_024)
        #expect(status.st_blocks * 512 >= 512 * 1_024, "space that is really taken, not a hole")
        reserve.release()
        reserve.release()
        #expect(!FileSystem.exists(run.file(".reserve")))
    }
}
