import CPlatform
import JouleModel
import Subprocess
import Synchronization

#if canImport(System)
import System
#else
import SystemPackage
#endif
#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// How a child ended.
package enum ChildExit: Hashable, Sendable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    package var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let number): "signal \(number)\(Self.names[number].map { " (\($0))" } ?? "")"
        }
    }

    /// What a shell would report: the code itself, or 128 plus the signal.
    package var shellStatus: Int32 {
        switch self {
        case .code(let code): code
        case .signal(let number): 128 + number
        }
    }

    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS",
        SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV", SIGPIPE: "SIGPIPE", SIGTERM: "SIGTERM",
    ]
}

/// What to start.
package struct ChildSpec: Hashable, Sendable {
    /// A path, or a name that is looked up in `PATH`.
    package var executable: String
    package var arguments: [String]
    /// Variables added to (or replacing those of) our own environment.
    package var environment: [String: String]
    package var workingDirectory: String?
    /// Put the child in a process group of its own, so that a Ctrl-C at the terminal reaches us alone.
    package var ownGroup: Bool

    package init(
        executable: String, arguments: [String] = [], environment: [String: String] = [:], workingDirectory: String? = nil,
        ownGroup: Bool = false
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.ownGroup = ownGroup
    }

    /// From SIGTERM to SIGKILL.
    fileprivate static let grace: Duration = .seconds(3)

    var target: Executable { executable.contains("/") ? .path(FilePath(executable)) : .name(executable) }

    var variables: Environment {
        var updates: [Environment.Key: String?] = [:]
        for (key, value) in environment {
            if let name = Environment.Key(rawValue: key) { updates[name] = value }
        }
        return .inherit.updating(updates)
    }

    fileprivate var options: PlatformOptions {
        var options = PlatformOptions()
        if ownGroup { options.processGroupID = 0 }
        // A group of its own ends as a whole: the child may be a shell around the program that was meant.
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: ownGroup, allowedDurationToNextStep: Self.grace)]
        return options
    }

    func failure(_ error: any Error) -> Failure {
        Failure(
            "process.spawn", "cannot start `\(executable)`", cause: "\(error)",
            remedy: "check that the program exists and may be executed")
    }
}

/// A running child whose standard input and output are pipes of ours; valid inside `withPipedChild`.
package struct PipedChild: Sendable {
    package let pid: Int32
    /// Write end of the child's standard input.
    package let input: Int32
    /// Read end of the child's standard output, meant for a blocking reader on a thread of its own.
    package let output: Int32
}

