import Foundation
import Testing

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The built binary as a user has it: a child process with arguments, an environment, three streams and an exit status.
enum Tool {
    /// Where the build leaves its products: beside the test program.
    static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    /// `JOULEBENCH_BINARY` names another one, such as a release build.
    static let path = ProcessInfo.processInfo.environment["JOULEBENCH_BINARY"] ?? products.appending(path: "joulebench").path

    /// The interpreter itself: what `python3` names may be a script that looks for it anew each time.
    static let python: String = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "joule-python-\(getpid())").path
        guard let child = try? Child(["/usr/bin/env", "python3", "-c", "import sys; print(sys.executable)"], output: folder) else {
            return "python3"
        }
        defer { for file in [folder, folder + ".err"] { unlink(file) } }
        while child.status == nil { usleep(2_000) }
        let name = child.output.trimmingCharacters(in: .whitespacesAndNewlines)
        return name.isEmpty ? "python3" : name
    }()

    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures").path
}

/// How a child ended and what it printed.
struct Ended {
    /// As a shell reports it: the code, or 128 plus the signal.
    let status: Int32
    let output: String
    let error: String
    /// Wall time of the child, from before its start until after its end.
    let wall: Duration

    var json: JSON {
        get throws { try JSON(parsing: output) }
    }
}

/// A child process whose output goes to files, so that it can be looked at while the child runs.
///
/// `@unchecked Sendable`: everything but the cached exit status is immutable, and that belongs to the one task that waits.
final class Child: @unchecked Sendable {
    let pid: Int32
    let outputFile: String
    private var exit: Int32?
    private let start = ContinuousClock.now

    /// - Parameters:
    ///   - output: file for its standard output; the standard error goes to the same name with `.err` behind it.
    ///   - input: file for its standard input.
    init(_ command: [String], environment: [String: String]? = nil, output: String, input: String = "/dev/null") throws {
        outputFile = output
        let variables = (environment ?? ProcessInfo.processInfo.environment).map { "\($0)=\($1)" }
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, output + ".err", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        // Whatever the test runner ignores or blocks, the child begins as it would at a shell, in a group of its own.
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var id: pid_t = 0
        let arguments = command.map { strdup($0) } + [nil]
        let surroundings = variables.map { strdup($0) } + [nil]
        defer { (arguments + surroundings).forEach { free($0) } }
        let result = posix_spawn(&id, command[0], &actions, &attributes, arguments, surroundings)
        guard result == 0 else { throw CocoaError(.executableLoad, userInfo: [NSFilePathErrorKey: command[0]]) }
        pid = id
    }

    deinit {
        if status == nil {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
    }

    /// The exit status as a shell reports it; nil while the child runs.
    var status: Int32? {
        if let exit { return exit }
        var word: Int32 = 0
        guard waitpid(pid, &word, WNOHANG) == pid else { return nil }
        let signal = word & 0x7f
        exit = signal == 0 ? (word >> 8) & 0xff : 128 + signal
        return exit
    }

    var output: String { text(outputFile) }
    var error: String { text(outputFile + ".err") }

    func send(_ signal: Int32) { kill(pid, signal) }

    /// Waits for the end. A child that takes longer than the limit is killed, and the test has failed.
    func wait(limit: Duration = .seconds(60)) async throws -> Ended {
        let inTime = await eventually(within: limit) { self.status != nil }
        if !inTime {
            kill(pid, SIGKILL)
            await eventually { self.status != nil }
        }
        try #require(inTime, "the child did not end in \(limit); it printed \(output.suffix(500)) and \(error.suffix(500))")
        return Ended(status: try #require(status), output: output, error: error, wall: ContinuousClock.now - start)
    }

    private func text(_ file: String) -> String { String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self) }
}

/// Whether a condition comes true before a deadline; it is looked at every few milliseconds.
@discardableResult
func eventually(within limit: Duration = .seconds(120), _ condition: () throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while true {
        if try condition() { return true }
        if ContinuousClock.now >= deadline { return false }
        try? await Task.sleep(for: .milliseconds(5))
    }
}

/// Whether a process is there and no mere zombie: in a container nobody may collect those of a killed parent.
func isAlive(_ pid: Int32) -> Bool {
    guard let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat").map({ String(decoding: $0, as: UTF8.self) }) else {
        return false
    }
    // The state stands behind the program's name, which is in brackets and may hold spaces.
    let state = stat.split(separator: ")").last?.split(separator: " ").first
    return state != "Z" && state != "X"
}
