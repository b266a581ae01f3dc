import Foundation
import JouleModel
import JouleUnits
import Logging

/// The log of one invocation: to standard error when asked to be verbose, and to a file where one is named.
struct LogLines: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let sink: LogSink

    /// - Throws: when the file cannot be written.
    static func logger(verbose: Bool, file: String?) throws(Failure) -> Logger {
        let sink = try LogSink(file: file, toStandardError: verbose)
        return Logger(label: "joulebench") { _ in
            LogLines(logLevel: verbose || file != nil ? .debug : .error, sink: sink)
        }
    }

    private init(logLevel: Logger.Level, sink: LogSink) {
        self.logLevel = logLevel
        self.sink = sink
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        sink.write("\(Date.now.ISO8601Format()) \(event.level) \(event.message)\(details)\n")
    }
}

private final class LogSink: Sendable {
    private let file: Guarded<FileHandle?>
    private let toStandardError: Bool

    init(file path: String?, toStandardError: Bool) throws(Failure) {
        self.toStandardError = toStandardError
        guard let path else {
            file = Guarded(nil)
            return
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure("usage.log-file", "cannot write the log file \(path)", cause: String(cString: strerror(errno)))
        }
        file = Guarded(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    }

    func write(_ line: String) {
        let bytes = Data(line.utf8)
        if toStandardError { FileHandle.standardError.write(bytes) }
        file.withLock { handle in
            // A log that cannot be written must not end the measurement it is about.
            try? handle?.write(contentsOf: bytes)
        }
    }
}
