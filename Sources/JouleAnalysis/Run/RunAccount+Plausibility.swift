import JouleModel
import JouleUnits

/// Checks of the figures against what the hardware can do, and of the recording against what was expected of it.
extension RunAccount {
    /// Fans, disks, network and the losses of power supplies: what a node may use beside its parts, as a share of them. Generous, for
    /// a figure beyond it is called impossible.
    private static let restOfNode = 0.5

    var plausibilityFlags: [Summary.RaisedFlag] {
        guard let account else { return [] }
        // What others measured is no measure for tokens that came on a schedule.
        let byWork = simulation == nil ? computePlausibility : []
        return (belowIdle + nodes(account) + aboveLimits(account) + byWork).map {
            Summary.RaisedFlag(.implausible, detail: $0)
        }
    }

    /// J/token ≥ idle W ÷ tokens/s is the same as gross ≥ idle · Δt, and holds for runs without tokens too.
    private var belowIdle: [String] {
        var details: [String] = []
        for (net, name) in [(netOverHost(headline), "host"), (netOverLoaded(headline), "loaded")] {
            // The interval of a model does not hold the noise of its load; only a sensor can contradict itself.
            guard let net = net.value, net.method.isMeasured, let plusMinus = net.plusMinus, net.value + plusMinus < .zero else { continue }
            var detail =
                "\(headline.rawValue): less energy than the \(name) machine uses when idle, by \(decimal(-net.value.rawValue, 1)) J"
            if let tokens = tally.generated.value, let gross = gross.value?.value {
                detail += ": \(decimal(gross.rawValue / tokens, 3)) J/token, and idling alone takes "
                detail += "\(decimal((gross - net.value).rawValue / tokens, 3))"
            }
            details.append(detail)
        }
        return details
    }

    /// A node uses no less than its parts, and not much more.
    private func nodes(_ account: WindowAccount) -> [String] {
        account.remainders.compactMap { host, other in
            let name = host.map { "the node \($0)" } ?? "the node"
            guard let plusMinus = other.plusMinus else { return nil }
            if other.value + plusMinus < .zero { return "\(name) used \(decimal(-other.value.rawValue, 1)) J less than its parts" }
            let entries = account.ledger.entries.filter { $0.host == host }
            let parts = entries.filter(\.inTotal)
            // Without the processors' and the GPUs' own meters the rest is not known to be a rest.
            guard parts.contains(where: { [.package, .psys, .cpu, .module].contains($0.scope) }), let bound = highest(of: parts, account)
            else { return nil }
            let power = entries.filter { $0.scope == .node && $0.isPartOfScope }.compactMap(\.meanPower).sum()
            let least = power - plusMinus / account.window.duration
            guard least > bound * (1 + Self.restOfNode) else { return nil }
            return "\(name): a mean of \(decimal(power.rawValue, 1)) W, and its parts can take \(decimal(bound.rawValue, 1)) W"
        }
    }

    /// The most that parts of a node can draw: GPUs by their limits, the rest as it was measured; nil where a GPU's limit is not known.
    private func highest(of parts: [LedgerEntry], _ account: WindowAccount) -> Watts? {
        var sum = Watts.zero
        for part in parts {
            if part.scope == .gpu {
                guard let known = gpuTraces.first(where: { $0.trace.channel.device == part.device }), let limit = known.environment?.limit
                else { return nil }
                sum += limit * 1.1
            } else {
                guard let mean = part.meanPower, let energy = part.energy, let plusMinus = part.plusMinus else { return nil }
                sum += energy > .zero ? mean * (1 + plusMinus / energy) : mean
            }
        }
        return sum
    }

    /// All GPUs together lie above the sum of their limits only where one of them lies above its own.
    private func aboveLimits(_ account: WindowAccount) -> [String] {
        gpuTraces.compactMap { gpu in
            guard let limit = gpu.environment?.limit, let power = gpu.trace.energy(in: account.window).meanPower, power > limit * 1.1
            else { return nil }
            return "\(gpu.label): a mean of \(decimal(power.rawValue, 1)) W, and its limit is \(decimal(limit.rawValue, 1)) W"
        }
    }

    // MARK: Expected devices

    /// GPUs that the worker says it ran on and that no meter read: their energy is in no figure.
    var unmeteredDevices: [Summary.RaisedFlag] {
        guard headline == .gpu else { return [] }
        let metered = Set(traces.filter { $0.channel.scope == .gpu || $0.channel.scope == .module }.map(\.channel.device))
        let used = (recording.process?.devices ?? []).filter { $0.hasPrefix("GPU-") && !metered.contains($0) }
        return used.map { Summary.RaisedFlag(.energyUnavailable, detail: "the model ran on \($0), which no meter read") }
    }

    // MARK: Occupancy

    /// Where the work that was asked for was not there: figures are of a smaller batch than the configuration says.
    var occupancyNotes: [String] {
        let spec = recording.experiment
        if spec.backend.kind.isServer {
            guard spec.load.arrival == .closed else { return [] }
            let asked = Double(spec.load.concurrency)
            if let running = serverCheck?.meanRunning, running < ClientAudit.leastOccupancy * asked {
                return ["the server worked on a mean of \(decimal(running, 1)) of the \(spec.load.concurrency) requests in flight"]
            }
            if let flight = meanInFlight, flight < ClientAudit.leastOccupancy * asked {
                return ["a mean of \(decimal(flight, 1)) of the \(spec.load.concurrency) requests that were asked for was in flight"]
            }
            return []
        }
        let asked = spec.scenario.batchSize
        guard asked > 1, let batches = batchSizes, batches < ClientAudit.leastOccupancy * Double(asked) else { return [] }
        return ["a batch held a mean of \(decimal(batches, 1)) of the \(asked) prompts that were asked for"]
    }

    /// Prompts in a batch of the worker, on average over the batches; nil where batches are not told apart.
    private var batchSizes: Double? {
        let batches = requests.compactMap(\.batch)
        return batches.isEmpty ? nil : Double(batches.count) / Double(Set(batches).count)
    }
}

extension RunEnvironment.GPU {
    /// The power that the board is held to.
    var limit: Watts? { (powerLimitWatts ?? powerLimitMaxWatts).map { Watts($0) } }
}
