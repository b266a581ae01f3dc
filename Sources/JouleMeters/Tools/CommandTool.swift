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

    /// The folders in which the system looks for programs, as it separates them.
    package static var searchPath: String? { getenv("PATH").map { String(cString: $0) } }

    /// Nil when no folder has it.
    ///
    /// - Parameter folders: looked into last. Users' paths often lack those of the superuser.
    package init?(named name: String, searchPath: String? = Self.searchPath, alsoIn folders: [String] = ["/usr/sbin", "/sbin"]) {
        let folders = (searchPath ?? "").split(separator: ":").map(String.init) + folders
        guard let folder = folders.first(where: { access("\($0)/\(name)", X_OK) == 0 }) else { return nil }
        executable = "\(folder)/\(name)"
    }

    /// What the program prints, its complaints among it. Blocks the calling thread until the program has ended.
    ///
    /// - Parameter place: where the reason of a silence may stand too.
    /// - Throws: `meter.timeout` when it has not ended after `patience`, and is ended then.
    func output(
        _ arguments: [String], patience: Duration, withErrors: Bool = true, alsoLookAt place: String? = nil
    ) throws(Failure) -> String {
        let child = try ChildPipe.start(executable: executable, arguments: arguments, withErrors: withErrors)
        var lines = PipeLines(descriptor: child.readDescriptor)
        let deadline = Instant.now + patience
        while !lines.isAtEnd {
            guard lines.receive(until: deadline) != nil || lines.isAtEnd else {
                child.terminate()
                throw Failure(
                    "meter.timeout", "\(name) has not answered for \(patience.seconds) s",
                    remedy: "run `\(executable) \(arguments.joined(separator: " "))` by hand\(place.map { " and look at \($0)" } ?? "")")
            }
        }
        return lines.takeRemainder()
    }
}
