import Foundation
import JouleModel
import JouleProcess
import Testing

struct ChildProcessTests {
    private static func shell(_ script: String, ownGroup: Bool = false) -> ChildSpec {
        ChildSpec(executable: "/bin/sh", arguments: ["-c", script], ownGroup: ownGroup)
    }

    // MARK: How a child ends

    @Test(arguments: [0, 1, 3, 127, 255] as [Int32]) func `an exit code is handed on`(code: Int32) async throws {
        let ended = try await capture(Self.shell("exit \(code)"))
        #expect(ended.exit == .code(code))
        #expect(ended.exit.shellStatus == code)
        #expect(ended.exit.description == "exit code \(code)")
    }

    @Test(arguments: [
        (SIGTERM, "signal 15 (SIGTERM)"), (SIGKILL, "signal 9 (SIGKILL)"), (SIGSEGV, "signal 11 (SIGSEGV)"), (SIGUSR1, "signal 10"),
    ])
    func `a signal is told from an exit code`(number: Int32, text: String) async throws {
        let ended = try await capture(Self.shell("ulimit -c 0; kill -\(number) $$; sleep 600"))
        #expect(ended.exit == .signal(number))
        #expect(ended.exit.shellStatus == 128 + number)
        #expect(ended.exit.description == text)
    }

    @Test func `what a command prints is kept, by stream`() async throws {
        let ended = try await capture(Self.shell("printf out; printf error >&2"))
        #expect(ended.output == "out")
        #expect(ended.error == "error")
    }

    @Test func `variables and working folder are those that were asked for`() async throws {
        var spec = Self.shell("printf '%s|%s|%s' \"$JOULE_TEST\" \"$PWD\" \"${HOME:+inherited}\"")
        spec.environment = ["JOULE_TEST": "a b"]
        spec.workingDirectory = "/usr"
        #expect(try await capture(spec).output == "a b|/usr|inherited")
    }

    @Test func `a name is looked up in the path`() async throws {
        #expect(try await capture(ChildSpec(executable: "sh", arguments: ["-c", "exit 5"])).exit == .code(5))
    }

    @Test func `a group of its own is the child's number, otherwise it is ours`() async throws {
        let script = "import os; print(os.getpgid(0) == os.getpid(), os.getpgid(0))"
        for own in [true, false] {
            let ended = try await capture(ChildSpec(executable: "python3", arguments: ["-c", script], ownGroup: own))
            #expect(ended.output.hasPrefix(own ? "True" : "False \(getpgid(0))"))
        }
    }

    // MARK: What cannot be started

