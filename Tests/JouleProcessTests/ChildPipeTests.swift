import Foundation
import JouleModel
import JouleProcess
import Testing

struct ChildPipeTests {
    private static func read(_ pipe: ChildPipe) async throws -> String {
        String(decoding: try await onThread { readBytes(.max, from: pipe.readDescriptor) }, as: UTF8.self)
    }

    @Test func `what the child prints is read to its end, and the end is described`() async throws {
        let pipe = try ChildPipe.start(executable: "/bin/sh", arguments: ["-c", "echo one; echo no >&2; echo two; exit 3"])
        #expect(try await Self.read(pipe) == "one\ntwo\n")
        #expect(try await eventually { pipe.exitDescription != nil })
        #expect(pipe.exitDescription?.contains("3") == true)
    }

    @Test func `a child that goes on for ever ends when it is told to`() async throws {
        let pipe = try ChildPipe.start(executable: "/bin/sh", arguments: ["-c", "echo ready; exec sleep 600"])
        #expect(try await onThread { readBytes(6, from: pipe.readDescriptor) } == Array("ready\n".utf8))
        #expect(pipe.exitDescription == nil)
        pipe.terminate()
        #expect(try await Self.read(pipe).isEmpty)
        #expect(try await eventually { pipe.exitDescription != nil })
        pipe.terminate()
    }

    @Test func `a child that is told to end before it runs ends as well`() async throws {
        for _ in 0..<20 {
            let pipe = try ChildPipe.start(executable: "sleep", arguments: ["600"])
            pipe.terminate()
            #expect(try await Self.read(pipe).isEmpty)
            #expect(try await eventually { pipe.exitDescription != nil })
        }
    }

    @Test(arguments: ["/no/such/program", "joulebench-no-such-program"])
    func `a program that is missing is an end with its reason, not a wait without end`(program: String) async throws {
        let pipe = try ChildPipe.start(executable: program, arguments: [])
        #expect(try await Self.read(pipe).isEmpty)
        #expect(try await eventually { pipe.exitDescription != nil })
    }

    @Test func `a child whose reader is gone ends`() async throws {
        let folder = try TemporaryFolder()
        let script = "echo $$ >'\(folder.file("new"))'; mv '\(folder.file("new"))' '\(folder.file("pid"))'; while :; do echo line; done"
        var pipe: ChildPipe? = try ChildPipe.start(executable: "/bin/sh", arguments: ["-c", script])
        #expect(try await eventually { FileManager.default.fileExists(atPath: folder.file("pid")) })
        let pid = try #require(Int32(try folder.text("pid").trimmingCharacters(in: .newlines)))
        pipe?.terminate()
        pipe = nil
        #expect(try await eventually { !isRunning(pid) })
    }
}
