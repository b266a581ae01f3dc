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

/// A child whose standard output is read by a thread that blocks: how slow meters such as `nvidia-smi` are heard.
///
/// The child gets SIGTERM when `terminate` is called and dies of SIGPIPE at the latest when its reader is gone.
package final class ChildPipe: Sendable {
    /// Read end of the child's standard output; at its end the child has closed it or ended.
    package let readDescriptor: Int32
    private let state = Mutex(State())

    private struct State {
        var pid: Int32?
        var terminated = false
        var exit: String?
    }

    private init(readDescriptor: Int32) { self.readDescriptor = readDescriptor }

    deinit { close(readDescriptor) }

    /// Starts the program; its standard input is empty, its standard error is discarded.
    package static func start(executable: String, arguments: [String]) throws(Failure) -> ChildPipe {
        let ends = try pipePair()
        let child = ChildPipe(readDescriptor: ends.read)
        let target: Executable = executable.contains("/") ? .path(FilePath(executable)) : .name(executable)
        // The task only waits for the child's end; nothing that is measured runs on it.
        Task { [child] in
            do {
                let outcome = try await Subprocess.run(
                    target, arguments: Arguments(arguments), input: .none,
                    output: .fileDescriptor(FileDescriptor(rawValue: ends.write), closeAfterSpawningProcess: true), error: .discarded
                ) { execution in
                    let stop = child.state.withLock { state in
                        state.pid = execution.processIdentifier.value
                        return state.terminated
                    }
                    if stop { kill(execution.processIdentifier.value, SIGTERM) }
                }
                child.state.withLock {
                    $0.pid = nil
                    $0.exit = "\(outcome.terminationStatus)"
                }
            } catch {
                child.state.withLock { $0.exit = "\(error)" }
            }
        }
        return child
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
