import Foundation
import JouleModel
import JouleProcess
import JouleUnits

/// The FIFO through which a measured command names its phases; each line is stamped when it arrives.
final class MarkPipe: Sendable {
    struct Mark: Sendable {
        let name: String
        let window: Range<Instant>
    }

    let path: String
    private let folder: String
    private let keeper: Int32
    /// The line that ends the listening; a measured command cannot say it by chance.
    private let stopName = "\u{4}" + UUID().uuidString
    private let seen = Guarded<[(name: String, instant: Instant)]>([])

    init() throws(Failure) {
        let pattern = NSTemporaryDirectory() + "/joulebench-marks-XXXXXX"
        var template = Array(pattern.utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure("process.marks", "no temporary folder for the marks", cause: String(cString: strerror(errno)))
        }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = folder + "/marks"
        guard mkfifo(path, 0o600) == 0 else {
            let cause = String(cString: strerror(errno))
            rmdir(folder)
            throw Failure("process.marks", "cannot make the FIFO \(path)", cause: cause)
        }
        // Open for both directions: no open blocks, and the end of one writer is not the end of the stream.
        keeper = open(path, O_RDWR | O_CLOEXEC)
        guard keeper >= 0 else {
            let cause = String(cString: strerror(errno))
            unlink(path)
            rmdir(folder)
            throw Failure("process.marks", "cannot open the FIFO \(path)", cause: cause)
        }
        // The thread keeps this object alive, so that nobody closes the FIFO while it reads.
        _ = onOwnThread { [self] in listen() }
    }

    deinit { close(keeper) }

    /// Ends the last mark, removes the FIFO and returns the marks in their order.
    func finish(end: Instant) -> [Mark] {
        // The stop sign travels through the FIFO itself, behind whatever the command still wrote.
        let stop = [UInt8]("\n\(stopName)\n".utf8)
        _ = stop.withUnsafeBytes { write(keeper, $0.baseAddress, $0.count) }
        for _ in 0..<1_000 {
            if seen.withLock({ $0.last?.name == stopName }) { break }
            usleep(1_000)
        }
        unlink(path)
        rmdir(folder)
        let lines = seen.withLock { $0 }.filter { $0.name != stopName }
        var marks: [Mark] = []
        for (index, line) in lines.enumerated() where !line.name.isEmpty {
            // What arrived after the command's end, such as the line break before the stop sign, ends nothing later than that.
            let until = index + 1 < lines.count ? min(lines[index + 1].instant, end) : end
            if until > line.instant { marks.append(Mark(name: line.name, window: line.instant..<until)) }
        }
        return marks
    }

    private func listen() {
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(keeper, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            let now = Instant.now
            pending += buffer[..<count]
            while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let name = String(decoding: pending[..<end], as: UTF8.self).trimmingCharacters(in: .whitespaces)
                pending.removeSubrange(...end)
                seen.withLock { $0.append((name, now)) }
                if name == stopName { return }
            }
        }
    }
}
