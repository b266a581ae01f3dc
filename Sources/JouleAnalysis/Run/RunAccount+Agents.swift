import JouleModel
import JouleUnits

extension RunAccount {
    /// Of every agent that nothing is missing where nothing is: silence would leave it open.
    var agentNotes: [String] {
        let start = recording.environment.start.monotonic
        let hosts = recording.environment.agents.map(\.host)
        return hosts.enumerated().filter { hosts.firstIndex(of: $0.element) == $0.offset }.compactMap { _, host in
            guard let link = MeterLink(to: host, by: recording.environment.agents, start: start) else { return nil }
            if link.gaps.isEmpty { return "no samples of agent \(host) are missing" }
            guard let window = window.value, link.gaps(in: window).isEmpty else { return nil }
            return "no samples of agent \(host) are missing in the window; outside of it there are none for \(link.seconds(of: link.gaps))"
        }
    }
}

/// The GPU of a channel, with what the environment says of it.
struct KnownGPU {
    let index: Int
    let environment: RunEnvironment.GPU?
    let trace: MeterTrace

    /// `GPU 0`, and of another machine `GPU 0 of gpu-7`.
    var label: String { trace.channel.host.map { "GPU \(index) of \($0)" } ?? "GPU \(index)" }
}

extension WindowAccount {
    /// The GPU channels that were read, by machine, in NVML order.
    func knownGPUs(in environment: [RunEnvironment.GPU]) -> [KnownGPU] {
        (parts[.gpu] ?? []).enumerated().map { position, part in
            let channel = part.trace.channel
            let known = environment.filter { $0.uuid == channel.device }
            // The environment of an agent names the machine; an agent on this one reads a device that we know ourselves.
            let own = known.first { $0.host == channel.host } ?? known.first { $0.host == part.host }
            return KnownGPU(index: own?.index ?? position, environment: own, trace: part.trace)
        }.sorted {
            ($0.trace.channel.host ?? "", $0.index, $0.trace.channel.device) < (
                $1.trace.channel.host ?? "", $1.index, $1.trace.channel.device
            )
        }
    }

    /// What the channels that count have against the window, and what the devices themselves do: clocks, limits, other users, slices.
    ///
    /// - Parameter gpus: what is known of the devices beside their readings.
    package func flags(of gpus: [RunEnvironment.GPU]) -> [Summary.RaisedFlag] {
        flags + KnownGPU.flags(of: knownGPUs(in: gpus), in: window)
    }
}

extension MeterTrace {
    /// In how many readings of a window the power stood at the limit, for devices that name no reasons for their clocks; nil for those
    /// that do, and where a limit is not read.
    func readingsAtLimit(in window: Range<Instant>) -> (count: Int, readings: Int)? {
        var readings = 0
        var count = 0
        for index in indices(in: window) {
            let sample = samples[index]
            if sample.throttleReasons != nil { return nil }
            guard let power = sample.power ?? sample.averagePower, let limit = sample.powerLimit, limit > .zero else { continue }
            readings += 1
            if power >= limit * 0.98 { count += 1 }
        }
        return readings == 0 ? nil : (count, readings)
    }
}
