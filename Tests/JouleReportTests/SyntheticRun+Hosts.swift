import JouleModel
import JouleUnits

extension SyntheticRun {
    /// One register whose averaging came out of the readings, one that did not move, one counter without a power reading.
    static func sensors() -> [Summary.Sensor] {
        var fitted = Summary.Sensor(scope: .gpu, device: uuid(0), meter: "nvml")
        fitted.counterPeriod = .init(seconds: 0.0201, isLimitedByReads: false)
        fitted.powerPeriod = .init(seconds: 0.1, isLimitedByReads: true)
        fitted.averagingWindow = 0.99
        fitted.averagingResolution = 0.02
        fitted.delay = 0.04
        fitted.rSquared = 0.9973
        var still = Summary.Sensor(scope: .gpu, device: uuid(1), meter: "nvml")
        still.counterPeriod = .init(seconds: 0.0201, isLimitedByReads: false)
        still.reason = "the power varied too little to tell, by 2.1 % of its mean"
        var counter = Summary.Sensor(scope: .package, device: "package-0", meter: "rapl")
        counter.counterPeriod = .init(seconds: 0.1, isLimitedByReads: true)
        counter.reason = "there are no power readings"
        return [fitted, still, counter]
    }

    /// The two GPUs in two machines, each with an agent, one of which was out of reach for a while.
    static func twoHosts() -> SyntheticRun {
        var run = twoGPUs()
        let hosts = ["gpu-7", "gpu-8"]
        run.recording.environment.agents = hosts.enumerated().map { index, host in
            AgentRecord(
                endpoint: "\(host):9464", host: host, version: "0.1.0",
                instances: (0...index).map { AgentRecord.Instance(id: "i\($0)", first: instant(Double($0)), last: instant(70)) },
                clockOffset: .seconds(12), clockBound: .microseconds(340), roundTrips: 21, reconnects: index, duplicatesDropped: index * 4,
                gaps: index == 0 ? [] : [AgentRecord.Gap(start: instant(30.25), end: instant(33.75))])
        }
        for index in 0..<2 {
            run.recording.environment.gpus[index].host = hosts[index]
            run.summary.gpus[index].host = hosts[index]
            run.summary.sensors?[index].host = hosts[index]
            let entry = run.summary.ledger[index]
            run.summary.ledger[index] = LedgerEntry(
                scope: entry.scope, device: entry.device, meter: entry.meter, energy: entry.energy, plusMinus: entry.plusMinus,
                meanPower: entry.meanPower, peakPower: entry.peakPower, method: index == 0 ? .measuredPower : entry.method,
                flags: index == 0 ? [.counterPowerDisagree] : [.agentGap],
                reason: index == 0 ? "counter and power differ by more than 3 % (3.5 %)" : nil, inTotal: true, host: hosts[index])
            var channel = run.recording.series[index].channel
            channel.host = hosts[index]
            run.recording.series[index] = SampleSeries(channel: channel, samples: run.recording.series[index].samples)
            run.recording.environment.meters[index].host = hosts[index]
        }
        var gap = Summary.RaisedFlag(.agentGap, detail: "no samples of agent gpu-8 for 30.2–33.8 s of the run")
        gap.grade = .doubt
        run.summary.flags.append(gap)
        run.summary.notes = ["no samples of agent gpu-7 are missing"]
        return run
    }
}
