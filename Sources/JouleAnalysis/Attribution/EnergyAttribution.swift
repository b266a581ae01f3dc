import JouleModel
import JouleUnits

/// The energy of the window shared over its requests, in two ways: by slices of time, and by the share of all tokens.
///
/// In each slice the energy goes to the requests in flight by the work that they had done in it; where none of them had any that was
/// counted, by the time that they were there. Slices with nothing in flight are nobody's. So requests and the rest add up to the
/// energy of the window, gross and net.
struct EnergyAttribution {
    static let nothingCounted = "No completion tokens recorded; cannot attribute energy"

    /// Lines of requests that had a part in the window, in the order of the recording.
    let lines: [RequestEnergy]
    /// Nil where there is no energy to share.
    let summary: Summary.Attribution?
    let isAssumed: Bool
    /// Joules of prefill and decode of the headline scope.
    let prefill: Joules?
    let decode: Joules?

    static let none = EnergyAttribution(lines: [], summary: nil, isAssumed: false, prefill: nil, decode: nil)

    private init(lines: [RequestEnergy], summary: Summary.Attribution?, isAssumed: Bool, prefill: Joules?, decode: Joules?) {
        self.lines = lines
        self.summary = summary
        self.isAssumed = isAssumed
        self.prefill = prefill
        self.decode = decode
    }

    /// - Parameters:
    ///   - gross: of the headline scope in the window, as the ledger has it.
    ///   - idle: power of the loaded idle; nil leaves out everything net.
    ///   - isWholePhase: whether answers count as a whole, and not by what arrived inside the window.
    init(
        of requests: [RequestTimeline], slices: SliceEnergies, gross: Measured<Joules>, idle: Watts?, weights: TokenWeights,
        method: AttributionSpec.Method, isWholePhase: Bool
    ) {
        let window = slices.window
        let shares = requests.map { TokenCredit($0, in: isWholePhase ? nil : window).inside }
        let tokens = shares.reduce(0, +)
        guard tokens > 0 else {
            let summary = Sums().summary(method, gross: gross, weights: nil, reason: Self.nothingCounted)
            self.init(lines: [], summary: summary, isAssumed: false, prefill: nil, decode: nil)
            return
        }
        let net = idle.map { gross.value - $0 * window.duration }
        let timed = TimeSlices(requests, slices, idle: idle, weights)
        var lines: [RequestEnergy] = []
        var sums = Sums()
        lines.reserveCapacity(requests.count)
        for (index, request) in requests.enumerated() {
            let part = timed.parts[index]
            let share = shares[index] / tokens
            guard share > 0 || part.isPresent else { continue }
            var line = RequestEnergy(index: request.index, promptID: request.promptID, outcome: request.outcome)
            line.tokenShare = net.map { $0 * share }
            line.gross = Joules(part.gross)
            line.net = idle == nil ? nil : Joules(part.net)
            line.prefill = Joules(part.prefill)
            line.decode = Joules(part.gross - part.prefill)
            line.reasoning = request.tellsReasoning ? Joules(part.reasoning) : nil
            lines.append(line)
            let isWhole =
                isWholePhase || request.begun.map { window.contains($0) && (request.ended.map(window.contains) ?? false) } ?? false
            switch method {
            case .timeSliced: sums.add(part.gross, line, isWhole: isWhole)
            case .tokenShare: sums.add(gross.value.rawValue * share, nil, outcome: request.outcome, isWhole: isWhole)
            }
        }
        if method == .timeSliced { sums.unattributed = timed.unattributed }
        let summary = sums.summary(method, gross: gross, weights: method == .timeSliced ? weights : nil, reason: nil)
        let isSliced = method == .timeSliced
        self.init(
            lines: lines, summary: summary, isAssumed: isSliced && weights.isAssumed, prefill: isSliced ? Joules(sums.prefill) : nil,
            decode: isSliced ? Joules(sums.decode) : nil)
    }
}

/// Sums over requests, in joules of the gross energy.
private struct Sums {
    var requests = 0.0
    var unattributed = 0.0
    var prefill = 0.0
    var decode = 0.0
    var reasoning = 0.0
    var tellsReasoning = false
    var wasted = 0.0
    var whole: [Double] = []

    mutating func add(_ joules: Double, _ line: RequestEnergy, isWhole: Bool) {
        add(joules, line, outcome: line.outcome, isWhole: isWhole)
    }

    mutating func add(_ joules: Double, _ line: RequestEnergy?, outcome: RequestOutcome, isWhole: Bool) {
        requests += joules
        if let part = line?.prefill { prefill += part.rawValue }
        if let part = line?.decode { decode += part.rawValue }
        if let part = line?.reasoning {
            reasoning += part.rawValue
            tellsReasoning = true
        }
        if outcome != .completed { wasted += joules } else if isWhole { whole.append(joules) }
    }

