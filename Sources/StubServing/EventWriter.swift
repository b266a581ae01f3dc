import JouleModel
import NIOCore

/// Writes the events of one stream: lines, frames and the framing of the body.
struct EventWriter {
    private let framing: BodyFraming
    private let multiline: Bool
    private let lineEnd: Behaviour.LineEnd
    private let data: String
    /// The start of each chunk's object, up to the comma before `choices`.
    private let opening: String
    private var payload = ByteBuffer()
    private var frames = 0

    init(framing: BodyFraming, behaviour: Behaviour, identity: StreamIdentity) {
        self.framing = framing
        multiline = behaviour.multiline
        lineEnd = behaviour.lineEnd
        data = behaviour.space ? "data: " : "data:"
        opening = data + identity.opening
        payload.reserveCapacity(512)
    }

    /// One chunk: `choices` appends what stands between the brackets, `extra` what follows them, with its comma.
    mutating func chunk(to out: inout ByteBuffer, extra: String, choices: (inout ByteBuffer) -> Void) {
        payload.clear()
        payload.writeString(opening)
        if multiline {
            endLine()
            payload.writeString(data)
        }
        payload.writeStaticString("\"choices\":[")
        choices(&payload)
        payload.writeStaticString("]")
        payload.writeString(extra)
        payload.writeStaticString("}")
        endFrame(to: &out)
    }

    /// One event with these lines.
    mutating func event(to out: inout ByteBuffer, lines: [String]) {
        payload.clear()
        for (index, line) in lines.enumerated() {
            if index > 0 { endLine() }
            payload.writeString(line)
        }
        endFrame(to: &out)
    }

    mutating func data(_ text: String, to out: inout ByteBuffer) { event(to: &out, lines: [data + text]) }

    /// Bytes outside of any frame.
    mutating func raw(_ text: String, to out: inout ByteBuffer) {
        payload.clear()
        payload.writeString(text)
        out.append(payload, as: framing)
    }

    mutating func done(_ mark: Behaviour.DoneMark, to out: inout ByteBuffer) {
        switch mark {
        case .usual: data("[DONE]", to: &out)
        case .none: break
        case .twice:
            data("[DONE]", to: &out)
            data("[DONE]", to: &out)
        case .spaces: data(" [DONE]  ", to: &out)
        case .no_blank_line: raw("data: [DONE]\n", to: &out)
        case .no_newline: raw("data: [DONE]", to: &out)
        }
    }

    /// With `mixed`, each frame has the next kind of line end, so that a CR never meets an LF that belongs elsewhere.
    private mutating func endLine() {
        switch lineEnd {
        case .lf: payload.writeStaticString("\n")
        case .cr: payload.writeStaticString("\r")
        case .crlf: payload.writeStaticString("\r\n")
        case .mixed:
            switch frames % 3 {
            case 0: payload.writeStaticString("\n")
            case 1: payload.writeStaticString("\r\n")
            default: payload.writeStaticString("\r")
            }
        }
    }

    private mutating func endFrame(to out: inout ByteBuffer) {
        endLine()
        endLine()
        frames += 1
        out.append(payload, as: framing)
    }
}

/// Names by which a stream's chunks belong together.
struct StreamIdentity: Hashable {
    let api: GenerationRequest.API
    let number: Int
    let model: String
    /// Seconds since 1970.
    let created: Int

    var id: String {
        let digits = String(number, radix: 16)
        return (api == .chat ? "chatcmpl-" : "cmpl-") + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }

    fileprivate var opening: String {
        let object = api == .chat ? "chat.completion.chunk" : "text_completion"
        return #"{"id":"\#(id)","object":"\#(object)","created":\#(created),"model":\#(quoted(model)),"#
    }
}
