import JouleModel
import JouleTestSupport
import Testing

@testable import JouleStore

struct EmissionsTableTests {
    private func text(_ path: String) throws -> String { String(decoding: try FileSystem.read(path), as: UTF8.self) }

    @Test func `rows are appended in the order of the file's own header`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("deep/emissions.csv")
        try EmissionsTable.append([("a", "1"), ("b", ""), ("c", "x, y")], to: path)
        try EmissionsTable.append([("c", "3"), ("a", "4"), ("b", "5")], to: path)
        #expect(try text(path) == "a,b,c\n1,,\"x, y\"\n4,5,3\n")
    }

    @Test func `a file with other columns is put aside, and none is lost`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("emissions.csv")
        try EmissionsTable.append([("a", "1")], to: path)
        try EmissionsTable.append([("a", "2"), ("b", "3")], to: path)
        try EmissionsTable.append([("c", "4")], to: path)
        #expect(try text(path) == "c\n4\n")
        #expect(try text(path + ".bak") == "a\n1\n")
        #expect(try text(path + ".2.bak") == "a,b\n2,3\n")
    }

    @Test func `an empty file is a new one, and a cut-off line gets its end`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("emissions.csv")
        try FileSystem.write("", to: path)
        try EmissionsTable.append([("a", "1")], to: path)
        #expect(try text(path) == "a\n1\n")
        try FileSystem.write("a\n1", to: path)
        try EmissionsTable.append([("a", "2")], to: path)
        #expect(try text(path) == "a\n1\n2\n")
    }
}
