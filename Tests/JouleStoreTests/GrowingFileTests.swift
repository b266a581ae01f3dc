import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleStore

struct GrowingFileTests {
    private func lines(_ path: String) throws -> [Int] {
        try FileSystem.read(path).split(separator: UInt8(ascii: "\n")).map { line in
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Int])
            return try #require(object["n"])
        }
    }

    private func line(_ number: Int) -> [UInt8] { Array("{\"n\":\(number)}\n".utf8) }

    @Test func `lines are appended, and the folder is made`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("below/results.jsonl")
        for number in 0..<3 { #expect(try GrowingFile.appendLine(line(number), to: path) == nil) }
        #expect(try lines(path) == [0, 1, 2])
    }

    @Test func `wherever a line was cut off, the next one is whole`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("results.jsonl")
        // Longer than a block that is read at once.
        let long = Array("{\"n\":2,\"m\":\(String(repeating: "7", count: 15))".utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 70_000)
        for cut in [1, 5, 7, 65_536, 65_540, long.count] {
            try FileSystem.write(line(1) + long[..<cut], to: path)
            let note = try GrowingFile.appendLine(line(3), to: path)
            #expect(note?.contains("the last line was cut off") == true)
            #expect(try lines(path) == [1, 3])
        }
        try FileSystem.write(Array(long[..<66_000]), to: path)
        #expect(try GrowingFile.appendLine(line(3), to: path) != nil)
        #expect(try lines(path) == [3])
    }

    @Test func `a whole line without its end is kept`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("results.jsonl")
        try FileSystem.write(line(1) + line(2).dropLast(), to: path)
        #expect(try GrowingFile.appendLine(line(3), to: path) == nil)
        #expect(try lines(path) == [1, 2, 3])
    }

    @Test func `runs that end at the same moment lose nothing`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("results.jsonl")
        let failures = Array(0..<64).concurrentMap { number in
            do throws(Failure) {
                _ = try GrowingFile.appendLine(Array("{\"n\":\(number)}\n".utf8), to: path)
                return 0
            } catch { return 1 }
        }
        #expect(failures.allSatisfy { $0 == 0 })
        #expect(try lines(path).sorted() == Array(0..<64))
    }

    @Test func `sections stand behind each other with an empty line between them`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("notes.md")
        try GrowingFile.appendSection("## one\n", to: path)
        try GrowingFile.appendSection("## two\n", to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "## one\n\n## two\n")
        try FileSystem.write("written by hand", to: path)
        try GrowingFile.appendSection("## three\n", to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "written by hand\n\n## three\n")
    }

    @Test func `a place that cannot be written is named`() throws {
        let folder = try TemporaryFolder()
        try FileSystem.write("a file", to: folder.file("file"))
        let failure = #expect(throws: Failure.self) { try GrowingFile.appendSection("x", to: folder.path) }
        #expect(failure?.message.contains(folder.path) == true)
        #expect(throws: Failure.self) { try GrowingFile.appendSection("x", to: folder.file("file/below.md")) }
    }

    /// In a process of its own, because the limit belongs to the whole process.
    @Test func `a file that meets the limit of its size is left as it was`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let folder = try TemporaryFolder()
            let path = folder.file("results.jsonl")
            _ = try GrowingFile.appendLine(Array("{\"n\":1}\n".utf8), to: path)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            limit.rlim_cur = 12
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let failure = #expect(throws: Failure.self) { try GrowingFile.appendLine(Array("{\"n\":2}\n".utf8), to: path) }
            #expect(failure?.code == "store.disk-full")
            #expect(try FileSystem.read(path) == Array("{\"n\":1}\n".utf8))
        }
    }
}
