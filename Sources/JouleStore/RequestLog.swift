import Foundation
import JouleModel
import JouleUnits

/// `requests.jsonl` and `chunks.bin`: one line for each request that ended, and 16 bytes for each read that brought tokens.
///
/// The chunks of a request go out before its line, so that a line is never without them. Not Sendable: owned by one recorder.
package final class RequestLog {
    private let lines: AppendLog
    private let chunks: AppendLog

    package init(in directory: RunDirectory) throws(Failure) {
        lines = try AppendLog(path: directory.file("requests.jsonl"))
        chunks = try AppendLog(path: directory.file(ChunkLayout.file))
        try chunks.append { $0 += ChunkLayout.header }
    }

    /// Both parts reach the kernel at the next flush.
    package func append(_ request: RequestTimeline) throws(Failure) {
        let line = try JSONText.encodeLine(request)
        try chunks.append { buffer in
            for chunk in request.chunks { ChunkLayout.append(chunk, index: request.index, phase: request.phase, to: &buffer) }
        }
        try chunks.flush()
        try lines.append { $0 += line }
    }

    package func flush() throws(Failure) {
        try chunks.flush()
        try lines.flush()
    }

    package func sync() throws(Failure) {
        try chunks.sync()
        try lines.sync()
    }

    /// Reads both files; what is not there is empty.
    static func read(_ directory: RunDirectory) throws(Failure) -> (requests: [RequestTimeline], notes: [String]) {
        var notes: [String] = []
        var requests: [RequestTimeline] = []
        guard FileSystem.exists(directory.file("requests.jsonl")) else { return ([], []) }
        let bytes = try FileSystem.read(directory.file("requests.jsonl"))
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let batch = 1_024
        let parts = stride(from: 0, to: lines.count, by: batch).map { $0..<min($0 + batch, lines.count) }
        for part in parts.concurrentMap({ Self.decode(lines[$0]) }) {
            requests += part.requests
            guard let mistake = part.mistake else { continue }
            guard lines[mistake.line].endIndex == bytes.endIndex else {
                throw Failure(
                    "store.row", "a line of requests.jsonl cannot be read", cause: mistake.text,
                    source: SourcePlace(file: directory.file("requests.jsonl"), line: mistake.line + 1, column: 1))
            }
            notes.append("requests.jsonl: the last line was cut off and is left out")
        }
        if FileSystem.exists(directory.file(ChunkLayout.file)) {
            notes += try ChunkLayout.read(directory.file(ChunkLayout.file), into: &requests)
        }
        return (requests, notes)
    }
}

extension RequestLog {
    /// The requests of some lines, up to the first that is none.
    private static func decode(_ lines: ArraySlice<ArraySlice<UInt8>>) -> (requests: [RequestTimeline], mistake: (line: Int, text: String)?)
    {
        let decoder = JSONDecoder()
        var requests: [RequestTimeline] = []
        requests.reserveCapacity(lines.count)
        for (number, line) in zip(lines.indices, lines) {
            do {
                let request = try decoder.decode(RequestTimeline.self, from: Data(line))
                if let count = request.implausibleCount {
                    return (requests, (number, "\(count) is no number of tokens"))
                }
                requests.append(request)
            } catch {
                return (requests, (number, "\(error)"))
            }
        }
        return (requests, nil)
    }
}

/// `chunks.bin`: a header of 16 bytes (`JBCHUNKS`, version and record size as little-endian 32-bit numbers), then records of 16 bytes,
/// little-endian: instant in nanoseconds (8), index of the request (4), tokens (2), events (1), kind (1). The highest bit of the kind is
/// set for requests of the warm-up, whose indices count anew.
enum ChunkLayout {
    static let file = "chunks.bin"
    static let recordSize = 16
    static let version: UInt32 = 1
    static let header: [UInt8] = Array("JBCHUNKS".utf8) + bytes(of: version) + bytes(of: UInt32(recordSize))

    private static func bytes(of value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
    private static let warmupBit: UInt8 = 0x80

    static func append(_ chunk: TokenChunk, index: Int, phase: Phase, to buffer: inout [UInt8]) {
        withUnsafeBytes(of: chunk.instant.nanoseconds.littleEndian) { buffer.append(contentsOf: $0) }
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: index).littleEndian) { buffer.append(contentsOf: $0) }
        withUnsafeBytes(of: chunk.tokens.littleEndian) { buffer.append(contentsOf: $0) }
        buffer.append(chunk.events)
        buffer.append(chunk.kind.rawValue | (phase == .warmup ? warmupBit : 0))
    }

    /// Puts each record to its request. Records of requests without a line (the tool was killed in between) are left out with a note.
    static func read(_ path: String, into requests: inout [RequestTimeline]) throws(Failure) -> [String] {
        struct Key: Hashable {
            let index: UInt32
            let isWarmup: Bool
        }
        let bytes = try FileSystem.read(path)
        guard bytes.count >= header.count else { return bytes.isEmpty ? [] : ["\(file): the header was cut off"] }
        guard Array(bytes.prefix(header.count)) == header else {
            throw Failure(
                "store.chunks", "`\(path)` is no record of chunks that this version can read",
                remedy: "read it with the version that wrote it")
        }
        var positions: [Key: Int] = [:]
        positions.reserveCapacity(requests.count)
        for (position, request) in requests.enumerated() {
            positions[Key(index: UInt32(truncatingIfNeeded: request.index), isWarmup: request.phase == .warmup)] = position
        }
        var orphans = 0
        var last: (key: Key, position: Int)?
        let count = (bytes.count - header.count) / recordSize
        bytes.withUnsafeBytes { raw in
            for number in 0..<count {
                let offset = header.count + number * recordSize
                let kindByte = raw[offset + 15]
                let instant = Instant(nanoseconds: Int64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
                let key = Key(
                    index: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)),
                    isWarmup: kindByte & warmupBit != 0)
                guard let position = last?.key == key ? last?.position : positions[key],
                    let kind = TokenChunk.Kind(rawValue: kindByte & ~warmupBit), instant.isPlausible
                else {
                    orphans += 1
                    continue
                }
                last = (key, position)
                requests[position].chunks.append(
                    TokenChunk(
                        instant: instant,
                        tokens: UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: offset + 12, as: UInt16.self)),
                        events: raw[offset + 14], kind: kind))
            }
        }
        var notes: [String] = []
        if orphans > 0 { notes.append("\(file): \(orphans) records are damaged or belong to no request that ended, and are left out") }
        if (bytes.count - header.count) % recordSize != 0 { notes.append("\(file): the last record was cut off and is left out") }
        return notes
    }
}
