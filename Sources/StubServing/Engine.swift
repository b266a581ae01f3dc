import Foundation
import JouleModel
import JouleUnits
import NIOCore

/// Admits requests, plays their answers on schedule and keeps the server's own books. All of it lives on one event loop.
final class Engine {
    /// One request that is being answered.
    final class Exchange {
        let request: IncomingRequest
        let connection: Connection
        let number: Int
        let entry: RequestLog.Entry?
        let generation: GenerationRequest?
        let behaviour: Behaviour
        var playback: Playback?
        var admitted: Int64 = 0
        var firstToken: Int64?
        var tokens = 0
        var isOver = false
        /// What is cut from the last write and still to be sent, and the turn after it.
        fileprivate(set) var segments: [ByteBuffer] = []
        fileprivate(set) var laterTurn: Playback.Turn?
        fileprivate(set) var flood: (block: ByteBuffer, left: Int)?

        init(
            request: IncomingRequest, connection: Connection, number: Int, entry: RequestLog.Entry?, generation: GenerationRequest?,
            behaviour: Behaviour
        ) {
            self.request = request
            self.connection = connection
            self.number = number
            self.entry = entry
            self.generation = generation
            self.behaviour = behaviour
        }
    }

    let settings: Settings
    private let loop: NIOIsolatedEventLoop
    private(set) var scenario: Scenario
    private(set) var books: Books
    private(set) var log: RequestLog
    private var arrivals = CircularBuffer<(IncomingRequest, Connection)>()
    private var waiting = CircularBuffer<Exchange>()
    private var running = 0
    private var deadlines = DeadlineQueue<Exchange>()
    private var wakeUp: Int64?
    private var requests = 0
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var opened = 0
    private let answers: AnswerSource?
    private let activity: ServerActivity?
    /// Called after all connections are dropped, with the time for which nobody is to listen.
    var onRestart: ((Int64) -> Void)?

    init(settings: Settings, scenario: Scenario, answers: AnswerSource?, activity: ServerActivity?, loop: any EventLoop) {
        self.settings = settings
        self.answers = answers
        self.activity = activity
        self.scenario = scenario
        self.loop = loop.assumeIsolated()
        books = Books(engines: settings.engines)
        log = RequestLog(limit: settings.logLimit)
    }

    // MARK: Connections

    func opened(_ connection: Connection) -> Int {
        opened += 1
        connections[ObjectIdentifier(connection)] = connection
        return opened
    }

    func closed(_ connection: Connection, answering exchange: Exchange?) {
        connections[ObjectIdentifier(connection)] = nil
        if let exchange { end(exchange, "client gone") }
    }

    // MARK: Arrival

    /// Takes a request. It is worked on in a later turn of the loop, one a turn, so that in a burst of arrivals each is stamped when it comes and
    /// not when the ones before it are done.
    func receive(_ request: IncomingRequest, from connection: Connection) {
        arrivals.append((request, connection))
        if arrivals.count == 1 { loop.execute { self.takeArrival() } }
    }

    private func takeArrival() {
        guard let (request, connection) = arrivals.first else { return }
        take(request, from: connection)
        arrivals.removeFirst()
        if !arrivals.isEmpty { loop.execute { self.takeArrival() } }
    }

