import Foundation
import JouleModel
import Testing

@testable import JouleStore

struct AppendLogTests {
    @Test func `lines reach the file at a flush, in their order, behind what is there`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("log")
        for round in 0..<2 {
            let log = try AppendLog(path: path)
            for number in 0..<5_000 { try log.append { $0 += Array("\(round):\(number)\n".utf8) } }
            try log.sync()
        }
        let expected = (0..<2).flatMap { round in (0..<5_000).map { "\(round):\($0)\n" } }.joined()
        #expect(try FileSystem.read(path) == Array(expected.utf8))
    }

    @Test func `a full disk is a failure with a remedy`() throws {
        let log = try AppendLog(path: "/dev/full")
        try log.append { $0 += Array("a line\n".utf8) }
        let failure = try #require(throws: Failure.self) { try log.flush() }
        #expect(failure.code == "store.disk-full")
        #expect(failure.message.contains("/dev/full"))
        #expect(failure.remedy != nil)
        #expect(throws: Failure.self) { try log.sync() }
    }

    @Test func `a folder that is not there is no full disk`() {
        let failure = #expect(throws: Failure.self) { try AppendLog(path: "/no/such/folder/log") }
        #expect(failure?.code == "store.io")
    }

    /// In a process of its own, because the limit belongs to the whole process.
    @Test func `a log that met the limit goes on where it stopped, in the middle of a line`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = folder.file("log")
            let log = try AppendLog(path: path)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            var low = limit
            low.rlim_cur = 100_003
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &low)

            var expected: [UInt8] = []
            var failure: Failure?
            for number in 0..<20_000 where failure == nil {
                let line = Array("line \(number)\n".utf8)
                expected += line
                do throws(Failure) { try log.append { $0 += line } } catch { failure = error }
            }
            #expect(failure?.code == "store.disk-full")
            #expect(try FileSystem.read(path).count == 100_003)
            // Still no room: nothing is lost and nothing is written twice.
            #expect(throws: Failure.self) { try log.flush() }

            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            expected += Array("the end\n".utf8)
            try log.append { $0 += Array("the end\n".utf8) }
            try log.sync()
            #expect(try FileSystem.read(path) == expected)
        }
    }

    /// A run on a full disk: the last samples before the end still fit into the space that was kept.
    @Test func `a whole file that does not fit leaves the old one`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = folder.file("state.json")
            try FileSystem.write("old\n", to: path)
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            limit.rlim_cur = 1_000
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let failure = #expect(throws: Failure.self) { try FileSystem.write([UInt8](repeating: 1, count: 5_000), to: path) }
            #expect(failure?.code == "store.disk-full")
            #expect(try FileSystem.read(path) == Array("old\n".utf8))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["state.json"])
        }
    }
}
