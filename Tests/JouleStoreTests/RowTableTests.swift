import JouleModel
import JouleTestSupport
import Testing

@testable import JouleStore

struct RowTableTests {
    private static func rows(_ path: String) throws -> [[String]] {
        String(decoding: try FileSystem.read(path), as: UTF8.self).split(separator: "\n").map { CSVFields.split(String($0)) }
    }

    @Test func `a later row with more columns widens the header, and the timestamp stays last`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("deep/results.csv")
        try RowTable.append([("name", "a"), ("timestamp", "1")], to: path)
        try RowTable.append([("name", "b"), ("tokens", "7"), ("model", "x, \"y\""), ("timestamp", "2")], to: path)
        try RowTable.append([("timestamp", "3"), ("tokens", "8")], to: path)
        let text = String(decoding: try FileSystem.read(path), as: UTF8.self)
        #expect(
            text == #"""
                name,tokens,model,timestamp
                a,NA,NA,1
                b,7,"x, ""y""",2
                NA,8,NA,3

                """#)
    }

    @Test func `a header without a timestamp grows at its end`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("results.csv")
        try RowTable.append([("a", "1")], to: path)
        try RowTable.append([("b", "2"), ("a", "3")], to: path)
        #expect(try Self.rows(path) == [["a", "b"], ["1", "NA"], ["3", "2"]])
    }

    @Test func `a line break inside a value becomes a space`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("results.csv")
        try RowTable.append([("error", "one\r\ntwo\nthree\u{2028}four"), ("timestamp", "1")], to: path)
        try RowTable.append([("error", "x"), ("more", "y"), ("timestamp", "2")], to: path)
        #expect(try Self.rows(path) == [["error", "more", "timestamp"], ["one two three four", "NA", "1"], ["x", "y", "2"]])
    }

    @Test(arguments: [1, 2, 3, 20_261_121] as [UInt64])
    func `whatever rows come, every value stands under its own name`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let names = ["config_name", "a", "b", "c,d", "e\"f", "metrics__g", "h i"]
        let values = ["", "1", "NA", "x,y", "\"", "a\"b\"", ",", "\"\"", " led", "x,\u{301}", "é😀", "a b "]
        for _ in 0..<10 {
            let folder = try TemporaryFolder()
            let path = folder.file("results.csv")
            var model: [[String: String]] = []
            for number in 0..<8 {
                let chosen = names.shuffled(using: &random).prefix(Int.random(in: 1...names.count, using: &random))
                let row =
                    chosen.map { (name: $0, value: values.randomElement(using: &random) ?? "") } + [(name: "timestamp", value: "\(number)")]
                model.append(Dictionary(uniqueKeysWithValues: row.map { ($0.name, $0.value) }))
                try RowTable.append(row, to: path)
                let table = try Self.rows(path)
                #expect(table[0].last == "timestamp")
                #expect(table.count == model.count + 1)
                for (expected, got) in zip(model, table.dropFirst()) {
                    try #require(got.count == table[0].count, "seed \(seed)")
                    for (name, value) in zip(table[0], got) { #expect(value == expected[name] ?? "NA", "seed \(seed), column \(name)") }
                }
            }
        }
    }

    @Test func `rows of runs that end at the same moment are all kept`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("results.csv")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<10 {
                        try RowTable.append([("run", "\(writer)-\(number)"), ("w\(writer)", "\(number)"), ("timestamp", "t")], to: path)
                    }
                }
            }
            try await group.waitForAll()
        }
        let table = try Self.rows(path)
        #expect(table.count == 41)
        #expect(Set(table.dropFirst().map { $0[0] }).count == 40)
    }

    @Test(arguments: [
        ("", [""]), ("a", ["a"]), ("a,b", ["a", "b"]), (",", ["", ""]), ("\"a,b\",c", ["a,b", "c"]), ("\"\"", [""]),
        ("\"\"\"\"", ["\""]), ("\"a\"\"b\"", ["a\"b"]), ("x,\u{301}y", ["x", "\u{301}y"]),
    ])
    func `a line is cut at the commas outside quotes`(line: String, fields: [String]) {
        #expect(CSVFields.split(line) == fields)
    }
}
