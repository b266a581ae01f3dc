import Foundation
import JouleModel

/// Whole files, written so that a reader sees the old one or the new one and never half of either.
package enum FileSystem {
    /// Writes to a temporary name, syncs, renames.
    package static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let temporary = path + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("cannot create", temporary, errno) }
        do throws(Failure) {
            try writeAll(bytes, to: descriptor, path: temporary)
            guard fsync(descriptor) == 0 else { throw failure("cannot sync", temporary, errno) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        close(descriptor)
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw failure("cannot rename to", path, code)
        }
    }

    package static func write(_ text: String, to path: String) throws(Failure) { try write(Array(text.utf8), to: path) }

    package static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot read", path, errno) }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size) + 1)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("cannot read", path, errno)
            }
            bytes += buffer[..<count]
        }
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Removes a file; nothing happens when there is none.
    package static func remove(_ path: String) throws(Failure) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw failure("cannot remove", path, errno)
    }

    package static func createDirectory(_ path: String) throws(Failure) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Failure(
                "store.create", "cannot create the folder \(path)", cause: error.localizedDescription,
                remedy: "choose another folder with `--results-dir DIR`")
        }
    }

    /// Makes the folder that a file is to stand in.
    package static func createFolder(of path: String) throws(Failure) {
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty { try createDirectory(folder) }
    }

    static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(Failure) {
        var written = 0
        try writeAll(bytes, to: descriptor, path: path, written: &written)
    }

    /// - Parameter written: how many bytes the kernel has taken, also after a failure.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String, written: inout Int) throws(Failure) {
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress! + written, bytes.count - written) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("cannot write", path, errno)
            }
            written += count
        }
    }

    /// Runs the body while no other process, and no other thread of this one, does so for the same folder.
    package static func withLock(on folder: String, _ body: () throws(Failure) -> Void) throws(Failure) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot open", folder, errno) }
        defer {
            // A child that has not yet become its program shares the lock; a close alone would leave it there.
            flock(descriptor, LOCK_UN)
            close(descriptor)
        }
        while flock(descriptor, LOCK_EX) != 0 {
            // A file system without locks: what was possible before is possible still.
            if errno != EINTR { break }
        }
        try body()
    }

    static func failure(_ what: String, _ path: String, _ code: Int32) -> Failure {
        let full = code == ENOSPC || code == EDQUOT || code == EFBIG
        return Failure(
            full ? "store.disk-full" : "store.io", "\(what) \(path)", cause: String(cString: strerror(code)),
            remedy: full ? "free space there or choose another folder with `--results-dir DIR`" : nil)
    }
}

/// JSON as every file of a run has it: sorted keys, two-space indent, a newline at the end.
package enum JSONText {
    package static func encode(_ value: some Encodable) throws(Failure) -> [UInt8] {
        try encode(value, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    /// One line, for append-only logs.
    package static func encodeLine(_ value: some Encodable) throws(Failure) -> [UInt8] {
        try encode(value, options: [.sortedKeys, .withoutEscapingSlashes])
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8], path: String) throws(Failure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Failure("store.decode", "\(path) is not what this version writes", cause: "\(error)")
        }
    }

    private static func encode(_ value: some Encodable, options: JSONEncoder.OutputFormatting) throws(Failure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = options
        do {
            return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
        } catch {
            throw Failure("store.encode", "a result cannot be written as JSON", cause: "\(error)")
        }
    }
}
