#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Cuts the bytes of a connection into the head, the body and the end of one HTTP/1.1 response (RFC 9112), incrementally.
///
/// Bodies are lent out of the read, never copied; only a line that two reads share is put together in memory of its own. A decoder of
/// NIO's pipeline would allocate for each part of each body; here a token of a chunked stream costs a search for one line end.
struct ResponseFraming {
    enum Part {
        case head(ResponseHead)
        /// Lent: valid until the next call.
        case body(UnsafeRawBufferPointer)
        case end(isReusable: Bool)
    }

    /// Not HTTP, or past a limit.
    struct Violation: Error {
        let text: String
    }

    /// What the close of the connection means.
    enum Close: Equatable {
        /// It ended the body, as the head had announced.
        case end
        /// Nothing of the response had come.
        case beforeResponse
        case insideResponse
    }

    static let headLimit = 65_536
    private static let lineLimit = 65_536
    private static let fieldLimit = 512

    private enum State {
        case statusLine
        case fields
        case bytes(Int)
        case untilClose
        case chunkSize
        case chunkBytes(Int)
        case chunkEnd
        case trailers
        case ended
    }

    private var state = State.statusLine
    private var carried: [UInt8] = []
    private var headBytes = 0
    private var status = 0
    private var isVersion10 = false
    private var isReusable = false
    private var fields: [ResponseHead.Field] = []
    /// Whether a byte of the response came; heads of 1xx responses do not count.
    private(set) var hasBegun = false

    /// The next part in `bytes` from `offset` on, which is moved behind it; nil when more bytes are needed.
    mutating func next(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Violation) -> Part? {
        while true {
            switch state {
            case .ended: return nil
            case .bytes(0): return end()
            case .bytes(let left):
                guard let slice = Self.slice(bytes, &offset, atMost: left) else { return nil }
                state = .bytes(left - slice.count)
                return .body(slice)
            case .untilClose:
                guard let slice = Self.slice(bytes, &offset, atMost: .max) else { return nil }
                return .body(slice)
            case .chunkBytes(let left):
                guard let slice = Self.slice(bytes, &offset, atMost: left) else { return nil }
                state = left == slice.count ? .chunkEnd : .chunkBytes(left - slice.count)
                return .body(slice)
            case .statusLine, .fields, .chunkSize, .chunkEnd, .trailers:
                guard offset < bytes.count else { return nil }
                hasBegun = true
                guard let line = try line(bytes, &offset) else { return nil }
                if let part = try read(line) { return part }
            }
        }
    }

    /// What it means that the peer closed its side now.
    mutating func close() -> Close {
        switch state {
        case .untilClose, .ended: .end
        case .statusLine where !hasBegun: .beforeResponse
        case .statusLine, .fields, .bytes, .chunkSize, .chunkBytes, .chunkEnd, .trailers: .insideResponse
        }
    }

    /// Gets ready for the next response of the connection.
    mutating func restart() {
        state = .statusLine
        carried.removeAll(keepingCapacity: true)
        fields = []
        headBytes = 0
        hasBegun = false
    }

    private mutating func end() -> Part {
        state = .ended
        return .end(isReusable: isReusable)
    }

    private static func slice(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int, atMost limit: Int) -> UnsafeRawBufferPointer? {
        let count = min(limit, bytes.count - offset)
        guard count > 0 else { return nil }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }
}

extension ResponseFraming {
    /// What a line said, in the state in which it was read.
    private enum Line {
        case status(Int, isVersion10: Bool)
        case field(ResponseHead.Field)
        case size(Int)
        case empty
        /// A field that goes on in a second line, or one without a colon.
        case malformed(String)
    }

    private mutating func line(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Violation) -> Line? {
        guard let base = bytes.baseAddress else { return nil }
        let rest = bytes.count - offset
        let end = memchr(base + offset, 0x0A, rest).map { UnsafeRawPointer($0) - (base + offset) }
        let taken = end ?? rest
        if carried.count + taken > Self.lineLimit { throw Violation(text: "a line of the response is longer than \(Self.lineLimit) bytes") }
        let piece = UnsafeRawBufferPointer(start: base + offset, count: taken)
        offset += taken + (end == nil ? 0 : 1)
        guard end != nil else {
            carried.append(contentsOf: piece)
            return nil
        }
        if carried.isEmpty { return interpreted(piece) }
        carried.append(contentsOf: piece)
        let whole = carried
        carried.removeAll(keepingCapacity: true)
        return whole.withUnsafeBytes { interpreted($0) }
    }

