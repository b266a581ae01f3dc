import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// One event of an event stream.
struct SSEEvent {
    enum Kind: UInt8 {
        /// No type given, or `message`.
        case message
        /// `event: error`, or a line `error: …` as older llama.cpp servers write it.
        case error
        /// Any other type.
        case other
    }

    /// Lent: valid until the parser is called again.
    let data: UnsafeRawBufferPointer
    let kind: Kind
}

/// A place in one read; the line ends already found are remembered, so that each byte is searched once for each kind of end.
struct SSECursor {
    fileprivate let read: UnsafeRawBufferPointer
    fileprivate var position = 0
    private var lineFeed = -1
    private var carriageReturn = -1

    init(_ read: UnsafeRawBufferPointer) { self.read = read }

    fileprivate var isAtEnd: Bool { position >= read.count }
    fileprivate var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: read[position...]) }

    /// Where the line that begins here ends, nil when its end is not in this read.
    fileprivate mutating func lineEnd() -> Int? {
        if lineFeed < position { lineFeed = next(0x0A) }
        if carriageReturn < position { carriageReturn = next(0x0D) }
        let end = min(lineFeed, carriageReturn)
        return end < read.count ? end : nil
    }

    private func next(_ byte: Int32) -> Int {
        guard position < read.count, let base = read.baseAddress, let found = memchr(base + position, byte, read.count - position)
        else { return read.count }
        return UnsafeRawPointer(found) - base
    }
}

/// Cuts bytes into events by the rules of the WHATWG (HTML standard, 9.2.6 “Interpreting an event stream”), with three additions for
/// servers of language models: an event at the end of the stream counts without its blank line, a type `error` counts without data, and a
/// field `error` is data of an error event.
///
/// An event that lies inside one read is lent out of it; others are put together in memory of the parser's own, at most `frameLimit` bytes.
struct SSEParser: ~Copyable {
    /// An event or a line longer than this is no protocol any more.
    struct FrameTooLong: Error {}

    static let frameLimit = 16 * 1_048_576

    /// Lines whose field the standard does not know.
    private(set) var unknownFields = 0
    /// Whether the stream ended inside an event.
    private(set) var endedInsideEvent = false
    /// What comments of the stream said last about its energy; comments are no events, and some servers put it there.
    private(set) var energy: Joules?

    /// The beginning of a line whose end has not come yet.
    private var line = CarriedBytes()
    /// Data of the event so far, unless all of it still lies inside the read.
    private var data = CarriedBytes()
    private var lent: UnsafeRawBufferPointer?
    private var hasData = false
    private var kind = SSEEvent.Kind.message
    /// The data was handed out and is to be forgotten at the next call.
    private var isDelivered = false
    /// The last read ended with CR: an LF at the beginning of the next one belongs to it.
    private var skipsLineFeed = false
    /// Bytes of a byte-order mark seen at the very beginning; 3 when there is nothing left to see.
    private var markSeen = 0

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The next event that is complete with what this read brings; nil when the read is used up.
    mutating func next(_ cursor: inout SSECursor) throws(FrameTooLong) -> SSEEvent? {
        forgetDelivered()
        if markSeen < 3 { skipMark(&cursor) }
        while !cursor.isAtEnd {
            if skipsLineFeed {
                skipsLineFeed = false
                if cursor.read[cursor.position] == 0x0A {
                    cursor.position += 1
                    continue
                }
            }
            guard let end = cursor.lineEnd() else {
                keepLent()
                line.append(cursor.rest)
                cursor.position = cursor.read.count
                guard line.count + data.count <= Self.frameLimit else { throw FrameTooLong() }
                return nil
            }
            let piece = UnsafeRawBufferPointer(rebasing: cursor.read[cursor.position..<end])
            cursor.position = end + 1
            skipsLineFeed = cursor.read[end] == 0x0D
            guard line.count > 0 || piece.count > 0 else {
                if let event = dispatch() { return event }
                continue
            }
            if line.count == 0 {
                take(piece, isLent: true)
            } else {
                line.append(piece)
                takeCarriedLine()
            }
            guard data.count + (lent?.count ?? 0) <= Self.frameLimit else { throw FrameTooLong() }
        }
        keepLent()
        return nil
    }

