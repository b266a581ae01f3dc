import Foundation
import JouleUnits

/// A folder that is removed with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "joule-process-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
    func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }
}

/// A value that a child's callback and the test share.
final class Box<Value: Sendable>: Sendable {
    private let storage: Guarded<Value>
    init(_ value: Value) { storage = Guarded(value) }
    var value: Value { storage.withLock { $0 } }
    func change(_ body: @Sendable (inout Value) -> Void) { storage.withLock { body(&$0) } }
}

/// Waits for what another process or thread brings about; false when it has not come within the limit.
func eventually(within limit: Duration = .seconds(120), _ condition: @Sendable () -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while !condition() {
        if ContinuousClock.now > end { return false }
        try await Task.sleep(for: .milliseconds(2))
    }
    return true
}

/// Runs blocking work on a thread of its own.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result { try work() }) }.start()
    }
}

func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws {
    var offset = 0
    while offset < bytes.count {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + offset, bytes.count - offset) }
        if count < 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        offset += count
    }
}

/// So many bytes, or fewer when the other end is closed.
func readBytes(_ count: Int, from descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < count {
        let got = read(descriptor, &buffer, min(buffer.count, count - bytes.count))
        if got < 0, errno == EINTR { continue }
        if got <= 0 { break }
        bytes += buffer[..<got]
    }
    return bytes
}

/// Whether there is such a process, and it is more than an entry that nobody has asked for yet.
func isRunning(_ pid: Int32) -> Bool {
    guard kill(pid, 0) == 0 else { return false }
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8), let end = status.lastIndex(of: ")") else {
        return false
    }
    return !status[end...].hasPrefix(") Z")
}

/// What this process has open, by number: `pipe:[4711]`, a path.
func openDescriptors() -> [String: String] {
    let folder = "/proc/self/fd"
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return Dictionary(
        uniqueKeysWithValues: numbers.map { ($0, (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) ?? "?") })
}
