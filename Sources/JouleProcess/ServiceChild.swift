import JouleModel
import Subprocess

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

/// A service that we started; valid inside `withService`.
package struct RunningService: Sendable {
    package let pid: Int32

    /// Whether the service's first process is still there.
    package var isRunning: Bool {
        var info = siginfo_t()
        // Looks without taking the status, which belongs to whoever started the process.
        guard waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return false }
        #if canImport(Darwin)
        return info.si_pid == 0
        #else
        return info._sifields._sigchld.si_pid == 0
        #endif
    }
}

/// Runs a program that serves until it is told to stop, for as long as `body` lasts.
///
/// The program gets a process group of its own, no input, and writes to `logFile`. When the body ends, however it ends, the whole group gets SIGTERM, and
/// SIGKILL after `grace`: neither the service nor a child of it outlives the call.
package func withService<Result: Sendable>(
    _ spec: ChildSpec, logFile: String, grace: Duration = .seconds(15), body: @escaping @Sendable (RunningService) async throws -> Result
) async throws -> Result {
    let log = open(logFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard log >= 0 else { throw Failure("process.log-file", "cannot write \(logFile)", cause: String(cString: strerror(errno))) }
    defer { close(log) }
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)]
    do {
        let outcome = try await Subprocess.run(
            spec.target, arguments: Arguments(spec.arguments), environment: spec.variables,
            workingDirectory: spec.workingDirectory.map { FilePath($0) }, platformOptions: options, input: .none,
            output: .fileDescriptor(FileDescriptor(rawValue: log), closeAfterSpawningProcess: false),
            error: .fileDescriptor(FileDescriptor(rawValue: log), closeAfterSpawningProcess: false)
        ) { execution in
            let pid = execution.processIdentifier.value
            let result = await Outcome { try await body(RunningService(pid: pid)) }
            await execution.teardown(using: [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)])
            return (pid, result)
        }
        let (pid, result) = outcome.closureResult
        await endGroup(pid)
        return try result.get()
    } catch let error as SubprocessError {
        throw spec.failure(error)
    }
}

/// What a body came to, kept until its surroundings are put away.
private enum Outcome<Value: Sendable>: Sendable {
    case success(Value)
    case failure(any Error)

    init(_ body: () async throws -> Value) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }

    func get() throws -> Value {
        switch self {
        case .success(let value): return value
        case .failure(let error): throw error
        }
    }
}

/// Ends what is left of a group whose first process is gone: two seconds to go by themselves, then SIGKILL.
private func endGroup(_ group: Int32) async {
    // Not bound to the task, which may be cancelled and could not sleep.
    await Task.detached {
        let deadline = ContinuousClock.now + .seconds(2)
        while kill(-group, 0) == 0 {
            if ContinuousClock.now > deadline {
                _ = kill(-group, SIGKILL)
                return
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }.value
}
