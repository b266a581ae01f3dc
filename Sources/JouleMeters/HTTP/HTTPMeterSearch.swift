import JouleHTTP
import JouleModel
import JouleUnits

/// Looks for what a selector of `prometheus`, `dcgm`, `plug`, `zeusd` or `energy_metrics` names. Asks its pages once and blocks until they
/// have answered: never call it from a task.
package struct HTTPMeterSearch {
    let selector: MeterSelector
    /// The GPUs that the run uses; nil for all.
    let devices: [DeviceSelector]?
    /// GPUs of this machine that another meter has found: a page that counts them by number is told which they are.
    let gpus: [RunEnvironment.GPU]
    /// Channels of the other meters: what they count is not added once more under another name.
    let counted: [MeterChannel]
    let variables: [String: String]
    let fetcher: HTTPFetcher

    package init(
        _ selector: MeterSelector, devices: [DeviceSelector]?, gpus: [RunEnvironment.GPU], counted: [MeterChannel],
        variables: [String: String]
    ) {
        self.selector = selector
        self.devices = devices
        self.gpus = gpus
        self.counted = counted
        self.variables = variables
        fetcher = HTTPFetcher()
    }

    /// - Throws: `http.url` for an address that is none, `meter.unit` for a unit that cannot be told. What does not answer is unavailable.
    package func find() throws(Failure) -> MeterDiscovery {
        guard let url = selector.url else {
            throw Failure("config.missing", "the \(family) meter has no url", remedy: "write `\(family): {url: http://HOST:PORT}`")
        }
        let address = try PageAddress(url)
        switch selector.family {
        case .prometheus, .dcgm: return try findSeries(at: address)
        case .plug: return findPlug(at: address)
        case .zeusd: return findDaemon(at: address)
        case .energyMetrics: return findServer(at: address)
        case .nvml, .nvidiaSMI, .amd, .rapl, .hwmon, .jetson, .powermetrics, .ipmi, .cray, .agent, .csv, .model, .none:
            return MeterDiscovery()
        }
    }

    var family: String { selector.family.rawValue }

    // MARK: Pages

    func request(_ url: String, headers: [(name: String, value: String)] = []) -> HTTPRequest {
        HTTPRequest(url: url, headers: headers, timeout: HTTPMeter.patience)
    }

    /// The body of a page that is there.
    ///
    /// - Throws: the exchange's failure, or `http.status`.
    func body(_ request: HTTPRequest) throws(Failure) -> [UInt8] {
        let reply = try fetcher.sendAndWait(request)
        guard reply.isSuccess else {
            let remedy = [401, 403].contains(reply.status) ? "give user and password in the url, or let this machine read the page" : nil
            throw Failure("http.status", "the answer is HTTP \(reply.status)", remedy: remedy)
        }
        return reply.body
    }

    func unavailable(_ address: PageAddress, _ failure: Failure) -> MeterDiscovery {
        unavailable(
            address, [failure.message, failure.cause].compactMap(\.self).joined(separator: ": "),
            remedy: failure.remedy ?? "see that something answers at \(address.shown)")
    }

    func unavailable(_ address: PageAddress, _ reason: String, remedy: String) -> MeterDiscovery {
        MeterDiscovery(unavailable: [.init(meter: "\(family) \(address.shown)", reason: reason, remedy: remedy)])
    }

    // MARK: Channels

    /// The machine that the pages are about; nil for this one.
    func host(of address: PageAddress) -> String? {
        guard let host = address.host else { return nil }
        return HostAddresses.isLocal(host) == false ? host : nil
    }

    /// A channel that counts, unless another meter counts the same scope of the same machine and this one's device cannot be told from
    /// that one's: then it is shown and not added.
    func admitted(_ channel: MeterChannel) -> MeterChannel {
        let isIdentified = ["GPU-", "MIG-", "package-"].contains { channel.device.hasPrefix($0) } || channel.device == "psys"
        guard channel.countsInTotals, !isIdentified else { return channel }
        let other = counted.first {
            $0.countsInTotals && $0.scope == channel.scope && $0.host == channel.host && $0.meter != channel.meter && $0.kind != .model
        }
        guard let other else { return channel }
        return channel.informative(because: "not added: \(other.meter) counts the \(channel.scope.rawValue) scope")
    }

    /// Whether the run uses a GPU with this number and, where it is known, UUID.
    func uses(gpu index: Int?, uuid: String?) -> Bool {
        guard let devices else { return true }
        return devices.contains { device in
            switch device {
            case .index(let wanted): index == wanted
            case .uuid(let wanted): uuid.map { $0.hasPrefix(wanted) } ?? false
            // A slice has no meter of its own, and a page does not say whose it is.
            case .mig: true
            }
        }
    }
}
