import Foundation
import JouleMeters
import Testing

/// A shell script in the place of a program that measures, in a folder of its own which it owns.
final class FakeTool {
    let folder: URL
    let name: String
    var tool: CommandTool { CommandTool(executable: folder.appending(path: name).path) }

    /// - Parameter script: what it does; `$FOLDER` is its folder, where it may keep things.
    init(_ name: String, _ script: String) throws {
        self.name = name
        folder = FileManager.default.temporaryDirectory.appending(path: "fake-tool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = folder.appending(path: "source")
        try "#!/bin/sh\nFOLDER='\(folder.path)'\necho \"$*\" >>\"$FOLDER/asked\"\n\(script)\n"
            .write(to: source, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: source.path)
        // A file that this process wrote can be busy for a moment in a child that another test has just forked, and then it cannot be
        // executed: so another process writes it.
        var status: Int32 = 0
        waitpid(try spawn("/bin/cp", ["-p", source.path, folder.appending(path: name).path]), &status, 0)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The arguments of each start so far.
    var asked: [String] {
        get throws {
            try String(contentsOf: folder.appending(path: "asked"), encoding: .utf8).split(separator: "\n").map(String.init)
        }
    }
}
