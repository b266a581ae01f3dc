import JouleModel
import JouleUnits
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

/// A child whose standard output is read by a thread that blocks: how slow meters such as `nvidia-smi` are heard.
///
/// The child gets SIGTERM when `terminate` is called and dies of SIGPIPE at the latest when its reader is gone.
package final class ChildPipe: Sendable {
    /// Read end of the child's standard output; at its end the child has closed it or ended.
    package let readDescriptor: Int32
    private let state = Guarded(State())

    private struct State {
        var pid: Int32?
        var terminated = false
        var exit: String?
    }

    private init(readDescriptor: Int32) { self.readDescriptor = readDescriptor }

    deinit { close(readDescriptor) }

    /// Starts the program; its standard input is empty.
    ///
    /// - Parameter withErrors: whether its standard error comes through the pipe too, among the output; else it is discarded.
    package static func start(executable: String, arguments: [String], withErrors: Bool = false) throws(Failure) -> ChildPipe {
        let ends = try pipePair()
        let child = ChildPipe(readDescriptor: ends.read)
        let target: Executable = executable.contains("/") ? .path(FilePath(executable)) : .name(executable)
        // The task only waits for the child's end; nothing that is measured runs on it. Its starter blocks a thread, maybe the pool's last.
        Task(executorPreference: ThreadExecutor.children) { [child] in
            if withErrors {
                await child.run(target, arguments, writing: ends.write, error: .combinedWithOutput)
            } else {
                await child.run(target, arguments, writing: ends.write, error: .discarded)
            }
        }
        return child
    }

    private func run(_ target: Executable, _ arguments: [String], writing end: Int32, error: some ErrorOutputProtocol) async {
        do {
            let outcome = try await Subprocess.run(
                target, arguments: Arguments(arguments), input: .none,
                output: .fileDescriptor(FileDescriptor(rawValue: end), closeAfterSpawningProcess: true), error: error
            ) { execution in
                let stop = state.withLock { state in
                    state.pid = execution.processIdentifier.value
                    return state.terminated
                }
                if stop { kill(execution.processIdentifier.value, SIGTERM) }
            }
            state.withLock {
                $0.pid = nil
                $0.exit = "\(outcome.terminationStatus)"
            }
        } catch {
            state.withLock { $0.exit = "\(error)" }
        }
    }

    /// Asks the child to end; safe to call at any time.
    package func terminate() {
        let pid = state.withLock { state in
            state.terminated = true
            return state.pid
        }
        if let pid { kill(pid, SIGTERM) }
    }

    /// How the child ended, nil while it runs.
    package var exitDescription: String? { state.withLock { $0.exit } }
}