    private func interpreted(_ line: UnsafeRawBufferPointer) -> Line {
        var line = line
        if line.last == 0x0D { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
        switch state {
        case .statusLine: return line.isEmpty ? .empty : Self.status(line)
        case .chunkSize: return Self.size(line)
        case .fields, .trailers, .chunkEnd, .bytes, .untilClose, .chunkBytes, .ended: return line.isEmpty ? .empty : Self.field(line)
        }
    }

    private mutating func read(_ line: Line) throws(Violation) -> Part? {
        switch (state, line) {
        // Some servers end a body with a line end too many; it is allowed before a status line (RFC 9112, 2.2).
        case (.statusLine, .empty): hasBegun = false
        case (.statusLine, .status(let number, let isOld)):
            status = number
            isVersion10 = isOld
            fields = []
            state = .fields
        case (.fields, .field(let field)):
            headBytes += field.name.utf8.count + field.value.utf8.count + 4
            if fields.count >= Self.fieldLimit || headBytes > Self.headLimit {
                throw Violation(text: "the head of the response is longer than \(Self.headLimit) bytes or \(Self.fieldLimit) fields")
            }
            fields.append(field)
        case (.fields, .empty): return try headEnded()
        case (.chunkSize, .size(let count)): state = count == 0 ? .trailers : .chunkBytes(count)
        case (.chunkEnd, .empty): state = .chunkSize
        case (.trailers, .field(let field)):
            headBytes += field.name.utf8.count + field.value.utf8.count + 4
            if headBytes > 2 * Self.headLimit {
                throw Violation(text: "the trailers of the response are longer than \(Self.headLimit) bytes")
            }
        case (.trailers, .empty): return end()
        case (_, .malformed(let text)): throw Violation(text: text)
        default: throw Violation(text: "a chunk of the body does not end where its size says")
        }
        return nil
    }

    private mutating func headEnded() throws(Violation) -> Part? {
        let head = ResponseHead(status: status, fields: fields, isVersion10: isVersion10)
        fields = []
        if status == 101 { throw Violation(text: "the server switched to another protocol (status 101)") }
        if status < 200 {
            state = .statusLine
            hasBegun = false
            return nil
        }
        guard let length = head.bodyLength else { throw Violation(text: "the response has lengths that contradict each other") }
        isReusable = head.keepsAlive && length != .untilClose
        switch length {
        case .none: state = .bytes(0)
        case .bytes(let count): state = .bytes(count)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
        return .head(head)
    }

    private static func status(_ line: UnsafeRawBufferPointer) -> Line {
        // HTTP/1.x SP 3DIGIT [SP reason]
        let start = Array("HTTP/1.".utf8)
        guard line.count >= 12, line.prefix(7).elementsEqual(start), line[8] == 0x20, line[7] == 0x30 || line[7] == 0x31,
            line.count == 12 || line[12] == 0x20
        else { return .malformed("the answer is not HTTP/1.1: “\(excerpt(line))”") }
        var status = 0
        for byte in line[9..<12] {
            guard byte &- 0x30 < 10 else { return .malformed("the answer has no status: “\(excerpt(line))”") }
            status = status * 10 + Int(byte &- 0x30)
        }
        guard status >= 100 else { return .malformed("the answer has no status: “\(excerpt(line))”") }
        return .status(status, isVersion10: line[7] == 0x30)
    }

    private static func field(_ line: UnsafeRawBufferPointer) -> Line {
        guard let colon = line.firstIndex(of: 0x3A), colon > 0, line[0] != 0x20, line[0] != 0x09, line[colon - 1] != 0x20 else {
            return .malformed("a line of the response's head is no field: “\(excerpt(line))”")
        }
        let name = String(decoding: line[..<colon].map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
        var value = line[(colon + 1)...]
        while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
        while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
        return .field(ResponseHead.Field(name: name, value: String(decoding: value, as: UTF8.self)))
    }

    /// Hexadecimal digits, then nothing, blanks or an extension.
    private static func size(_ line: UnsafeRawBufferPointer) -> Line {
        var size = 0
        var digits = 0
        for byte in line {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            case 0x20, 0x09, 0x3B: return digits > 0 ? .size(size) : .malformed("a chunk of the body has no size")
            default: return .malformed("a chunk of the body has a size that is no number: “\(excerpt(line))”")
            }
            digits += 1
            if digits > 15 { return .malformed("a chunk of the body has a size that is no number: “\(excerpt(line))”") }
            size = size << 4 | Int(digit)
        }
        return digits > 0 ? .size(size) : .malformed("a chunk of the body has no size")
    }

    /// The beginning of a line, safe to print.
    private static func excerpt(_ line: UnsafeRawBufferPointer) -> String {
        String(decoding: line.prefix(60).map { (0x20..<0x7F).contains($0) ? $0 : 0x2E }, as: UTF8.self)
    }
}