    private func take(_ request: IncomingRequest, from connection: Connection) {
        guard connection.isOpen else { return }
        if request.path.hasPrefix("/stub/") { return control(request, from: connection) }
        requests += 1
        let entry = log.add(number: requests, connection: connection.number, request: request)
        var page: Document?
        var generation: GenerationRequest?
        if let denied = denial(of: request) {
            page = denied
        } else if let api = Self.api(of: request) {
            do {
                let asked = try GenerationRequest(
                    api, body: Data(request.body.readableBytesView), tokenizer: settings.tokenizer)
                generation = asked
                page = refusal(of: asked)
            } catch {
                let message = (error as? Failure)?.message ?? "\(error)"
                page = .error(400, message, style: settings.dialect.errorStyle)
            }
        } else {
            page = pages.document(for: request)
        }
        let given = generation.flatMap { generation in answers?(generation) }
        let behaviour = given ?? scenario.behaviour(path: request.path, prompt: generation?.prompt)
        let isAnswered = page == nil
        let exchange = Exchange(
            request: request, connection: connection, number: requests, entry: entry, generation: isAnswered ? generation : nil,
            behaviour: behaviour ?? Behaviour())
        connection.answering = exchange
        if let page {
            exchange.admitted = Instant.now.nanoseconds
            exchange.playback = Playback(
                page: page, behaviour: exchange.behaviour, dialect: settings.dialect, closes: request.closes,
                clientIsHTTP10: request.isHTTP10)
            advance(exchange, deadline: exchange.admitted)
        } else if let limit = scenario.rates.maxConcurrent, running >= limit {
            waiting.append(exchange)
            books.waiting(+1, number: exchange.number)
        } else {
            admit(exchange, at: request.received)
        }
    }

    private static func api(of request: IncomingRequest) -> GenerationRequest.API? {
        guard request.method == "POST" else { return nil }
        return switch request.path {
        case "/v1/chat/completions": .chat
        case "/v1/completions": .completions
        default: nil
        }
    }

    private func denial(of request: IncomingRequest) -> Document? {
        guard let key = settings.apiKey, request.path.hasPrefix("/v1"), request.field("authorization") != "Bearer \(key)" else {
            return nil
        }
        return switch settings.dialect {
        case .vllm, .sglang, .tgi, .trtllm, .ollama: .json(#"{"error":"Unauthorized"}"#, status: 401)
        case .openai:
            .json(
                #"{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
                status: 401)
        case .llamacpp: .json(#"{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}"#, status: 401)
        }
    }

    private func refusal(of request: GenerationRequest) -> Document? {
        let style = settings.dialect.errorStyle
        switch settings.dialect {
        case .vllm, .openai, .ollama:
            if let model = request.model, model != settings.model {
                return .error(404, "The model `\(model)` does not exist.", style: style)
            }
        case .sglang, .llamacpp, .tgi, .trtllm: break
        }
        let length = request.promptTokens.saturatingAdd(request.maxTokens ?? 0)
        guard length > settings.contextLength else { return nil }
        return .error(
            400, "This model's maximum context length is \(settings.contextLength) tokens, but \(length) were asked for.", style: style)
    }

    private func admit(_ exchange: Exchange, at time: Int64) {
        guard let generation = exchange.generation else { return }
        running += 1
        books.running(+1, number: exchange.number)
        exchange.admitted = time
        exchange.entry?.admitted = time
        activity?.began()
        var question = Playback.Question(
            request: generation, number: exchange.number, settings: settings, rates: scenario.rates,
            created: Int(Date().timeIntervalSince1970))
        question.load = load
        question.closes = exchange.request.closes
        question.clientIsHTTP10 = exchange.request.isHTTP10
        exchange.playback = Playback(question, behaviour: exchange.behaviour)
        schedule(exchange)
    }

    /// By which the requests at work stretch the time between tokens.
    private var load: Double { 1 + scenario.rates.batchSlowdown * Double(max(0, running - 1)) }

    // MARK: Time

    private func schedule(_ exchange: Exchange) {
        guard let playback = exchange.playback else { return }
        var deadline = exchange.admitted + playback.due
        let tick = scenario.rates.tick
        if !playback.isExact && tick > 0 { deadline = (deadline + tick - 1) / tick * tick }
        if deadline <= exchange.admitted && playback.due == 0 { return advance(exchange, deadline: deadline) }
        wake(exchange, at: deadline)
    }

    private func wake(_ exchange: Exchange, at deadline: Int64) {
        deadlines.add(exchange, at: deadline)
        arm()
    }

    /// One timer for all, set to the earliest deadline; one that is overtaken by an earlier one fires in vain.
    private func arm() {
        guard let earliest = deadlines.earliest, wakeUp.map({ earliest < $0 }) ?? true else { return }
        wakeUp = earliest
        _ = loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(max(0, earliest)))) { self.playDue(armedFor: earliest) }
    }

