import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

struct AttributionTests {
    private func sum(_ energies: [RequestEnergy], _ part: (RequestEnergy) -> Joules?) -> Double {
        energies.compactMap(part).sum().rawValue
    }

    /// Requests of all kinds: any outcome, stamps missing, reads of several tokens, reasoning, final counts of their own.
    private func anything(_ random: inout SeededRandom) -> [RequestTimeline] {
        (0..<Int.random(in: 1...40, using: &random)).map { index in
            let sent = Double.random(in: 0...20, using: &random)
            let outcome = RequestOutcome.allCases.randomElement(using: &random) ?? .completed
            var request = RequestTimeline(
                index: index, promptID: "p\(index)", phase: .measure, outcome: Bool.random(using: &random) ? .completed : outcome,
                scheduled: at(sent), inputTokens: Bool.random(using: &random) ? Int.random(in: 0...3_000, using: &random) : nil)
            guard request.outcome != .dropped else { return request }
            request.sent = at(sent)
            request.bodyEnd = Bool.random(using: &random) ? at(sent + Double.random(in: 0...5, using: &random)) : nil
            guard Bool.random(using: &random) || Bool.random(using: &random) else {
                request.outputTokens = Bool.random(using: &random) ? Int.random(in: 0...50, using: &random) : nil
                return request
            }
            var time = sent
            request.chunks = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                time += Bool.random(using: &random) ? Double.random(in: 0...0.3, using: &random) : 0
                let kind = TokenChunk.Kind.allCases.randomElement(using: &random) ?? .output
                return TokenChunk(instant: at(time), tokens: kind.isToken ? UInt16.random(in: 1...5, using: &random) : 0, kind: kind)
            }
            request.firstToken = request.chunks.first { $0.kind.isToken }?.instant
            request.lastToken = request.chunks.last?.instant
            request.bodyEnd = request.chunks.last?.instant ?? request.bodyEnd
            if Bool.random(using: &random) { request.outputTokens = Int.random(in: 0...200, using: &random) }
            if let tokens = request.inputTokens, Bool.random(using: &random) {
                request.cachedInputTokens = Int.random(in: 0...max(tokens, 1), using: &random)
            }
            return request
        }
    }

    @Test(arguments: 0..<60)
    func `requests and the rest add up to the energy of the window, gross and net`(trial: Int) throws {
        let seed = UInt64(trial) &* 7_919 &+ 11
        var random = SeededRandom(seed: seed)
        let requests = anything(&random)
        let alpha = Double.random(in: 0...1, using: &random)
        let period = [5, 20, 100, 700].randomElement(using: &random) ?? 100
        // Far from square: some slices are dear, some free.
        let phase = Double.random(in: 0.1...3, using: &random)
        let recording = serving(requests, arrival: .burst, watts: { ($0 / phase).rounded(.down).truncatingRemainder(dividingBy: 2) * 600 })
        {
            $0.experiment.attribution.alpha = alpha
            $0.experiment.attribution.beta = 1
            $0.series[0] = SampleSeries(channel: channel(updatePeriod: .milliseconds(period)), samples: $0.series[0].samples)
        }
        let summary = summary(of: recording)
        guard let attribution = summary.attribution, attribution.reason == nil else { return }
        let energies = RunAnalysis.requestEnergies(of: recording)
        let gross = try #require(summary.energies.first?.gross.value)
        let net = try #require(summary.energies.first?.netOverIdleLoaded.value)
        let left = try #require(attribution.unattributed.value)
        #expect(isClose(sum(energies, \.gross) + left, gross), "seed \(seed)")
        #expect(isClose(attribution.requests.value, sum(energies, \.gross)), "seed \(seed)")
        #expect(isClose(sum(energies, \.tokenShare), net), "seed \(seed)")
        let duration = try #require(summary.windowDurationSeconds)
        // What is nobody's, net: its gross energy less the idle power over the slices that are nobody's, so requests hold the rest.
        let idle = (gross - net) / duration
        let restNet = net - sum(energies, \.net)
        #expect(restNet <= left + 1e-6 * abs(gross), "seed \(seed)")
        #expect(restNet >= left - idle * duration - 1e-6 * abs(gross), "seed \(seed)")
        for energy in energies {
            let parts = (energy.prefill ?? .zero) + (energy.decode ?? .zero)
            #expect(isClose(parts.rawValue, energy.gross?.rawValue ?? .nan), "seed \(seed)")
            if let reasoning = energy.reasoning, let decode = energy.decode { #expect(reasoning <= decode + Joules(1e-6), "seed \(seed)") }
        }
    }

    @Test func `a request alone has all of the energy while it is there, and nobody has the pauses`() throws {
        let requests = [answer(0, sent: 0, tokens: 41), answer(1, sent: 10, tokens: 41)]
        let recording = serving(requests, arrival: .sequential)
        let summary = summary(of: recording)
        let energies = RunAnalysis.requestEnergies(of: recording)
        // 2.2 s at 400 W each, to a slice at either end; 7.8 s between them.
        #expect(energies.count == 2)
        #expect(energies.allSatisfy { isClose($0.gross?.rawValue, 880, within: 0.06) })
        #expect(energies.allSatisfy { isClose($0.net?.rawValue, 660, within: 0.06) })
        #expect(isClose(summary.attribution?.unattributed.value, 400 * 7.8, within: 0.03))
        #expect(summary.attribution?.perRequest.count == 2)
        #expect(summary.attribution?.origin == "assumed")
        #expect(raised(summary).contains(.attributionAssumed))
    }

    @Test func `two requests share a slice by their weighted work`() {
        // Both in flight at the same time, one with twice the tokens in each read.
        var second = answer(1, sent: 0)
        for index in second.chunks.indices { second.chunks[index].tokens = 2 }
        second.outputTokens = 80
        let energies = RunAnalysis.requestEnergies(
            of: serving([answer(0, sent: 0), second], arrival: .burst) {
                $0.experiment.attribution.alpha = 0
                $0.experiment.attribution.beta = 1
            })
        #expect(isClose((energies[1].gross ?? .zero) / (energies[0].gross ?? .zero), 2, within: 1e-9))
        #expect(isClose((energies[1].tokenShare ?? .zero) / (energies[0].tokenShare ?? .zero), 2, within: 1e-9))
    }

    @Test func `prefill and decode share by alpha and beta, and cached prompt tokens cost nothing`() throws {
        // One prefills 1,000 tokens over 2 s while the other decodes 20 tokens over the same 2 s.
        var long = answer(0, sent: 0, wait: 2, step: 0.05, tokens: 1, input: 1_200)
        long.cachedInputTokens = 200
        let short = answer(1, sent: 0, wait: 0.1, step: 0.1, tokens: 20, input: 0)
        let recording = serving([long, short], arrival: .burst) {
            $0.experiment.attribution.alpha = 0.02
            $0.experiment.attribution.beta = 1
        }
        let energies = RunAnalysis.requestEnergies(of: recording)
        let prefill = try #require(energies[0].prefill)
        let decode = try #require(energies[1].decode)
        #expect(isClose(prefill / decode, 1, within: 1e-2))
        #expect(isClose(energies[1].prefill?.rawValue, 0))
        let summary = summary(of: recording)
        #expect(summary.attribution?.origin == "configured")
        #expect(summary.attribution?.alpha == 0.02)
        #expect(!raised(summary).contains(.attributionAssumed))
        #expect(summary.figures["prefill_joules_per_input_token"]?.value != nil)
    }

    @Test func `reasoning and answer make up decode, and failed requests' energy is wasted`() throws {
        var thinking = answer(0, sent: 0)
        for index in 0..<20 { thinking.chunks[index].kind = .reasoning }
        thinking.reasoningTokens = 20
        let failed = answer(1, sent: 0, outcome: .streamError)
        let summary = summary(of: serving([thinking, failed], arrival: .burst))
        let attribution = try #require(summary.attribution)
        let decode = try #require(attribution.decode.value)
        let reasoning = try #require(attribution.reasoning.value)
        #expect(isClose(reasoning + (attribution.answer.value ?? .nan), decode))
        #expect(reasoning > 0 && reasoning < decode)
        #expect(isClose(attribution.wasted.value, try #require(attribution.requests.value) / 2, within: 0.05))
        #expect(summary.requests.reasoningTokens == 20)
        #expect(summary.requests.wastedTokens == 40)
        #expect(isClose(summary.figures["joules_per_answer_token"]?.value, 400 * (summary.windowDurationSeconds ?? 0) / 60, within: 1e-3))
    }

    @Test func `without an output token there is nothing to share by`() {
        let requests = (0..<3).map { index in
            var request = answer(index, sent: Double(index))
            request.outputTokens = 0
            request.chunks = []
            return request
        }
        let recording = serving(requests, arrival: .sequential)
        #expect(summary(of: recording).attribution?.reason == "No completion tokens recorded; cannot attribute energy")
        #expect(summary(of: recording).attribution?.requests.value == nil)
        #expect(RunAnalysis.requestEnergies(of: recording).isEmpty)
        #expect(summary(of: recording).figures["joules_per_output_token"]?.reason == "there were no output tokens")
    }

    @Test func `without a meter there is no attribution at all`() {
        let recording = serving([answer(0, sent: 0)], arrival: .sequential) { $0.series = [] }
        #expect(summary(of: recording).attribution == nil)
    }

    @Test func `the token share gives gross energy by tokens and tells no prefill`() throws {
        let recording = serving([answer(0, sent: 0, tokens: 30), answer(1, sent: 0, tokens: 10)], arrival: .burst) {
            $0.experiment.attribution.method = .tokenShare
        }
        let attribution = try #require(summary(of: recording).attribution)
        #expect(attribution.method == "token_share")
        #expect(isClose(attribution.requests.value, try #require(attribution.gross.value)))
        #expect(attribution.unattributed.value == 0)
        #expect(attribution.prefill.reason != nil)
        #expect(isClose(attribution.perRequest.maximum, 0.75 * (attribution.gross.value ?? .nan)))
        #expect(!raised(summary(of: recording)).contains(.attributionAssumed))
    }

    @Test func `a stored fit is used for the same model, device and precision only`() throws {
        let recording = serving([answer(0, sent: 0)], arrival: .sequential)
        let subject = EnergyFit.Subject(recording)
        #expect(subject == EnergyFit.Subject(model: "m", device: "Accelerator", precision: "auto"))
        let observations = [(1_000.0, 0.0, 20.0), (0, 1_000, 500), (2_000, 500, 290)].map {
            EnergyFit.Observation(label: "", energy: $0.2, seconds: 1, prefillTokens: $0.0, outputTokens: $0.1)
        }
        let fit = try EnergyFit(fitting: observations, for: subject, scope: .gpu, hasBaseline: false)
        #expect(summary(of: recording, fit: StoredFit(fit, file: "fit.json")).attribution?.origin == "fit fit.json")
        var other = fit
        other.model = "another"
        #expect(summary(of: recording, fit: StoredFit(other, file: "fit.json")).attribution?.origin == "assumed")
    }

    @Test func `the rows of a worker's batch share their slices`() {
        let rows = (0..<4).map { answer($0, sent: 0, tokens: 40) }
        let recording = serving(rows, arrival: .sequential) { $0.experiment.backend.kind = .pytorch }
        let energies = RunAnalysis.requestEnergies(of: recording)
        #expect(energies.count == 4)
        #expect(energies.allSatisfy { isClose($0.gross?.rawValue, energies[0].gross?.rawValue ?? .nan) })
    }
}

