import Foundation
import Testing

/// Compares a text with a file under `Golden`, or writes the file when `UPDATE_GOLDEN=1` is set.
func expectGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
    let file = folder.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try Data(text.utf8).write(to: file)
        return
    }
    let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    guard text != expected else { return }
    let pairs = zip(
        text.split(separator: "\n", omittingEmptySubsequences: false), expected.split(separator: "\n", omittingEmptySubsequences: false))
    let place = pairs.enumerated().first { $0.element.0 != $0.element.1 }
    let difference =
        place.map { "line \($0.offset + 1): got “\($0.element.0)”, expected “\($0.element.1)”" } ?? "one is longer than the other"
    Issue.record("\(name) differs, \(difference); if that is meant, run with UPDATE_GOLDEN=1", sourceLocation: sourceLocation)
}