    private func playDue(armedFor deadline: Int64) {
        if wakeUp == deadline { wakeUp = nil }
        // Now and then the loop must look at its sockets: requests are stamped when they are read.
        var budget = 64
        while budget > 0, let next = deadlines.removeFirst(dueBy: Instant.now.nanoseconds) {
            budget -= 1
            if !next.element.isOver { advance(next.element, deadline: next.deadline) }
        }
        arm()
    }

    // MARK: Writing

    private func advance(_ exchange: Exchange, deadline: Int64) {
        if !exchange.segments.isEmpty { return sendSegment(of: exchange) }
        guard let playback = exchange.playback else { return }
        let isFirst = playback.isExact
        let due = exchange.admitted + playback.due
        var out = exchange.connection.allocator.buffer(capacity: 512)
        let step = playback.play(into: &out, load: load)
        let pieces = exchange.behaviour.cut.map { $0.segments(of: out) } ?? []
        let bytes = out.readableBytes
        if let piece = pieces.first {
            exchange.connection.send(piece)
            exchange.segments = Array(pieces.dropFirst())
        } else if bytes > 0 {
            exchange.connection.send(out)
        }
        let now = Instant.now.nanoseconds
        if bytes > 0 { note(bytes: bytes, tokens: step.tokens, at: now, due: due, isFirst: isFirst, of: exchange) }
        if exchange.segments.isEmpty {
            take(step.turn, of: exchange)
        } else {
            exchange.laterTurn = step.turn
            wake(exchange, at: now + (exchange.behaviour.cut?.gap ?? 0))
        }
    }

    private func sendSegment(of exchange: Exchange) {
        exchange.connection.send(exchange.segments.removeFirst())
        guard exchange.segments.isEmpty else { return wake(exchange, at: Instant.now.nanoseconds + (exchange.behaviour.cut?.gap ?? 0)) }
        if let turn = exchange.laterTurn {
            exchange.laterTurn = nil
            take(turn, of: exchange)
        }
    }

    private func note(bytes: Int, tokens: Int, at now: Int64, due: Int64, isFirst: Bool, of exchange: Exchange) {
        if let entry = exchange.entry {
            entry.writes.append(RequestLog.Entry.Write(time: now, bytes: bytes, tokens: tokens))
            entry.bytes += bytes
            entry.tokens += tokens
        }
        guard tokens > 0 else { return }
        exchange.tokens += tokens
        if isFirst {
            exchange.firstToken = now
            activity?.tookFirstToken()
        }
        books.generated(tokens, number: exchange.number)
        log.noteTokens(late: now - due, isFirst: isFirst, sinceReceived: now - exchange.request.received)
    }

    private func take(_ turn: Playback.Turn, of exchange: Exchange) {
        switch turn {
        case .next: schedule(exchange)
        case .finished(let keepsConnection):
            end(exchange, "finished")
            exchange.connection.finished(keepsConnection: keepsConnection)
        case .close:
            end(exchange, "closed")
            exchange.connection.finished(keepsConnection: false)
        case .reset:
            end(exchange, "reset")
            exchange.connection.reset()
        case .hang: break
        case .flood(let block, let limit):
            exchange.flood = (block, limit ?? Int.max)
            pump(exchange)
        case .restart(let pause):
            end(exchange, "restart")
            restart(pause: pause ?? 0)
        }
    }

    /// Writes a flood's next blocks, a few at a time, as long as the client takes them.
    func pump(_ exchange: Exchange) {
        guard var flood = exchange.flood, !exchange.isOver else { return }
        var blocks = 16
        while blocks > 0, flood.left > 0, exchange.connection.isWritable {
            exchange.connection.send(flood.block)
            exchange.entry?.bytes += flood.block.readableBytes
            flood.left -= flood.block.readableBytes
            blocks -= 1
        }
        exchange.flood = flood
        if flood.left <= 0 {
            take(.close, of: exchange)
        } else if exchange.connection.isWritable {
            loop.execute { self.pump(exchange) }
        }
    }

