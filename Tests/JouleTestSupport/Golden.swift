import Foundation

/// Texts kept in a folder `Golden` beside the test that asks for them; `UPDATE_GOLDEN=1` writes them anew, and the change is read in the diff.
package struct Golden: Sendable {
    private let folder: URL

    /// - Parameter testFile: the test's own path: `Golden()` in a test file finds the folder beside it.
    package init(testFile: String = #filePath) {
        folder = URL(fileURLWithPath: testFile).deletingLastPathComponent().appendingPathComponent("Golden")
    }

    /// What is kept under this name.
    package func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
    }

    /// Where the text differs from what is kept, nil when it does not; meant for `#expect(… == nil)`.
    package func difference(_ text: String, from name: String) throws -> String? {
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            return nil
        }
        let kept = try self.text(name)
        guard text != kept else { return nil }
        let pairs = zip(
            text.split(separator: "\n", omittingEmptySubsequences: false), kept.split(separator: "\n", omittingEmptySubsequences: false))
        let place = pairs.enumerated().first { $0.element.0 != $0.element.1 }
        let difference =
            place.map { "line \($0.offset + 1): got “\($0.element.0)”, kept is “\($0.element.1)”" } ?? "one is longer than the other"
        return "\(name): \(difference); if that is meant, run with UPDATE_GOLDEN=1"
    }
}