    func summary(
        _ method: AttributionSpec.Method, gross: Measured<Joules>, weights: TokenWeights?, reason: String?
    ) -> Summary.Attribution {
        let flags = weights?.isAssumed == true ? gross.flags.union([.attributionAssumed]) : gross.flags
        func figure(_ joules: Double, _ why: String? = nil) -> Figure {
            if let why = reason ?? why { return .absent(unit: Joules.symbol, scope: gross.scope, reason: why) }
            return Figure(
                value: joules, unit: Joules.symbol, plusMinus: gross.interval(of: Joules(joules))?.rawValue, method: gross.method.rawValue,
                scope: gross.scope, flags: flags)
        }
        let unparted = method == .tokenShare ? "the share by tokens does not tell prefill from decode" : nil
        let untold = unparted ?? (tellsReasoning ? nil : "no answer told reasoning apart")
        var result = Summary.Attribution(
            method: method.rawValue, gross: gross.figure, requests: figure(requests), unattributed: figure(unattributed),
            prefill: figure(prefill, unparted), decode: figure(decode, unparted), reasoning: figure(reasoning, untold),
            answer: figure(decode - reasoning, untold), wasted: figure(wasted), perRequest: Latency.distribution(whole))
        result.alpha = weights?.alpha
        result.beta = weights?.beta
        result.origin = weights?.origin
        result.reason = reason
        return result
    }
}

/// The sharing by slices of time, in joules.
private struct TimeSlices {
    struct Part {
        var gross = 0.0
        var net = 0.0
        var prefill = 0.0
        var reasoning = 0.0
        /// Whether the request was in flight inside the window.
        var isPresent = false
    }

    /// One for each request.
    private(set) var parts: [Part]
    private(set) var unattributed = 0.0

    /// Linear in slices and reads.
    init(_ requests: [RequestTimeline], _ slices: SliceEnergies, idle: Watts?, _ weights: TokenWeights) {
        let window = slices.window
        let (begin, end) = (window.lowerBound.nanoseconds, window.upperBound.nanoseconds)
        let sums = requests.map(\.tokensOfChunks)
        let ends = requests.map { $0.leaving(atLatest: window.upperBound) }
        var work = WorkGrid(from: begin, to: end, slices: slices.gross.count)
        for (index, request) in requests.enumerated() {
            request.forEachPiece(weights, chunkSum: sums[index], end: ends[index]) { _, weight, from, to in
                work.add(weight, from: from, to: to)
            }
        }
        // Where nobody's work was counted, the time in flight stands in for it.
        var stays = WorkGrid(from: begin, to: end, slices: slices.gross.count)
        for (index, request) in requests.enumerated() {
            request.forEachStay(end: ends[index]) { _, from, to in stays.add(Double(to - from) * 1e-9, from: from, to: to) }
        }
        let idleSlices = work.idleSlices
        let net = idle.map { slices.net(over: $0) } ?? slices.gross
        func uncounted(_ energies: [Double]) -> [Double] { energies.indices.map { idleSlices[$0] ? energies[$0] : 0 } }
        let workPrices = (gross: work.prices(of: slices.gross), net: work.prices(of: net))
        let stayPrices = (gross: stays.prices(of: uncounted(slices.gross)), net: stays.prices(of: uncounted(net)))
        unattributed = stayPrices.gross.left

        parts = Array(repeating: Part(), count: requests.count)
        for (index, request) in requests.enumerated() {
            var part = Part()
            request.forEachPiece(weights, chunkSum: sums[index], end: ends[index]) { kind, weight, from, to in
                let gross = work.cost(of: weight, from: from, to: to, at: workPrices.gross)
                part.gross += gross
                part.net += work.cost(of: weight, from: from, to: to, at: workPrices.net)
                switch kind {
                case .prefill: part.prefill += gross
                case .reasoning: part.reasoning += gross
                case .decode: break
                }
            }
            request.forEachStay(end: ends[index]) { kind, from, to in
                part.isPresent = part.isPresent || (from < end && to > begin)
                let gross = stays.cost(of: Double(to - from) * 1e-9, from: from, to: to, at: stayPrices.gross)
                part.gross += gross
                part.net += stays.cost(of: Double(to - from) * 1e-9, from: from, to: to, at: stayPrices.net)
                if kind == .prefill { part.prefill += gross }
            }
            parts[index] = part
        }
    }
}

extension Measured<Joules> {
    /// Half the 95 % interval of a share of this energy, which errs by as much of itself as the whole; what the sharing may be wrong by
    /// is not in it. Nil where the whole has none.
    func interval(of part: Joules) -> Joules? {
        guard value.magnitude > .zero else { return plusMinus }
        return plusMinus.map { $0 * (part.magnitude / value.magnitude) }
    }
}
