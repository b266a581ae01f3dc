import JouleModel
import JouleWorkload
import NIOCore

/// How one request is answered: which bytes at which time of its own schedule, and what then. It does no I/O and knows no clock; whoever
/// plays it asks for `due`, waits, and calls `play`.
///
/// A class because its parts change in place, token by token, and it has one owner: whoever plays it.
///
/// The schedule is absolute: the time of a token is a sum of spans and never depends on when the one before was written.
package final class Playback {
    /// What is to be done after the bytes of a turn.
    package enum Turn: Hashable, Sendable {
        /// Play again when `due` has come.
        case next
        case finished(keepsConnection: Bool)
        case close
        case reset
        /// Nothing more, with the connection left open.
        case hang
        /// The block again and again, as fast as it is taken, until so many bytes.
        case flood(block: ByteBuffer, limit: Int?)
        /// The server goes away and, after so many nanoseconds, comes back with its counters at zero.
        case restart(pause: Int64?)
    }

    package struct Step: Hashable, Sendable {
        package var turn: Turn
        /// Tokens of output in these bytes.
        package var tokens = 0
    }

    enum Content {
        case document(Document, tokens: Int)
        case stream(TokenStream)
        case events([Behaviour.Event])
        case raw([UInt8])
    }

    private enum Stage {
        case head
        /// The number of explicit events that are out.
        case body(Int)
        /// All but `[DONE]` and the end of the framing is out.
        case closing
    }

    /// When the next bytes are due, in nanoseconds from the start of work on the request.
    package private(set) var due: Int64
    /// True until the first token is written: only such a time is kept exactly, see `Rates.tick`.
    package var isExact: Bool { tokens == 0 }

    private let behaviour: Behaviour
    private let closes: Bool
    private let framing: BodyFraming
    private let headFields: [NamedText]
    private let content: Content
    /// The tokens, where the content is a stream.
    private var stream: TokenStream?
    private var writer: EventWriter
    private var stage = Stage.head
    private var rupture: Behaviour.Rupture?
    private var held = ByteBuffer()
    /// What a stall in the middle of a write keeps back, and what comes after it.
    private var rest: (bytes: ByteBuffer, step: Step)?
    private var tokens = 0
    private var bodyBytes = 0

    /// - Parameter start: the time of a document, in nanoseconds; streams have their own.
    init(content: Content, behaviour: Behaviour, identity: StreamIdentity, start: Int64 = 0, closes: Bool, clientIsHTTP10: Bool) {
        self.behaviour = behaviour
        self.content = content
        if case .stream(let stream) = content { self.stream = stream }
        rupture = behaviour.rupture
        due = max(behaviour.delay, start)
        var fields = [NamedText(name: "server", text: "stub-server")]
        switch content {
        case .document(let document, _):
            var length = document.text.utf8.count + behaviour.contentLengthOffset
            if let given = behaviour.contentLength { length = given }
            framing =
                switch behaviour.framing {
                case .chunked: .chunked
                case .until_close: .untilClose
                case .length, nil: .length(max(0, length))
                }
            if document.status != 204 { fields.append(NamedText(name: "content-type", text: document.contentType)) }
            fields += document.fields
        case .stream, .events:
            framing =
                if let length = behaviour.contentLength {
                    .length(length)
                } else if behaviour.framing == .until_close || behaviour.http10 || clientIsHTTP10 {
                    .untilClose
                } else {
                    .chunked
                }
            fields.append(NamedText(name: "content-type", text: "text/event-stream; charset=utf-8"))
            fields.append(NamedText(name: "cache-control", text: "no-cache"))
        case .raw: framing = .untilClose
        }
        if !behaviour.trailers.isEmpty {
            fields.append(NamedText(name: "trailer", text: behaviour.trailers.map(\.name).joined(separator: ", ")))
        }
        let replaced = Set(behaviour.headers.map { $0.name.lowercased() })
        headFields = fields.filter { !replaced.contains($0.name) } + behaviour.headers
        self.closes = closes || behaviour.connectionClose || framing == .untilClose || behaviour.http10
        writer = EventWriter(framing: framing, behaviour: behaviour, identity: identity)
        guard behaviour.headWithFirstToken else { return }
        switch content {
        case .stream(let stream): due = max(due, stream.due)
        case .events(let events): due = max(due, events.first?.offset ?? due)
        case .document, .raw: break
        }
    }

    /// Appends the bytes that are due now.
    ///
    /// - Parameter load: by which the time between tokens is stretched at the moment.
    package func play(into out: inout ByteBuffer, load: Double = 1) -> Step {
        if var rest {
            self.rest = nil
            out.writeBuffer(&rest.bytes)
            return rest.step
        }
        var fresh = ByteBuffer()
        var step = Step(turn: .next)
        var headBytes = 0
        if case .head = stage {
            if case .raw(let bytes) = content {
                out.writeBytes(bytes)
                return Step(turn: .close)
            }
            if case .beforeHead = rupture?.place { return Step(turn: breakOff()) }
            appendHead(to: &fresh)
            headBytes = fresh.readableBytes
            stage = .body(0)
            let headDue = due
            step = begin(into: &fresh)
            if behaviour.headWithFirstToken, case .next = step.turn, due == headDue { step = playBody(into: &fresh, load: load) }
        } else {
            step = playBody(into: &fresh, load: load)
        }
        return finish(step, fresh: &fresh, headBytes: headBytes, into: &out)
    }

    /// Holds bytes back or cuts them off, where the behaviour asks for it.
    private func finish(_ step: Step, fresh: inout ByteBuffer, headBytes: Int, into out: inout ByteBuffer) -> Step {
        var step = step
        tokens += step.tokens
        let produced = fresh.readableBytes - headBytes
        if case .bytes(let limit) = rupture?.place, bodyBytes + produced >= limit {
            let kept = headBytes + max(0, limit - bodyBytes)
            let remainder = fresh.getSlice(at: fresh.readerIndex + kept, length: fresh.readableBytes - kept)
            fresh.moveWriterIndex(to: fresh.readerIndex + kept)
            let later = step.turn
            step.turn = breakOff()
            if case .next = step.turn, let remainder { rest = (remainder, Step(turn: later)) }
        }
        bodyBytes += produced
        if behaviour.oneWrite {
            held.writeBuffer(&fresh)
            if case .next = step.turn { return step }
            out.writeBuffer(&held)
        } else {
            out.writeBuffer(&fresh)
        }
        return step
    }

    private func appendHead(to out: inout ByteBuffer) {
        for status in behaviour.informational {
            ResponseHead(status: status, framing: .untilClose, closes: false, fields: status == 103 ? Self.earlyHints : []).append(to: &out)
        }
        let status =
            switch content {
            case .document(let document, _): document.status
            case .stream, .events, .raw: 200
            }
        ResponseHead(status: status, http10: behaviour.http10, framing: framing, closes: closes, fields: headFields).append(to: &out)
    }

    private static let earlyHints = [NamedText(name: "link", text: "</style.css>; rel=preload; as=style")]

    /// What belongs to the head's write, and the time of what follows.
    private func begin(into out: inout ByteBuffer) -> Step {
        if behaviour.byteOrderMark { out.append(ByteBuffer(bytes: [0xEF, 0xBB, 0xBF]), as: framing) }
        if let flood = behaviour.flood { return Step(turn: .flood(block: block(of: flood.kind, into: &out), limit: flood.limit)) }
        switch content {
        case .document(let document, let tokens):
            if case .tokens(0) = rupture?.place {
                let turn = breakOff()
                // A document has no later write: what a stall keeps back goes out as a whole.
                if case .next = turn {
                    var remainder = ByteBuffer()
                    remainder.append(ByteBuffer(string: document.text), as: framing)
                    rest = (remainder, Step(turn: end(into: &remainder), tokens: tokens))
                    rest?.bytes = remainder
                }
                return Step(turn: turn)
            }
            out.append(ByteBuffer(string: document.text), as: framing)
            let ending = end(into: &out)
            return Step(turn: ending, tokens: tokens)
        case .stream:
            stream?.begin(into: &out, writer: &writer)
            due = max(due, stream?.due ?? due)
            if case .tokens(0) = rupture?.place { return Step(turn: breakOff()) }
            return Step(turn: .next)
        case .events(let events):
            guard let first = events.first else { return Step(turn: end(into: &out)) }
            due = max(due, first.offset)
            return Step(turn: .next)
        case .raw: return Step(turn: .close)
        }
    }

    private func playBody(into out: inout ByteBuffer, load: Double) -> Step {
        if case .closing = stage { return Step(turn: close(into: &out)) }
        switch content {
        case .stream: return playTokens(into: &out, load: load)
        case .events(let events):
            guard case .body(var position) = stage else { return Step(turn: .close) }
            var step = Step(turn: .next)
            while position < events.count, events[position].offset <= due {
                append(events[position], to: &out)
                step.tokens += events[position].tokens
                position += 1
            }
            stage = .body(position)
            if position < events.count {
                due = events[position].offset
            } else {
                step.turn = end(into: &out)
            }
            return step
        case .document, .raw: return Step(turn: end(into: &out))
        }
    }

    private func playTokens(into out: inout ByteBuffer, load: Double) -> Step {
        var step = Step(turn: .next)
        repeat {
            if case .tokens(let limit) = rupture?.place, tokens + step.tokens >= limit {
                step.turn = breakOff()
                return step
            }
            switch stream?.advance(into: &out, writer: &writer, load: load) {
            case .tokens(let count): step.tokens += count
            case .ended:
                stage = .closing
                if case .beforeDone = rupture?.place {
                    step.turn = breakOff()
                } else {
                    step.turn = close(into: &out)
                }
                return step
            case .cutShort, nil:
                step.turn = end(into: &out)
                return step
            }
        } while isMoreDue && out.readableBytes < Self.largestWrite
        due = max(due, stream?.due ?? due)
        return step
    }

    /// Whether the next token, or the end, belongs to the same write.
    private var isMoreDue: Bool { stream?.isComplete == true || (stream?.due ?? .max) <= due }

    /// A burst is written in blocks of about this size.
    private static let largestWrite = 256 * 1024

    private func close(into out: inout ByteBuffer) -> Turn {
        writer.done(behaviour.done, to: &out)
        return end(into: &out)
    }

    /// Closes the body's framing.
    private func end(into out: inout ByteBuffer) -> Turn {
        if framing == .chunked {
            out.writeStaticString("0\r\n")
            for trailer in behaviour.trailers { out.writeString("\(trailer.name): \(trailer.text)\r\n") }
            out.writeStaticString("\r\n")
        }
        return .finished(keepsConnection: !closes)
    }

    /// Carries the rupture out. After a stall that ends, everything goes on later by its length.
    private func breakOff() -> Turn {
        guard let broken = rupture else { return .next }
        rupture = nil
        switch broken.manner {
        case .close: return .close
        case .reset: return .reset
        case .restart: return .restart(pause: broken.span)
        case .stall:
            guard let span = broken.span else { return .hang }
            due += span
            stream?.postpone(by: span)
            if case .body = stage { due = max(due, stream?.due ?? due) }
            return .next
        }
    }

    private func block(of kind: Behaviour.Flood.Kind, into out: inout ByteBuffer) -> ByteBuffer {
        let size = 64 * 1024
        var block = ByteBuffer()
        switch kind {
        case .bytes: block.append(ByteBuffer(repeating: UInt8(ascii: "x"), count: size), as: framing)
        case .frame:
            // One event that never ends: its start now, its middle for ever.
            out.append(ByteBuffer(string: #"data: {"choices":[{"index":0,"delta":{"content":""#), as: framing)
            block.append(ByteBuffer(repeating: UInt8(ascii: "y"), count: size), as: framing)
        case .tokens:
            while block.readableBytes < size {
                writer.chunk(to: &block, extra: "") {
                    $0.writeStaticString(#"{"index":0,"delta":{"content":" flood"},"finish_reason":null}"#)
                }
            }
        }
        return block
    }

    private func append(_ event: Behaviour.Event, to out: inout ByteBuffer) {
        func choice(_ delta: String, finish: String = "null") -> String { #"{"index":0,"delta":{\#(delta)},"finish_reason":\#(finish)}"# }
        switch event.content {
        case .role: writer.chunk(to: &out, extra: "") { $0.writeString(choice(#""role":"assistant","content":"""#)) }
        case .content(let text): writer.chunk(to: &out, extra: "") { $0.writeString(choice(#""content":\#(quoted(text))"#)) }
        case .reasoning(let text): writer.chunk(to: &out, extra: "") { $0.writeString(choice(#""reasoning":\#(quoted(text))"#)) }
        case .finish(let reason): writer.chunk(to: &out, extra: "") { $0.writeString(choice("", finish: quoted(reason))) }
        case .usage(let tokens):
            let usage = #","usage":{"prompt_tokens":0,"total_tokens":\#(tokens),"completion_tokens":\#(tokens)}"#
            writer.chunk(to: &out, extra: usage) { _ in }
        case .data(let text): writer.data(text, to: &out)
        case .raw(let text): writer.raw(text, to: &out)
        case .done: writer.done(.usual, to: &out)
        }
    }
}
