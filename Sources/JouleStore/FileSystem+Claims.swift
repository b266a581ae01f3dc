import Foundation
import JouleModel

/// What several machines on one file system may try at the same time, and one of them succeeds with.
extension FileSystem {
    /// Writes a whole file under a name that must be free; what a reader finds there is never half of it.
    ///
    /// The name is taken by a link, which file servers too give to one caller alone (open(2), on `O_EXCL`); a reply that got lost shows in
    /// the number of links.
    ///
    /// - Returns: false when the name is taken.
    package static func create(_ bytes: [UInt8], at path: String) throws(Failure) -> Bool {
        let draft = "\(path).\(UUID().uuidString).tmp"
        defer { unlink(draft) }
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("cannot create", draft, errno) }
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor, path: draft)
        guard fsync(descriptor) == 0 else { throw failure("cannot sync", draft, errno) }
        if link(draft, path) == 0 { return true }
        let code = errno
        var status = stat()
        if stat(draft, &status) == 0, status.st_nlink == 2 { return true }
        switch code {
        case EEXIST: return false
        case EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS, EMLINK:
            // No links here: an empty file takes the name, and the whole one takes its place.
            let claim = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard claim >= 0 else {
                if errno == EEXIST { return false }
                throw failure("cannot create", path, errno)
            }
            close(claim)
            guard rename(draft, path) == 0 else { throw failure("cannot rename to", path, errno) }
            return true
        default: throw failure("cannot create", path, code)
        }
    }

    /// Makes a folder whose name must be free, in one that is there.
    ///
    /// - Returns: false when the name is taken.
    package static func claimDirectory(_ path: String) throws(Failure) -> Bool {
        if mkdir(path, 0o755) == 0 { return true }
        guard errno == EEXIST else { throw failure("cannot create", path, errno) }
        return false
    }

    /// Gives a file another name.
    ///
    /// - Returns: false when there is no such file any more.
    package static func move(_ path: String, to other: String) throws(Failure) -> Bool {
        if rename(path, other) == 0 { return true }
        guard errno == ENOENT else { throw failure("cannot rename to", other, errno) }
        return false
    }

    /// The names in a folder, sorted; none when there is no such folder.
    package static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }
}
