import JouleModel
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Adds up the processor time of a process and everything it started; owned by one reader on its thread.
///
/// Members are looked for at most once a second, because that walks through all of `/proc`; in between only theirs is read. A process
/// that lives and dies between two searches is not lost: its parent inherits its time (`cutime`, `cstime`).
final class ProcessTreeClock {
    static let searchInterval: Duration = .seconds(1)

    private struct Process {
        let pid: Int32
        let entry: ProcessEntry
    }

    private struct Member {
        let pid: Int32
        /// A pid is used again; a start time is not.
        let start: UInt64
    }

    private let folder: ProcessFolder
    private var members: [Member] = []
    private var processes: [Process] = []
    private var lastSearch: Instant?
    private var root: Int32?

    init(root: HostRoot) throws(FileFailure) {
        folder = try ProcessFolder(path: root.resolve("/proc"))
        // Room for what is usual, so that reading does not allocate; a larger machine costs a growth or two.
        members.reserveCapacity(1_024)
        processes.reserveCapacity(8_192)
    }

    /// Ticks used by the tree since its root began; nil when the root is gone.
    ///
    /// A member that leaves the tree (its parent ended first) stays one as long as it lives.
    func ticks(of root: Int32, at instant: Instant) -> UInt64? {
        guard folder.entry(root) != nil else { return nil }
        if self.root != root {
            self.root = root
            members.removeAll(keepingCapacity: true)
            lastSearch = nil
        }
        if lastSearch.map({ instant - $0 >= Self.searchInterval }) ?? true {
            search()
            lastSearch = instant
        }
        var sum: UInt64 = 0
        for member in members {
            if let entry = folder.entry(member.pid), entry.start == member.start { sum += entry.ticks }
        }
        return sum
    }

    private func search() {
        processes.removeAll(keepingCapacity: true)
        folder.forEachNumber { pid in
            if let entry = folder.entry(pid) { processes.append(Process(pid: pid, entry: entry)) }
        }
        members.removeAll { member in !processes.contains { $0.pid == member.pid && $0.entry.start == member.start } }
        var grown = true
        while grown {
            grown = false
            for process in processes where isNew(process) {
                members.append(Member(pid: process.pid, start: process.entry.start))
                grown = true
            }
        }
    }

    private func isNew(_ process: Process) -> Bool {
        guard process.pid == root || members.contains(where: { $0.pid == process.entry.parent }) else { return false }
        return !members.contains { $0.pid == process.pid }
    }
}

/// What one line of `/proc/<pid>/stat` says.
struct ProcessEntry: Hashable {
    let parent: Int32
    /// Own time, and that of children that have ended and been waited for.
    let ticks: UInt64
    /// Ticks after boot at which it began.
    let start: UInt64

    init?(_ bytes: UnsafeRawBufferPointer) {
        var scanner = ByteScanner(bytes)
        // The second field is the program's name, in brackets, and may itself hold brackets and blanks.
        guard scanner.skipPastLast(UInt8(ascii: ")")) else { return nil }
        scanner.skipWord()
        guard let parent = scanner.unsigned() else { return nil }
        for _ in 5...13 { scanner.skipWord() }
        guard let user = scanner.unsigned(), let system = scanner.unsigned(), let childUser = scanner.unsigned(),
            let childSystem = scanner.unsigned()
        else { return nil }
        for _ in 18...21 { scanner.skipWord() }
        guard let start = scanner.unsigned() else { return nil }
        self.parent = Int32(truncatingIfNeeded: parent)
        self.start = start
        ticks = user + system + childUser + childSystem
    }
}

/// `/proc`, held open: its numbered folders can be listed and their `stat` read without allocating.
final class ProcessFolder {
    #if canImport(Darwin)
    private let folder: UnsafeMutablePointer<DIR>
    #else
    private let folder: OpaquePointer
    #endif

    init(path: String) throws(FileFailure) {
        guard let folder = opendir(path) else { throw FileFailure(path: path, number: errno) }
        self.folder = folder
    }

    deinit { closedir(folder) }

    func forEachNumber(_ body: (Int32) -> Void) {
        rewinddir(folder)
        while let entry = readdir(folder) {
            let number = withUnsafeBytes(of: &entry.pointee.d_name) { bytes -> UInt64? in
                var scanner = ByteScanner(bytes)
                return scanner.attachedNumber()
            }
            if let number { body(Int32(truncatingIfNeeded: number)) }
        }
    }

    /// nil when there is no such process any more.
    func entry(_ pid: Int32) -> ProcessEntry? {
        withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 1) { buffer in
            Self.writePath(of: pid, into: buffer)
            guard let name = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return nil }
            let descriptor = openat(dirfd(folder), name, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return nil }
            defer { close(descriptor) }
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            guard count > 0 else { return nil }
            return ProcessEntry(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// `4711/stat` and a zero byte.
    private static func writePath(of pid: Int32, into buffer: UnsafeMutableRawBufferPointer) {
        var divisor: Int32 = 1
        while pid / divisor >= 10 { divisor *= 10 }
        var position = 0
        while divisor > 0 {
            buffer[position] = UInt8(ascii: "0") + UInt8(pid / divisor % 10)
            position += 1
            divisor /= 10
        }
        let rest: StaticString = "/stat\0"
        for index in 0..<rest.utf8CodeUnitCount { buffer[position + index] = rest.utf8Start[index] }
    }
}