    @Test(arguments: ["/no/such/program", "joulebench-no-such-program", "/etc/passwd"])
    func `a program that cannot be started is named`(program: String) async throws {
        let folder = try TemporaryFolder()
        let spec = ChildSpec(executable: program)
        let failures = [
            await #expect(throws: Failure.self) { try await capture(spec) },
            await #expect(throws: Failure.self) { try await runForeground(spec, started: { _ in Issue.record("it started") }) },
            await #expect(throws: Failure.self) {
                try await withPipedChild(spec, errorFile: folder.file("stderr")) { _ in Issue.record("it started") }
            },
        ]
        for failure in failures {
            #expect(failure?.code == "process.spawn")
            #expect(failure?.message.contains(program) == true)
            #expect(failure?.remedy != nil)
        }
    }

    @Test func `a log for standard error that cannot be made is named`() async {
        let failure = await #expect(throws: Failure.self) {
            try await withPipedChild(ChildSpec(executable: "cat"), errorFile: "/no/such/folder/stderr") { _ in }
        }
        #expect(failure?.code == "process.stderr-file")
        #expect(failure?.message.contains("/no/such/folder/stderr") == true)
    }

    // MARK: In the foreground

    @Test func `a command in the foreground says its number at once and its end later`() async throws {
        let started = Box<[Int32]>([])
        let ended = try await runForeground(Self.shell("exit 4"), outputToError: true) { pid in started.change { $0.append(pid) } }
        #expect(ended == .code(4))
        #expect(started.value.count == 1)
        #expect(started.value.allSatisfy { $0 > 0 && !isRunning($0) })
    }

    // MARK: Piped

    @Test func `megabytes go in and come out unchanged while both happen at once`() async throws {
        let folder = try TemporaryFolder()
        let sent = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 8) ^ ($0 >> 16)) }
        let (received, exit) = try await withPipedChild(
            Self.shell("printf words >&2; exec cat"), errorFile: folder.file("stderr")
        ) { child in
            async let writing: Void = onThread { try writeAll(sent, to: child.input) }
            let received = try await onThread { readBytes(sent.count, from: child.output) }
            try await writing
            return received
        }
        #expect(received == sent)
        #expect(exit == .code(0))
        #expect(try folder.text("stderr") == "words")
    }

    @Test func `the log for standard error is appended to`() async throws {
        let folder = try TemporaryFolder()
        for word in ["one ", "two "] {
            _ = try await withPipedChild(Self.shell("printf '\(word)' >&2"), errorFile: folder.file("stderr")) { _ in }
        }
        #expect(try folder.text("stderr") == "one two ")
    }

    @Test func `the input is closed when the body returns, so that a child that reads to the end ends`() async throws {
        let folder = try TemporaryFolder()
        let (_, exit) = try await withPipedChild(Self.shell("cat >/dev/null; exit 6"), errorFile: folder.file("stderr")) { _ in }
        #expect(exit == .code(6))
    }

    /// In a process of its own: a SIGPIPE would be the end of all tests.
    @Test func `a child that closes early makes the write fail and not the process`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let spec = ChildSpec(executable: "/bin/sh", arguments: ["-c", "exit 3"])
            let (failed, exit) = try await withPipedChild(spec, errorFile: folder.file("stderr")) { child in
                try await onThread {
                    _ = readBytes(1, from: child.output)
                    do {
                        try writeAll([UInt8](repeating: 1, count: 1_000_000), to: child.input)
                        return Int32(0)
                    } catch let error as POSIXError {
                        return error.code.rawValue
                    }
                }
            }
            #expect(failed == EPIPE)
            #expect(exit == .code(3))
        }
    }

    @Test func `a child that does not end by itself is made to after a while`() async throws {
        let folder = try TemporaryFolder()
        let (_, exit) = try await withPipedChild(
            Self.shell("exec sleep 600"), errorFile: folder.file("stderr"), patience: .milliseconds(50)
        ) { _ in }
        #expect(exit == .signal(SIGTERM))
    }

    @Test func `a child that ignores being asked to end is killed`() async throws {
        let folder = try TemporaryFolder()
        let (_, exit) = try await withPipedChild(
            Self.stubborn, errorFile: folder.file("stderr"), patience: .milliseconds(50)
        ) { child in try await onThread { #expect(readBytes(6, from: child.output) == Array("ready\n".utf8)) } }
        #expect(exit == .signal(SIGKILL))
    }

    // MARK: Cancellation

    private static let stubborn = ChildSpec(
        executable: "python3",
        arguments: [
            "-uc",
            "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready'); time.sleep(600)",
        ], ownGroup: true)

    /// Runs a child until it has said `ready`, cancels, and gives its number.
    private static func cancelled(_ spec: ChildSpec) async throws -> Int32 {
        let folder = try TemporaryFolder()
        let running = Box<Int32?>(nil)
        let task = Task {
            try await withPipedChild(spec, errorFile: folder.file("stderr")) { child in
                let ready = try await onThread { readBytes(6, from: child.output) }
                #expect(ready == Array("ready\n".utf8))
                running.change { $0 = child.pid }
                try await Task.sleep(for: .seconds(600))
            }
        }
        #expect(try await eventually { running.value != nil })
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        return try #require(running.value)
    }

    @Test func `a cancelled call leaves no child`() async throws {
        #expect(!isRunning(try await Self.cancelled(Self.shell("echo ready; exec sleep 600"))))
    }

    @Test func `a child that ignores SIGTERM is killed when the call is cancelled`() async throws {
        #expect(!isRunning(try await Self.cancelled(Self.stubborn)))
    }

    @Test func `a cancelled call ends the child's whole group`() async throws {
        let folder = try TemporaryFolder()
        let script = "sleep 600 & echo $! >'\(folder.file("grandchild"))'; echo ready; wait"
        #expect(!isRunning(try await Self.cancelled(Self.shell(script, ownGroup: true))))
        let grandchild = try #require(Int32(try folder.text("grandchild").trimmingCharacters(in: .newlines)))
        #expect(try await eventually { !isRunning(grandchild) })
    }

    @Test func `a body that throws ends the child and its error comes out`() async throws {
        let folder = try TemporaryFolder()
        let pid = Box<Int32>(0)
        await #expect(throws: CocoaError.self) {
            try await withPipedChild(Self.shell("exec sleep 600"), errorFile: folder.file("stderr")) { child in
                pid.change { $0 = child.pid }
                throw CocoaError(.featureUnsupported)
            }
        }
        #expect(pid.value > 0 && !isRunning(pid.value))
    }

    // MARK: Descriptors

    /// In a process of its own, because other tests open descriptors too.
    @Test func `a hundred children leave no descriptor open`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let errorFile = folder.file("stderr")
            func round() async throws {
                _ = try await withPipedChild(ChildSpec(executable: "/bin/true"), errorFile: errorFile) { _ in }
                _ = try await capture(ChildSpec(executable: "/bin/true"))
                _ = try? await withPipedChild(ChildSpec(executable: "/no/such"), errorFile: errorFile) { _ in }
                _ = try? await withPipedChild(ChildSpec(executable: "/bin/true"), errorFile: "/no/such/file") { _ in }
                let pipe = try ChildPipe.start(executable: "/bin/true", arguments: [])
                _ = try await onThread { readBytes(1, from: pipe.readDescriptor) }
                #expect(try await eventually { pipe.exitDescription != nil })
                let missing = try ChildPipe.start(executable: "/no/such", arguments: [])
                #expect(try await eventually { missing.exitDescription != nil })
            }
            // The first round opens what stays for good: the library's own event descriptors.
            try await round()
            let before = openDescriptors()
            for _ in 0..<25 { try await round() }
            // A sanitizer may open two for the program that finds its names; a leak would be one for each of 25 children or more.
            let isClean = try await eventually(within: .seconds(20)) { openDescriptors().count <= before.count + 4 }
            #expect(isClean, "\(openDescriptors().filter { before[$0.key] != $0.value }) were not there before")
        }
    }
}
