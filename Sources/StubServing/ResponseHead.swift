import NIOCore

/// How the end of a body is told.
enum BodyFraming: Hashable, Sendable {
    case chunked
    case length(Int)
    case untilClose
}

/// Status line and fields of a response, as bytes.
struct ResponseHead {
    var status: Int
    var http10 = false
    var framing: BodyFraming
    var closes: Bool
    var fields: [NamedText]

    func append(to out: inout ByteBuffer) {
        out.writeString("HTTP/1.\(http10 ? 0 : 1) \(status) \(Self.reason(status))\r\n")
        for field in fields { out.writeString("\(field.name): \(field.text)\r\n") }
        switch framing {
        case .chunked: out.writeStaticString("transfer-encoding: chunked\r\n")
        case .length(let length): out.writeString("content-length: \(length)\r\n")
        case .untilClose: break
        }
        if closes { out.writeStaticString("connection: close\r\n") }
        out.writeStaticString("\r\n")
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 102: "Processing"
        case 103: "Early Hints"
        case 200: "OK"
        case 302: "Found"
        case 303: "See Other"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Status"
        }
    }
}

extension ByteBuffer {
    /// Appends the payload as one HTTP chunk, or as it is where the body is not chunked.
    mutating func append(_ payload: ByteBuffer, as framing: BodyFraming) {
        guard payload.readableBytes > 0 else { return }
        switch framing {
        case .chunked:
            writeString(String(payload.readableBytes, radix: 16))
            writeStaticString("\r\n")
            writeImmutableBuffer(payload)
            writeStaticString("\r\n")
        case .length, .untilClose:
            writeImmutableBuffer(payload)
        }
    }
}
