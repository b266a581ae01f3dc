import Foundation
import JouleModel

/// A file of results that grows by a whole piece with every run, also when several runs end at the same moment.
package enum GrowingFile {
    /// Appends a line of JSON.
    ///
    /// A last line that a kill or a full disk cut off is removed before, because no reader could go past it; what it told is in its run's
    /// own folder. A whole line without its end gets one.
    ///
    /// - Parameter line: ends in a newline.
    /// - Returns: a note when a cut line was removed.
    package static func appendLine(_ line: [UInt8], to path: String) throws(Failure) -> String? {
        var note: String?
        try grow(path) { (descriptor, size) throws(Failure) in
            let start = try lineStart(descriptor, size: size, path: path)
            guard start < size else { return line }
            let tail = try read(descriptor, from: start, to: size, path: path)
            if (try? JSONSerialization.jsonObject(with: Data(tail))) != nil { return [UInt8(ascii: "\n")] + line }
            guard ftruncate(descriptor, off_t(start)) == 0 else { throw FileSystem.failure("cannot shorten", path, errno) }
            note = "\(path): the last line was cut off and is removed"
            return line
        }
        return note
    }

    /// Appends a section of text, an empty line behind what is there.
    package static func appendSection(_ text: String, to path: String) throws(Failure) {
        try grow(path) { (descriptor, size) throws(Failure) in
            guard size > 0 else { return Array(text.utf8) }
            let isEnded = try read(descriptor, from: size - 1, to: size, path: path) == [UInt8(ascii: "\n")]
            return Array(((isEnded ? "\n" : "\n\n") + text).utf8)
        }
    }

    /// Appends what `piece` makes of the open file and its size, all of it or nothing.
    private static func grow(_ path: String, by piece: (Int32, Int) throws(Failure) -> [UInt8]) throws(Failure) {
        try FileSystem.createFolder(of: path)
        let folder = (path as NSString).deletingLastPathComponent
        try FileSystem.withLock(on: folder.isEmpty ? "." : folder) { () throws(Failure) in
            let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw FileSystem.failure("cannot open", path, errno) }
            defer { close(descriptor) }
            let bytes = try piece(descriptor, try size(of: descriptor, path: path))
            let before = try size(of: descriptor, path: path)
            do throws(Failure) {
                try FileSystem.writeAll(bytes, to: descriptor, path: path)
                guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileSystem.failure("cannot sync", path, errno) }
            } catch {
                ftruncate(descriptor, off_t(before))
                throw error
            }
        }
    }

    private static func size(of descriptor: Int32, path: String) throws(Failure) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileSystem.failure("cannot read", path, errno) }
        return Int(status.st_size)
    }

    /// Where the last line begins; the size when the file is empty or its last line is ended.
    private static func lineStart(_ descriptor: Int32, size: Int, path: String) throws(Failure) -> Int {
        var end = size
        while end > 0 {
            let start = max(0, end - 65_536)
            let block = try read(descriptor, from: start, to: end, path: path)
            if let newline = block.lastIndex(of: UInt8(ascii: "\n")) { return start + newline + 1 }
            end = start
        }
        return 0
    }

    private static func read(_ descriptor: Int32, from start: Int, to end: Int, path: String) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: end - start)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress! + done, $0.count - done, off_t(start + done)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileSystem.failure("cannot read", path, errno) }
            done += count
        }
        return bytes
    }
}