struct EnergyFitTests {
    private func observation(_ prefill: Double, _ output: Double, _ energy: Double, seconds: Double = 1) -> EnergyFit.Observation {
        EnergyFit.Observation(label: "r", energy: energy, seconds: seconds, prefillTokens: prefill, outputTokens: output)
    }

    private let subject = EnergyFit.Subject(model: "m", device: "d", precision: "bfloat16")

    @Test func `the vectors of the methodology give alpha and beta`() throws {
        let fit = try EnergyFit(
            fitting: [observation(1_000, 0, 20), observation(0, 1_000, 500), observation(2_000, 500, 290)], for: subject, scope: .gpu,
            hasBaseline: false)
        #expect(isClose(fit.alpha.value, 0.02))
        #expect(isClose(fit.beta.value, 0.5))
        #expect(fit.baseline == nil)
        #expect(isClose(fit.rSquared, 1))
    }

    @Test func `runs that only differ in size are refused with a remedy`() throws {
        let failure = #expect(throws: Failure.self) {
            try EnergyFit(fitting: [observation(100, 100, 10), observation(200, 200, 20)], for: subject, scope: .gpu, hasBaseline: false)
        }
        #expect(failure?.code == "fit.rank")
        #expect(failure?.message.contains("cannot separate prefill from decode") == true)
        #expect(failure?.remedy?.contains("fit_prefill_decode.yaml") == true)
    }

    @Test func `a constant power is told from both, with standard errors`() throws {
        var random = SeededRandom(seed: 5)
        let observations = (0..<12).map { index in
            let prefill = Double((index % 4) * 4_000 + 500)
            let output = Double((index % 3) * 3_000 + 100)
            let seconds = 20 + Double(index * index % 7) * 10
            let noise = Double.random(in: -5...5, using: &random)
            return observation(prefill, output, 90 * seconds + 0.03 * prefill + 0.4 * output + noise, seconds: seconds)
        }
        let fit = try EnergyFit(fitting: observations, for: subject, scope: .gpu)
        #expect(isClose(fit.baseline?.value, 90, within: 0.02))
        #expect(isClose(fit.alpha.value, 0.03, within: 0.05))
        #expect(isClose(fit.beta.value, 0.4, within: 0.05))
        #expect(fit.baseline?.unit == "W")
        #expect(try #require(fit.beta.standardError) < 0.01)
        #expect(fit.residuals.count == 12)
    }

    @Test func `a run gives its totals, net or gross`() throws {
        let recording = serving((0..<4).map { answer($0, sent: Double($0) * 3) }, arrival: .sequential)
        let gross = try EnergyFit.Observation(recording)
        let net = try EnergyFit.Observation(recording, isNet: true, label: "a")
        #expect(gross.prefillTokens == 400)
        #expect(gross.outputTokens == 160)
        #expect(isClose(gross.energy, 400 * gross.seconds, within: 1e-3))
        #expect(isClose(net.energy, 300 * gross.seconds, within: 1e-3))
        #expect(net.label == "a")
        let failure = #expect(throws: Failure.self) {
            try EnergyFit.Observation(serving([answer(0, sent: 0)], arrival: .sequential) { $0.series = [] })
        }
        #expect(failure?.code == "fit.observation")
    }
}