    private func end(_ exchange: Exchange, _ how: String) {
        guard !exchange.isOver else { return }
        exchange.isOver = true
        let now = Instant.now.nanoseconds
        exchange.entry?.ended = now
        exchange.entry?.ending = how
        guard let generation = exchange.generation else { return }
        guard exchange.playback != nil else {
            waiting.removeAll { $0 === exchange }
            books.waiting(-1, number: exchange.number)
            return
        }
        running -= 1
        activity?.ended(hadFirstToken: exchange.firstToken != nil)
        books.running(-1, number: exchange.number)
        books.ended(exchange, promptTokens: generation.promptTokens, at: now, how: how)
        while let next = waiting.first, scenario.rates.maxConcurrent.map({ running < $0 }) ?? true {
            waiting.removeFirst()
            books.waiting(-1, number: next.number)
            admit(next, at: now)
        }
    }

    // MARK: Control

    private func control(_ request: IncomingRequest, from connection: Connection) {
        var document = Document.json("{}")
        var pause: Int64?
        do {
            switch (request.method, request.path) {
            case ("POST", "/stub/scenario"):
                scenario = try Scenario(Data(request.body.readableBytesView), rates: settings.rates)
                document = .json("{\"rules\":\(scenario.rules.count)}")
            case ("DELETE", "/stub/scenario"): scenario = Scenario(rates: settings.rates)
            case ("GET", "/stub/log"): document = .json(log.json(withRequests: request.query != "requests=0"))
            case ("DELETE", "/stub/log"): log.clear()
            case ("POST", "/stub/restart"):
                var fields = try JSONFields(
                    request.body.readableBytes == 0
                        ? .object([:]) : try JSONDecoder().decode(JSONValue.self, from: Data(request.body.readableBytesView)), at: "restart"
                )
                pause = try fields.milliseconds("down_ms") ?? 0
                try fields.finish()
            default: document = .plain("no such control", status: 404)
            }
        } catch {
            document = .plain("\(error)\n", status: 400)
        }
        let playback = Playback(
            page: document, behaviour: Behaviour(), dialect: settings.dialect, closes: request.closes, clientIsHTTP10: request.isHTTP10)
        var out = connection.allocator.buffer(capacity: 1_024)
        _ = playback.play(into: &out)
        connection.send(out)
        if let pause {
            restart(pause: pause, sparing: connection)
            connection.finished(keepsConnection: false)
        } else {
            connection.finished(keepsConnection: !request.closes)
        }
    }

    /// As if the process had ended and been started again: connections gone, counters at zero, another start time.
    private func restart(pause: Int64, sparing spared: Connection? = nil) {
        waiting.removeAll()
        for connection in connections.values where connection !== spared {
            // Before the books are closed: the connection itself hears of its end only later.
            if let exchange = connection.answering { end(exchange, "restart") }
            connection.reset()
        }
        running = 0
        books = Books(engines: settings.engines)
        onRestart?(pause)
    }

    private var pages: Pages { Pages(settings: settings, rates: scenario.rates, books: books) }
}

extension Behaviour.Cut {
    /// The bytes cut into segments; what is not cut is one.
    package func segments(of bytes: ByteBuffer) -> [ByteBuffer] {
        var cuts = Set(offsets.filter { $0 < bytes.readableBytes })
        if let every { cuts.formUnion(stride(from: every, to: bytes.readableBytes, by: every)) }
        var bytes = bytes
        var segments: [ByteBuffer] = []
        var position = 0
        for cut in cuts.sorted() + [bytes.readableBytes] {
            if let segment = bytes.readSlice(length: cut - position), segment.readableBytes > 0 { segments.append(segment) }
            position = cut
        }
        return segments
    }
}
