import Foundation
import JouleMeters
import JouleModel

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Samples in a folder, so that those taken before a restart of the agent can still be fetched after it.
///
/// Two files take turns: the current one is appended to, and takes the place of the previous one when it has half the allowed size. Only what
/// was taken since the machine's last boot, from the same meters, is taken up again: other stamps and other channels could not be joined.
///
/// Not Sendable: owned by the store.
package final class SampleSpool {
    /// The first line of each file.
    private struct Header: Codable, Hashable {
        var spool = 1
        let bootID: String
        let channels: [MeterChannel]
        private enum CodingKeys: String, CodingKey {
            case spool, channels
            case bootID = "boot_id"
        }
    }

    private let folder: String
    private let header: Header
    private let maximumBytes: Int
    private let lock: Int32
    private var descriptor: Int32 = -1
    private var size = 0
    /// What former processes left, in order; empty where there is nothing to go on with, and once it was taken.
    package private(set) var restored: [SampleBatch] = []

    /// Hands over what was restored.
    func takeRestored() -> [SampleBatch] {
        defer { restored = [] }
        return restored
    }

    private var current: String { folder + "/current.spool" }
    private var previous: String { folder + "/previous.spool" }

    /// - Parameters:
    ///   - bootID: of the machine; nil where it has none, and then nothing is taken up.
    ///   - maximumBytes: of both files together.
    /// - Throws: `agent.spool` when the folder cannot be used, or another agent uses it.
    package init(folder: String, channels: [MeterChannel], bootID: String?, maximumBytes: Int) throws(Failure) {
        self.folder = folder
        self.maximumBytes = maximumBytes
        header = Header(bootID: bootID ?? "", channels: channels)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Failure("agent.spool", "the spool folder \(folder) cannot be made", cause: "\(error)")
        }
        lock = open(folder + "/lock", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw Self.failure("cannot be written", folder) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            // `deinit` closes the file: every property has its value by now.
            throw Failure("agent.spool", "another agent uses the spool folder \(folder)", remedy: "give each agent a folder of its own")
        }
        if bootID != nil { takeUp() }
        if restored.isEmpty {
            unlink(previous)
            unlink(current)
        }
        try openCurrent()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        guard lock >= 0 else { return }
        // Said outright: a child of this process that has not yet become its program shares the lock, and a close alone would leave it there.
        flock(lock, LOCK_UN)
        close(lock)
    }

    /// Hands the samples to the kernel; they survive the end of this process.
    package func append(_ batch: SampleBatch) throws(Failure) {
        if size > maximumBytes / 2 {
            close(descriptor)
            descriptor = -1
            guard rename(current, previous) == 0 else { throw Self.failure("cannot be written", folder) }
            try openCurrent()
        }
        try write(try batch.encoded())
    }

    /// Gives up, and leaves nothing that a later process could take for whole.
    package func discard() {
        unlink(previous)
        unlink(current)
    }

    // MARK: Reading

    /// Reads both files; what does not go on where the batch before it ended makes everything before it useless.
    private func takeUp() {
        for path in [previous, current] {
            guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else { continue }
            let bytes = [UInt8](data)
            guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
                let found = try? JSONDecoder().decode(Header.self, from: Data(bytes[..<end])), found == header
            else {
                restored = []
                continue
            }
            var position = end + 1
            while position < bytes.count, let batch = try? SampleBatch(bytes, at: &position) {
                if let last = restored.last?.head, last.epoch != batch.head.epoch || last.first + Int64(last.count) != batch.head.first {
                    restored = []
                }
                restored.append(batch)
            }
            // A write that a kill has cut: what comes next must not be appended to half a record.
            if path == current, position < bytes.count { truncate(path, off_t(position)) }
        }
    }

    // MARK: Writing

    private func openCurrent() throws(Failure) {
        descriptor = open(current, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot be written", folder) }
        size = max(0, Int(lseek(descriptor, 0, SEEK_END)))
        guard size == 0 else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(header) else { throw Failure("agent.spool", "the spool's first line cannot be written") }
        try write(Array(line) + [UInt8(ascii: "\n")])
    }

    private func write(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure("cannot be written", folder)
            }
            rest = rest.dropFirst(count)
            size += count
        }
    }

    private static func failure(_ what: String, _ folder: String) -> Failure {
        let code = errno
        return Failure("agent.spool", "the spool in \(folder) \(what)", cause: String(cString: strerror(code)))
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }
