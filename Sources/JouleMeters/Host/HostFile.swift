#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Why a file of the host could not be read.
struct FileFailure: Error, Hashable {
    let path: String
    /// The system's error number.
    let number: Int32
    /// Owner and permission bits, where they explain the refusal.
    let guardedBy: Guard?

    struct Guard: Hashable {
        let owner: UInt32
        let mode: UInt32
    }

    init(path: String, number: Int32) {
        self.path = path
        self.number = number
        var status = stat()
        if number == EACCES || number == EPERM, stat(path, &status) == 0 {
            guardedBy = Guard(owner: status.st_uid, mode: UInt32(status.st_mode) & 0o7777)
        } else {
            guardedBy = nil
        }
    }

    /// Whether rights, and not the file, are what is missing.
    var isPermission: Bool { number == EACCES || number == EPERM }

    /// `/sys/…/energy_uj: permission denied (owner root, mode 0400)`.
    var reason: String {
        guard let guardedBy else { return "\(path): \(SystemError.text(number))" }
        let owner = guardedBy.owner == 0 ? "root" : "uid \(guardedBy.owner)"
        let octal = String(guardedBy.mode, radix: 8)
        let mode = String(repeating: "0", count: max(0, 4 - octal.count)) + octal
        return "\(path): \(SystemError.text(number)) (owner \(owner), mode \(mode))"
    }
}

/// Error numbers in words.
enum SystemError {
    /// A closed set of phrases, because the reasons of failed reads are kept by number in a table that must stay small.
    static func text(_ number: Int32) -> String {
        switch number {
        case EACCES: "permission denied"
        case EPERM: "operation not permitted"
        case ENOENT: "no such file"
        case ENOTDIR: "not a folder"
        case EISDIR: "is a folder"
        case ENODEV, ENXIO: "no such device"
        case EIO: "input/output error"
        case EAGAIN: "temporarily unavailable"
        case EBUSY: "device busy"
        case EINVAL: "invalid argument"
        case EMFILE, ENFILE: "too many open files"
        case ETIMEDOUT: "timed out"
        case ESRCH: "no such process"
        case ENODATA: "no data"
        default: "error \(number)"
        }
    }
}

/// Whole files, folders and links of the host, read once; what is read again and again is a `KernelFile`.
enum HostFile {
    /// The file's bytes. Files of `/proc` have no size, so it is read until it ends.
    static func bytes(_ path: String) throws(FileFailure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: path, number: errno) }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 {
                content.append(contentsOf: chunk[..<count])
            } else if count == 0 {
                return content
            } else if errno != EINTR {
                throw FileFailure(path: path, number: errno)
            }
        }
    }

    /// The file's text without the line break at its end.
    static func text(_ path: String) throws(FileFailure) -> String {
        var text = String(decoding: try bytes(path), as: UTF8.self)
        while let last = text.last, last.isWhitespace || last == "\0" { text.removeLast() }
        return text
    }

    /// The text where the file can be read: for facts whose absence needs no reason.
    static func textIfPresent(_ path: String) -> String? {
        do { return try text(path) } catch { return nil }
    }

    static func integerIfPresent(_ path: String) -> Int64? { textIfPresent(path).flatMap { Int64($0) } }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The names in a folder, sorted, without `.` and `..`.
    static func names(in path: String) throws(FileFailure) -> [String] {
        guard let folder = opendir(path) else { throw FileFailure(path: path, number: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The last part of what a symbolic link points to.
    static func linkTarget(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            readlink(path, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "/").last.map(String.init)
    }
}
