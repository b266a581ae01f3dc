import JouleModel

/// Steps of making a Python environment, with failures for people.
package enum PythonSetup {
    /// - Parameter area: the part of the failures' codes before the point.
    /// - Throws: `AREA.python-version` when the interpreter is missing or older than 3.10.
    package static func check(_ python: String, area: String) async throws {
        let version = "import sys; print('%d.%d' % sys.version_info[:2])"
        let answer = try await capture(ChildSpec(executable: python, arguments: ["-c", version]))
        let numbers = answer.output.split(whereSeparator: { $0 == "." || $0.isWhitespace }).compactMap { Int($0) }
        guard answer.exit == .code(0), numbers.count == 2, numbers[0] == 3, numbers[1] >= 10 else {
            throw Failure(
                "\(area).python-version", "`\(python)` is not Python 3.10 or newer", cause: answer.output + answer.error,
                remedy: "name another interpreter with `--python`")
        }
    }

    /// Runs one command with its words on our standard error.
    ///
    /// - Throws: `AREA.setup` when it does not end well.
    package static func step(_ command: [String], area: String, remedy: String) async throws {
        let exit = try await runForeground(
            ChildSpec(executable: command[0], arguments: Array(command.dropFirst())), outputToError: true, started: { _ in })
        guard exit == .code(0) else {
            throw Failure("\(area).setup", "`\(command.joined(separator: " "))` ended with \(exit)", remedy: remedy)
        }
    }
}