    /// The event that the end of the stream cut off, nil when there is none.
    mutating func finish() -> SSEEvent? {
        forgetDelivered()
        if markSeen < 3 { appendFalseMark() }
        if line.count > 0 { takeCarriedLine() }
        let last = dispatch()
        endedInsideEvent = last != nil
        return last
    }

    // MARK: Lines

    private mutating func takeCarriedLine() {
        // The line's memory is used again for the next one, so its data is copied.
        take(line.bytes, isLent: false)
        line.removeAll()
    }

    private mutating func take(_ line: UnsafeRawBufferPointer, isLent: Bool) {
        if line.count >= 5, let base = line.baseAddress, memcmp(base, "data:", 5) == 0 {
            return append(Self.value(of: line, after: 4), isLent: isLent)
        }
        switch Self.split(line) {
        case .comment: if let energy = EnergyReport.comment(UnsafeRawBufferPointer(rebasing: line[1...])) { self.energy = energy }
        case .idle: break
        case .data(let value): append(value, isLent: isLent)
        case .error(let value):
            kind = .error
            append(value, isLent: isLent)
        case .kind(let value): kind = value
        case .unknown: unknownFields += 1
        }
    }

    private mutating func append(_ value: UnsafeRawBufferPointer, isLent: Bool) {
        if hasData {
            keepLent()
            data.append(0x0A)
            data.append(value)
        } else if isLent {
            lent = value
        } else {
            data.append(value)
        }
        hasData = true
    }

    private enum Field {
        case comment
        /// `id` and `retry` mean something only to a client that connects again.
        case idle
        case data(UnsafeRawBufferPointer)
        case error(UnsafeRawBufferPointer)
        case kind(SSEEvent.Kind)
        case unknown
    }

    private static func split(_ line: UnsafeRawBufferPointer) -> Field {
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        let name = UnsafeRawBufferPointer(rebasing: line[..<(colon ?? line.count)])
        let value = colon.map { Self.value(of: line, after: $0) } ?? UnsafeRawBufferPointer(start: nil, count: 0)
        if colon == 0 { return .comment }
        if name.equals("data") { return .data(value) }
        if name.equals("event") {
            return .kind(value.equals("error") ? .error : value.equals("message") || value.isEmpty ? .message : .other)
        }
        if name.equals("error") { return .error(value) }
        return name.equals("id") || name.equals("retry") ? .idle : .unknown
    }

    /// What follows the colon, without the one space that may stand there.
    private static func value(of line: UnsafeRawBufferPointer, after colon: Int) -> UnsafeRawBufferPointer {
        var start = colon + 1
        if start < line.count, line[start] == 0x20 { start += 1 }
        return UnsafeRawBufferPointer(rebasing: line[start...])
    }

    // MARK: Events

    private mutating func dispatch() -> SSEEvent? {
        defer {
            kind = .message
            hasData = false
            lent = nil
        }
        guard hasData || kind == .error else { return nil }
        if let lent { return SSEEvent(data: lent, kind: kind) }
        isDelivered = true
        return SSEEvent(data: data.bytes, kind: kind)
    }

    private mutating func forgetDelivered() {
        guard isDelivered else { return }
        isDelivered = false
        data.removeAll()
    }

    /// Copies what still lies in the read, before the read goes away or the event gets a second line.
    private mutating func keepLent() {
        guard let lent else { return }
        data.append(lent)
        self.lent = nil
    }

    // MARK: The byte-order mark

    private mutating func skipMark(_ cursor: inout SSECursor) {
        while markSeen < 3, !cursor.isAtEnd {
            guard cursor.read[cursor.position] == Self.mark[markSeen] else { return appendFalseMark() }
            markSeen += 1
            cursor.position += 1
        }
    }

    /// What looked like a mark and was none belongs to the first line.
    private mutating func appendFalseMark() {
        for byte in Self.mark.prefix(markSeen) { line.append(byte) }
        markSeen = 3
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these bytes are those of the text; inlined, so that a literal becomes a comparison of words.
    @inline(__always) func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        guard let baseAddress else { return count == 0 }
        return memcmp(baseAddress, text.utf8Start, count) == 0
    }

    /// Without spaces, tabs and line ends on both sides.
    var trimmed: UnsafeRawBufferPointer {
        var start = 0
        var end = count
        while start < end, self[start].isJSONSpace { start += 1 }
        while end > start, self[end - 1].isJSONSpace { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[start..<end])
    }
}

extension UInt8 {
    var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
