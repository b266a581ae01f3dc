import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

struct ImportedRunTests {
    /// The serving toolkit's log: its energy as one mean power over the log's span, requests over 600 s of it.
    private func toolkit(idle: Watts? = Watts(20.76969364548495)) -> ImportedRun {
        let span = 629.964506149292
        let mean = 212_340.9954298465 / span
        let log = powerSeries(Array(stride(from: 0.0, to: span, by: 1)).map { ($0, mean) } + [(span, mean)])
        let requests = (0..<595).map { index in
            ImportedRun.Request(
                sent: at(10 + Double(index)), latency: .seconds(6), inputTokens: 50, outputTokens: 199 + (index < 210 ? 1 : 0),
                succeeded: true)
        }
        return ImportedRun(power: [log], requests: requests, idlePower: idle)
    }

    @Test func `the serving toolkit's totals come out over its own span`() throws {
        let totals = toolkit().totals(over: .powerLog)
        #expect(isClose(totals.total.value?.value.rawValue, 212_340.9954298465, within: 1e-9))
        #expect(isClose(totals.active.value?.value.rawValue, 199_256.82562959648, within: 1e-8))
        #expect(totals.outputTokens.value == 118_615)
        #expect(isClose(totals.joulesPerOutputToken.value, 1.7901698, within: 1e-7))
        #expect(isClose(totals.outputTokensPerSecond.value, 188.29, within: 1e-4))
        #expect(totals.joulesPerOutputToken.scope == .gpu)
        #expect(totals.succeeded == 595)
    }

    @Test func `tokens and energy share the requests' window`() {
        let totals = toolkit().totals()
        #expect(totals.window.value?.duration == .seconds(600))
        #expect(isClose(totals.outputTokensPerSecond.value, 197.69, within: 1e-4))
        #expect(isClose(totals.total.value?.value.rawValue, 212_340.9954298465 * 600 / 629.964506149292, within: 1e-9))
        #expect(isClose(totals.meanPower.value, 337.068, within: 1e-5))
    }

    @Test func `what is not known is absent with its reason`() {
        #expect(toolkit(idle: nil).totals().active.reason == "the idle power is not known")
        var bare = toolkit()
        bare.power = []
        #expect(bare.totals().total.reason == "there is no power log")
        bare.requests = []
        #expect(bare.totals().window.reason == "there are no requests with a length")
        var uncounted = toolkit()
        for index in uncounted.requests.indices { uncounted.requests[index].outputTokens = nil }
        #expect(uncounted.totals().joulesPerOutputToken.reason == "no request has a count of output tokens")
        var short = toolkit()
        short.power[0].samples.removeLast(200)
        #expect(short.totals().total.value == nil)
    }
}
