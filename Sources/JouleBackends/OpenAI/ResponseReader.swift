import JouleModel
import JouleUnits

/// Reads the response to one request, from its head to whatever ends it, into exactly one outcome; owned by the request's connection.
///
/// It is fed bytes and stamps, and does no input or output of its own. No bytes can make it trap, loop or grow past its limits: a frame
/// of 16 MB, a body of 2 KB for errors, 16 MB of text.
package final class ResponseReader {
    /// How the response ended; nil as long as it goes on. Settled once; what comes later is ignored. It may be settled by `body`, which
    /// means that the connection is of no more use.
    package private(set) var outcome: RequestOutcome?
    package private(set) var httpStatus: Int?
    /// The value of `Retry-After`, as it came.
    package private(set) var retryAfter: String?
    /// What the server says about an error, out of its body; for people.
    package private(set) var serverMessage: String?

    private enum Form {
        case noHead
        /// Success, and the first byte of the body has not come.
        case undecided
        case events
        /// One text: an answer that is not streamed, or a page of something else.
        case document
        case errorBody
    }

    private var form = Form.noHead
    private var saysEventStream = false
    private var parser = SSEParser()
    private var record = AnswerRecord()
    private var text: AnswerText?
    private let keepsText: Bool
    /// The body of an error or a document; of a stream its beginning, until there is an event that belongs to the interface.
    private var kept = CarriedBytes()
    private var error: String?

    private var firstByte: Instant?
    private var firstEvent: Instant?
    private var lastRead: Instant?
    private var bodyEnd: Instant?
    private var isDone = false
    private var hasError = false
    private var isRecognised = false

    /// - Parameters:
    ///   - keepsText: whether the answer's text is wanted in the timeline.
    ///   - inlineReasoning: how reasoning inside the content is told from output.
    package init(keepsText: Bool = false, inlineReasoning: InlineReasoning = .none) {
        self.keepsText = keepsText
        if keepsText || inlineReasoning != .none { text = AnswerText(keeps: keepsText, inlineReasoning: inlineReasoning) }
    }

    /// When the first token came: the limit on its time is no more.
    package var firstToken: Instant? { record.firstToken }

    /// Tokens so far, for a display: exact with running usage, else one for each event with text.
    package var tokensSoFar: Int { record.credited }

    /// Whether the stream has said all it has to say, with `[DONE]` or an error; its end need not be waited for long.
    package var hasSaidAll: Bool { isDone || hasError }

    /// How long `Retry-After` asks to wait; nil for a date or nonsense.
    package var retryDelay: Duration? {
        guard let retryAfter, let seconds = Int32(retryAfter.drop { $0 == " " }), seconds >= 0 else { return nil }
        return .seconds(Int(seconds))
    }

    // MARK: The response

    /// The head of the response; heads of 1xx are passed over.
    ///
    /// - Parameter instant: when its first byte came.
    package func head(status: Int, contentType: String?, retryAfter: String? = nil, at instant: Instant) {
        guard outcome == nil, form == .noHead else { return }
        if firstByte == nil { firstByte = instant }
        guard status >= 200 else { return }
        lastRead = instant
        httpStatus = status
        self.retryAfter = retryAfter
        guard (200..<300).contains(status) else {
            form = .errorBody
            return
        }
        saysEventStream = contentType.map { $0.lowercased().contains("text/event-stream") } ?? false
        form = saysEventStream ? .events : .undecided
    }

    /// What one read of the socket brought of the body, all of it with one stamp.
    package func body(_ bytes: UnsafeRawBufferPointer, at instant: Instant) {
        guard outcome == nil, bytes.count > 0 else { return }
        // A read of the socket may bring several pieces of a chunked body; its tokens are one chunk all the same.
        if lastRead != instant { record.beginRead() }
        lastRead = instant
        switch form {
        case .noHead: settle(.protocolError, "a body without a head")
        case .undecided: decide(bytes, at: instant)
        case .events: readEvents(bytes, at: instant)
        case .document: keep(bytes)
        case .errorBody: keepBeginning(bytes)
        }
    }

    /// The orderly end of the response.
    package func end(at instant: Instant) {
        guard outcome == nil else { return }
        bodyEnd = instant
        switch form {
        case .noHead: settle(.protocolError, "the response ended before its head")
        case .undecided: settle(.invalidResponse, "HTTP \(httpStatus.map(String.init) ?? "") with an empty body")
        case .events:
            readUnterminatedEvent(isWhole: true)
            settleStream()
        case .document: settleDocument()
        case .errorBody: settleError()
        }
    }

    /// The response will not go on: the connection broke, a limit of time was reached, the run was stopped.
    ///
    /// An answer that was whole by then stays completed, and an error that was reported stays what it is.
    /// - Parameters:
    ///   - reason: the outcome if the response itself does not settle it.
    ///   - message: for the timeline's `error`.
    package func broken(_ reason: RequestOutcome, _ message: String?, at instant: Instant) {
        guard outcome == nil else { return }
        switch form {
        case .errorBody: return settleError()
        case .events:
            readUnterminatedEvent(isWhole: false)
            if hasError { return settle(.streamError, error) }
            if isRecognised, isDone || record.isFinished {
                record.count(.brokenAfterFinish)
                return settleStream()
            }
        case .noHead, .undecided, .document: break
        }
        settle(reason == .completed ? .incomplete : reason, message)
    }

    /// Writes into the timeline what the response says; stamps and counts only, for the request's own part is the client's.
    package func fill(_ timeline: inout RequestTimeline) {
        if let outcome { timeline.outcome = outcome }
        timeline.httpStatus = httpStatus
        timeline.error = error
        timeline.firstByte = firstByte
        timeline.firstEvent = firstEvent
        timeline.bodyEnd = bodyEnd
        record.fill(&timeline)
        // The comment comes at the end of the stream and is the last word.
        if let energy = parser.energy { timeline.serverEnergy = energy }
        if keepsText, isRecognised { timeline.text = text?.output.string }
    }

    /// The text of the reasoning, where texts are kept and there was any.
    package var reasoningText: String? {
        guard keepsText, let text, text.reasoning.count > 0 else { return nil }
        return text.reasoning.string
    }

    // MARK: The body

    /// Servers mislabel their bodies: the first byte says what it is.
    private func decide(_ bytes: UnsafeRawBufferPointer, at instant: Instant) {
        let start = bytes.firstIndex { !$0.isJSONSpace } ?? bytes.count
        guard start < bytes.count else { return }
        switch bytes[start] {
        // A field's name, a comment, a byte-order mark.
        case UInt8(ascii: "d"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "r"), UInt8(ascii: ":"), 0xEF: form = .events
        default: form = .document
        }
        body(UnsafeRawBufferPointer(rebasing: bytes[start...]), at: instant)
    }

    private func readEvents(_ bytes: UnsafeRawBufferPointer, at instant: Instant) {
        if !isRecognised { keepBeginning(bytes) }
        var cursor = SSECursor(bytes)
        do throws(SSEParser.FrameTooLong) {
            while let event = try parser.next(&cursor) { take(event, at: instant) }
        } catch {
            settle(.protocolError, "a frame of more than \(SSEParser.frameLimit / 1_048_576) MB")
        }
    }

    /// What stands in the parser at the end came with the last read.
    /// - Parameter isWhole: the response ended in order; else half an event is to be expected and says nothing.
    private func readUnterminatedEvent(isWhole: Bool) {
        guard let event = parser.finish() else { return }
        guard isWhole || ChunkScanner.scan(event.data).flags.contains(.isJSON) || event.data.trimmed.equals("[DONE]") else { return }
        record.count(.unterminatedEvent)
        take(event, at: lastRead ?? bodyEnd ?? Instant(nanoseconds: 0))
    }

    private func take(_ event: SSEEvent, at instant: Instant) {
        if firstEvent == nil { firstEvent = instant }
        if event.kind == .error { return takeError(event.data) }
        take(event.data, mayBeJoined: true, at: instant)
    }

    private func take(_ data: UnsafeRawBufferPointer, mayBeJoined: Bool, at instant: Instant) {
        let facts = ChunkScanner.scan(data)
        guard facts.flags.contains(.isJSON) else { return takeOddity(data, mayBeJoined: mayBeJoined, at: instant) }
        if isDone { record.count(.eventAfterDone) }
        if facts.flags.contains(.error) { return takeError(data) }
        guard facts.isRecognised else {
            if let energy = facts.energy { return record.take(energy) }
            return record.count(.unrecognisedEvent)
        }
        if !isRecognised { recognise() }
        let hasOutput = text == nil ? facts.flags.contains(.output) : keepText(facts, of: data)
        record.take(
            facts, hasOutput: hasOutput, finishReason: facts.finishReason.map { Self.string($0, in: data) }, at: instant)
    }

    /// Data that is no JSON: the end mark, nothing, several texts in one event, or nonsense.
    private func takeOddity(_ data: UnsafeRawBufferPointer, mayBeJoined: Bool, at instant: Instant) {
        let trimmed = data.trimmed
        if trimmed.isEmpty { return record.count(.emptyEvent) }
        if trimmed.equals("[DONE]") {
            if isDone { record.count(.repeatedDone) }
            isDone = true
            return
        }
        let lines = mayBeJoined ? trimmed.split(separator: 0x0A) : []
        guard lines.count > 1 else { return record.count(.invalidJSON) }
        record.count(.joinedEvents)
        for line in lines { take(UnsafeRawBufferPointer(rebasing: line), mayBeJoined: false, at: instant) }
    }

    private func takeError(_ data: UnsafeRawBufferPointer) {
        guard !hasError else { return }
        hasError = true
        error = data.isEmpty ? "an error event without data" : ErrorBody.text(data)
        serverMessage = ErrorBody.message(data)
    }

    /// Returns whether the event's content is output, not reasoning alone.
    private func keepText(_ facts: ChunkFacts, of data: UnsafeRawBufferPointer) -> Bool {
        if let range = facts.reasoning {
            text?.appendReasoning(Self.slice(range, of: data), isEscaped: range.isEscaped)
        }
        guard let range = facts.output else { return facts.flags.contains(.output) }
        return text?.appendContent(Self.slice(range, of: data), isEscaped: range.isEscaped) ?? true
    }

    private static func slice(_ range: ChunkFacts.TextRange, of data: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: data[range.offset..<range.offset + range.count])
    }

    /// Short texts of the interface; a name is no novel, and a server's is cut at 64 bytes.
    private static func string(_ range: ChunkFacts.TextRange, in data: UnsafeRawBufferPointer) -> String {
        var text = JSONText()
        text.append(slice(range, of: data), isEscaped: range.isEscaped)
        text.finish()
        return String(text.string.prefix(64))
    }

    private func recognise() {
        isRecognised = true
        kept.removeAll()
    }

    // MARK: What is kept of the body

    private func keepBeginning(_ bytes: UnsafeRawBufferPointer) {
        // A few bytes more than are shown, so that the cut is known to be one.
        let room = ErrorBody.limit + 4 - kept.count
        if room > 0 { kept.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(room))) }
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) {
        guard kept.count + bytes.count <= SSEParser.frameLimit else {
            return settle(.protocolError, "a body of more than \(SSEParser.frameLimit / 1_048_576) MB")
        }
        kept.append(bytes)
    }

    // MARK: The outcome

    private func settleStream() {
        if hasError { return settle(.streamError, error) }
        guard isRecognised else {
            serverMessage = ErrorBody.message(kept.bytes)
            return settle(.invalidResponse, kept.count > 0 ? ErrorBody.text(kept.bytes) : "an event stream without an event")
        }
        guard isDone || record.isFinished else {
            return settle(.incomplete, "the stream ended without a finish reason and without [DONE]")
        }
        if !isDone { record.count(.noDone) }
        if !record.isFinished { record.count(.noFinishReason) }
        settle(.completed, nil)
    }

    private func settleDocument() {
        let facts = ChunkScanner.scan(kept.bytes)
        let isAnswer = facts.flags.isSuperset(of: [.isJSON, .choice]) && !facts.flags.contains(.error)
        guard isAnswer else {
            serverMessage = ErrorBody.message(kept.bytes)
            let isError = facts.flags.isSuperset(of: [.isJSON, .error])
            return settle(isError ? .streamError : .invalidResponse, ErrorBody.text(kept.bytes))
        }
        isRecognised = true
        _ = keepText(facts, of: kept.bytes)
        record.takeWhole(
            facts, finishReason: facts.finishReason.map { Self.string($0, in: kept.bytes) },
            at: lastRead ?? bodyEnd ?? Instant(nanoseconds: 0))
        settle(.completed, nil)
    }

    private func settleError() {
        serverMessage = ErrorBody.message(kept.bytes)
        let status = httpStatus.map(String.init) ?? ""
        let isRejection = httpStatus == 429 || httpStatus == 503
        settle(isRejection ? .rejected : .httpError, kept.count > 0 ? ErrorBody.text(kept.bytes) : "HTTP \(status) with an empty body")
    }

    private func settle(_ outcome: RequestOutcome, _ error: String?) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        self.error = error
        record.count(.unknownField, parser.unknownFields)
        if form == .events, !saysEventStream { record.count(.contentType) }
        text?.finish()
        if let text {
            record.count(.loneSurrogate, text.loneHalves)
            if text.isTruncated { record.count(.textTruncated) }
        }
        kept.removeAll()
    }
}
