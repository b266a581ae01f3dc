import JouleTestSupport
import Testing

@testable import JouleBackends

@Suite struct ResponseFramingTests {
    /// What one response came to.
    private struct Reading: Equatable {
        var status: Int?
        var body: [UInt8] = []
        var isReusable: Bool?
        var violation: String?
        var close: ResponseFraming.Close?
    }

    private func read(_ reads: [[UInt8]]) -> Reading {
        var framing = ResponseFraming()
        var reading = Reading()
        do throws(ResponseFraming.Violation) {
            for bytes in reads {
                var offset = 0
                let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
                defer { copy.deallocate() }
                copy.copyBytes(from: bytes)
                while let part = try framing.next(UnsafeRawBufferPointer(copy), &offset) {
                    switch part {
                    case .head(let head): reading.status = head.status
                    case .body(let slice): reading.body += slice
                    case .end(let isReusable): reading.isReusable = isReusable
                    }
                }
            }
        } catch {
            reading.violation = error.text
            return reading
        }
        if reading.isReusable == nil { reading.close = framing.close() }
        return reading
    }

    private func read(_ text: String) -> Reading { read([Array(text.utf8)]) }

    static let responses = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200\r\ncontent-length:5\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;name=x\r\nllo\r\n0\r\nTrailer: y\r\n\r\n",
        "HTTP/1.1 200 OK\nTransfer-Encoding: gzip, CHUNKED\n\n5\nhello\n0\n\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\nContent-Length: 5\r\n\r\nhello",
    ]

    @Test(arguments: responses) func `a response cut at any byte reads the same`(text: String) {
        let bytes = Array(text.utf8)
        let whole = read([bytes])
        #expect(whole.violation == nil)
        #expect(whole.isReusable != nil || whole.close == .end)
        for cut in 0...bytes.count { #expect(read([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole) }
        #expect(read(bytes.map { [$0] }) == whole)
    }

    @Test func `the connection can be used again when the head and the length allow it`() {
        #expect(Self.responses.map { read($0).isReusable } == [true, false, true, true, true, nil, true, true, true])
        #expect(read("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\na").isReusable == true)
        #expect(read("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na").isReusable == false)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.6\r\n", "HTTP/2 200 OK\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 099 \r\n", "HTTP/1.1 101 Switching\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
    ]) func `what is not HTTP is said to be so`(text: String) { #expect(read(text).violation != nil) }

    @Test func `heads, lines and trailers have a limit`() {
        let long = String(repeating: "x", count: 70_000)
        let many = String(repeating: "A: b\r\n", count: 600)
        #expect(read("HTTP/1.1 200 OK\r\nA: \(long)").violation != nil)
        #expect(read("HTTP/1.1 200 OK\r\n\(many)\r\n").violation != nil)
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        #expect(read(chunked + String(repeating: "A: \(String(repeating: "x", count: 1_000))\r\n", count: 200)).violation != nil)
        #expect(
            read(String(repeating: "HTTP/1.1 100 Continue\r\nA: \(String(repeating: "x", count: 1_000))\r\n\r\n", count: 100)).violation
                != nil)
    }

    @Test func `a close is an end only where the head said so`() {
        #expect(read("").close == .beforeResponse)
        #expect(read("HTTP/1.1 100 Continue\r\n\r\n").close == .beforeResponse)
        #expect(read("HTTP/1.1 200 OK\r\n").close == .insideResponse)
        #expect(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell").close == .insideResponse)
        #expect(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n").close == .insideResponse)
        #expect(read("HTTP/1.1 200 OK\r\n\r\nhello").close == .end)
    }

    @Test(arguments: [UInt64(1), 2, 3]) func `mutated responses never trap and never grow`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            var bytes = Array(Self.responses.randomElement(using: &random)!.utf8)
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: if bytes.count > 1 { bytes.remove(at: place) }
                }
            }
            let whole = read([bytes])
            let cut = Int.random(in: 0...bytes.count, using: &random)
            #expect(read([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            #expect(whole.body.count <= 3 * bytes.count)
        }
    }
}
