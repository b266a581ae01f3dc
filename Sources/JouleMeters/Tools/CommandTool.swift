import JouleModel
import JouleProcess
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A program of the system that measures, where it lies on this machine.
package struct CommandTool: Hashable, Sendable {
    package let executable: String
    /// `ipmitool`.
    package var name: String { executable.split(separator: "/").last.map(String.init) ?? executable }

    package init(executable: String) { self.executable = executable }

    /// Nil when no folder of the search path has it. The folders of the superuser are looked into last: users' paths often lack them.
    package init?(named name: String, searchPath: String? = getenv("PATH").map({ String(cString: $0) })) {
        let folders = (searchPath ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
        guard let folder = folders.first(where: { access("\($0)/\(name)", X_OK) == 0 }) else { return nil }
        executable = "\(folder)/\(name)"
    }

    /// What the program prints, its complaints among it. Blocks the calling thread until the program has ended.
    ///
    /// - Throws: `meter.timeout` when it has not ended after `patience`, and is ended then.
    func output(_ arguments: [String], patience: Duration) throws(Failure) -> String {
        let child = try ChildPipe.start(executable: executable, arguments: arguments, withErrors: true)
        var lines = PipeLines(descriptor: child.readDescriptor)
        let deadline = Instant.now + patience
        while !lines.isAtEnd {
            guard lines.receive(until: deadline) != nil || lines.isAtEnd else {
                child.terminate()
                throw Failure(
                    "meter.timeout", "\(name) has not answered for \(patience.seconds) s",
                    remedy: "run `\(executable) \(arguments.joined(separator: " "))` by hand")
            }
        }
        return lines.takeRemainder()
    }
}