/// Runs a child with piped input and output for as long as `body` lasts.
///
/// When the body returns, the child's input is closed and its exit awaited, but not for ever; when the body throws or the task is
/// cancelled the child gets SIGTERM, and SIGKILL three seconds later: it cannot outlive the call. The body must return once `output` is
/// at its end. From the first call on a write to a child that has ended is an error of the write, not a SIGPIPE for this process.
///
/// - Parameters:
///   - errorFile: where the child's standard error goes.
///   - patience: how long the child may take to end after the body has returned, before it is made to.
package func withPipedChild<Result: Sendable>(
    _ spec: ChildSpec, errorFile: String, patience: Duration = .seconds(10),
    body: @escaping @Sendable (PipedChild) async throws -> Result
) async throws -> (Result, ChildExit) {
    signal(SIGPIPE, SIG_IGN)
    let errorDescriptor = open(errorFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard errorDescriptor >= 0 else {
        throw Failure("process.stderr-file", "cannot write \(errorFile)", cause: String(cString: strerror(errno)))
    }
    let toChild: (read: Int32, write: Int32)
    let fromChild: (read: Int32, write: Int32)
    do throws(Failure) {
        toChild = try pipePair()
        do throws(Failure) {
            fromChild = try pipePair()
        } catch {
            close(toChild.read)
            close(toChild.write)
            throw error
        }
    } catch {
        close(errorDescriptor)
        throw error
    }
    let input = ClosingDescriptor(toChild.write)
    let ending = Ending()
    defer {
        ending.reached()
        input.close()
        close(fromChild.read)
    }
    let outcome: ExecutionResult<Result, FileDescriptorOutput, FileDescriptorOutput>
    do {
        outcome = try await Subprocess.run(
            spec.target, arguments: Arguments(spec.arguments), environment: spec.variables,
            workingDirectory: spec.workingDirectory.map { FilePath($0) }, platformOptions: spec.options,
            input: .fileDescriptor(FileDescriptor(rawValue: toChild.read), closeAfterSpawningProcess: true),
            output: .fileDescriptor(FileDescriptor(rawValue: fromChild.write), closeAfterSpawningProcess: true),
            error: .fileDescriptor(FileDescriptor(rawValue: errorDescriptor), closeAfterSpawningProcess: true)
        ) { execution in
            defer { input.close() }
            let pid = execution.processIdentifier.value
            let result = try await body(PipedChild(pid: pid, input: toChild.write, output: fromChild.read))
            ending.force(spec.ownGroup ? -pid : pid, after: patience)
            return result
        }
    } catch let error as SubprocessError {
        throw spec.failure(error)
    }
    return (outcome.closureResult, ChildExit(outcome.terminationStatus))
}

/// Runs a command on our own standard streams, as a shell would, and returns how it ended.
///
/// - Parameters:
///   - outputToError: send what it prints to our standard error, where everything goes that is no result.
///   - started: called with the pid as soon as the command runs.
package func runForeground(
    _ spec: ChildSpec, outputToError: Bool = false, started: @escaping @Sendable (Int32) -> Void
) async throws -> ChildExit {
    do {
        let outcome = try await Subprocess.run(
            spec.target, arguments: Arguments(spec.arguments), environment: spec.variables,
            workingDirectory: spec.workingDirectory.map { FilePath($0) }, platformOptions: spec.options,
            input: .fileDescriptor(.standardInput, closeAfterSpawningProcess: false),
            output: outputToError ? .fileDescriptor(.standardError, closeAfterSpawningProcess: false) : .currentStandardOutput,
            error: .currentStandardError
        ) { execution in started(execution.processIdentifier.value) }
        return ChildExit(outcome.terminationStatus)
    } catch let error as SubprocessError {
        throw spec.failure(error)
    }
}

/// Runs a command to its end and returns what it printed, standard error after standard output.
///
/// - Parameter limit: bytes kept of each stream.
package func capture(_ spec: ChildSpec, limit: Int = 1_048_576) async throws -> (exit: ChildExit, output: String, error: String) {
    do {
        let outcome = try await Subprocess.run(
            spec.target, arguments: Arguments(spec.arguments), environment: spec.variables,
            workingDirectory: spec.workingDirectory.map { FilePath($0) }, platformOptions: spec.options, output: .string(limit: limit),
            error: .string(limit: limit))
        return (ChildExit(outcome.terminationStatus), outcome.standardOutput, outcome.standardError)
    } catch let error as SubprocessError {
        throw spec.failure(error)
    }
}

extension ChildExit {
    fileprivate init(_ status: TerminationStatus) {
        switch status {
        case .exited(let code): self = .code(Int32(code))
        case .signaled(let signal): self = .signal(Int32(signal))
        }
    }
}

func pipePair() throws(Failure) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    let result = jb_pipe_cloexec(&ends)
    guard result == 0 else {
        throw Failure(
            "process.pipe", "no pipe for a child process", cause: String(cString: strerror(result)),
            remedy: "raise the limit of open files, `ulimit -n`")
    }
    return (ends[0], ends[1])
}

/// A descriptor that is closed once, by whoever comes first.
private final class ClosingDescriptor: Sendable {
    private let descriptor: Mutex<Int32?>
    init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }
    func close() {
        let open = descriptor.withLock { current in
            defer { current = nil }
            return current
        }
        if let open { _ = systemClose(open) }
    }
}

/// Makes a child end that does not end by itself once it has nothing left to do.
private final class Ending: Sendable {
    private struct State {
        var isReached = false
        var task: Task<Void, any Error>?
    }
    private let state = Mutex(State())

    /// - Parameter target: a process, or less than zero for a process group.
    func force(_ target: Int32, after patience: Duration) {
        let task = Task {
            try await Task.sleep(for: patience)
            send(SIGTERM, to: target)
            try await Task.sleep(for: ChildSpec.grace)
            send(SIGKILL, to: target)
        }
        state.withLock { $0.task = task }
    }

    private func send(_ signal: Int32, to target: Int32) {
        // Under the lock: once the end is reached the number may belong to another process.
        state.withLock { if !$0.isReached { _ = kill(target, signal) } }
    }

    func reached() {
        let task = state.withLock { state in
            state.isReached = true
            return state.task
        }
        task?.cancel()
    }
}

private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
