import JouleHTTP
import JouleModel
import JouleUnits

/// One number of a channel: the series of a page that make it up.
struct PageTerm: Hashable, Sendable {
    let name: String
    /// Labels that the series must have; it may have others.
    let labels: [String: String]
    let unit: PageUnit
    /// Whether several series that match are parts of one sum; else they repeat one value.
    let addsUp: Bool

    private func matches(_ series: PrometheusText.Series) -> Bool {
        series.name == name && labels.allSatisfy { series.labels[$0.key] == $0.value }
    }

    /// The value on a page, nil when its series is not there.
    fileprivate func value(in page: PrometheusText) -> Double? {
        let values = page.series.lazy.filter(matches).map(\.value)
        return addsUp ? values.reduce(nil) { ($0 ?? 0) + $1 } : values.first
    }
}

/// The series of a page in Prometheus' text format, one or two for each channel: its energy and its power.
struct PrometheusDecoder: PageDecoder {
    let channels: [[PageTerm]]
    private let names: Set<String>

    init(_ channels: [[PageTerm]]) {
        self.channels = channels
        names = Set(channels.joined().map(\.name))
    }

    func readings(_ bodies: [[UInt8]]) -> [PageReading] {
        // Pages of a whole node have thousands of series, of which two are wanted.
        let page = PrometheusText(bodies.first ?? []) { names.contains($0) }
        return channels.map { terms in
            var reading = PageReading()
            for term in terms {
                guard let value = term.value(in: page) else {
                    reading.problem = "the series is not on the page"
                    continue
                }
                guard value.isFinite else {
                    reading.problem = "the series has no number"
                    continue
                }
                if let energy = term.unit.energy(value) { reading.energy = energy }
                if let power = term.unit.power(value) { reading.power = power }
            }
            return reading
        }
    }
}

extension HTTPMeterSearch {
    /// What is known of a channel while its series are gathered.
    private struct Draft {
        var place: KnownMetric.Place
        var name: String
        var gain: Double
        var terms: [PageTerm]

        func has(_ quantity: PageUnit.Quantity) -> Bool { terms.contains { $0.unit.quantity == quantity } }
    }

    func findSeries(at address: PageAddress) throws(Failure) -> MeterDiscovery {
        let unit = try namedUnit()
        let request = request(address.url(orPage: "/metrics"))
        let page: PrometheusText
        do throws(Failure) {
            page = PrometheusText(try body(request))
        } catch {
            return unavailable(address, error)
        }
        let wanted = page.series.filter { series in selector.labels.allSatisfy { series.labels[$0.key] == $0.value } }
        let drafts: [Draft]
        if let metric = selector.metric {
            let series = wanted.filter { $0.name == metric }
            if let known = KnownMetric.byName[metric], selector.unit == nil {
                drafts = Self.drafts([known], series)
            } else if selector.family == .dcgm {
                drafts = Self.drafts(unit.map { [.dcgm(metric, unit: $0)] } ?? [], series)
            } else {
                drafts = unit.map { plainDrafts(metric, $0, series, at: address) } ?? []
            }
        } else {
            drafts = Self.drafts(KnownMetric.all.filter { selector.family != .dcgm || $0.family == .dcgm }, wanted)
        }
        let used = drafts.filter { $0.place.scope != .gpu || isUsed($0) }
        guard !used.isEmpty else { return nothing(at: address, on: page, unused: drafts.count) }
        let host = host(of: address)
        let channels = used.map { admitted(channel($0, host: host, at: address)) }
        return MeterDiscovery(
            meters: [HTTPMeter(channels: channels, pages: [request], decoder: PrometheusDecoder(used.map(\.terms)), fetcher: fetcher)])
    }

    private func isUsed(_ draft: Draft) -> Bool {
        uses(gpu: draft.place.index, uuid: draft.place.device.hasPrefix("GPU-") ? draft.place.device : nil)
    }

    // MARK: Unit

    /// The unit of the named metric; nil where none is named.
    ///
    /// - Throws: `meter.unit`.
    private func namedUnit() throws(Failure) -> PageUnit? {
        guard let metric = selector.metric else { return nil }
        let said = KnownMetric.byName[metric]?.unit ?? PageUnit(name: metric)
        let list = PageUnit.all.map(\.symbol).joined(separator: ", ")
        guard let symbol = selector.unit else {
            guard let said else {
                throw Failure(
                    "meter.unit", "the unit of `\(metric)` cannot be told from its name",
                    remedy: "add its unit, one of \(list): `\(family): {url: …, metric: \(metric), unit: W}`")
            }
            return said
        }
        guard let unit = PageUnit(symbol: symbol) else {
            throw Failure("meter.unit", "`\(symbol)` is no unit of energy or power", remedy: "write one of \(list)")
        }
        guard said.map({ $0.quantity == unit.quantity }) ?? true else {
            let nouns: [PageUnit.Quantity: String] = [.energy: "an energy", .power: "a power"]
            throw Failure(
                "meter.unit",
                "`\(metric)` is \(said.flatMap { nouns[$0.quantity] } ?? "another quantity") by its name, and `\(symbol)` is the unit of "
                    + "\(nouns[unit.quantity] ?? "another one")",
                remedy: "take the unit out, or name the metric that you mean")
        }
        return unit
    }

    // MARK: Series into channels

    private static func drafts(_ metrics: [KnownMetric], _ series: [PrometheusText.Series]) -> [Draft] {
        var drafts: [Draft] = []
        for metric in metrics {
            for one in series where one.name == metric.name {
                guard let place = metric.place(one.labels) else { continue }
                let term = PageTerm(name: metric.name, labels: place.labels, unit: metric.unit, addsUp: metric.addsUp)
                if let index = drafts.firstIndex(where: { $0.place.scope == place.scope && $0.place.device == place.device }) {
                    if !drafts[index].has(metric.unit.quantity) { drafts[index].terms.append(term) }
                    continue
                }
                var name = place.device
                if let model = one.labels["modelName"] {
                    name = [model, one.labels["gpu"].map { "#\($0)" }].compactMap(\.self).joined(separator: " ")
                }
                drafts.append(Draft(place: place, name: name, gain: place.isModel ? 0.5 : metric.gain, terms: [term]))
            }
        }
        return drafts
    }

    /// Labels that name a device, best first.
    private static let deviceLabels = [
        "uuid", "UUID", "gpu_uuid", "gpu", "device", "outlet", "psu", "socket", "package", "zone", "chip", "sensor", "index", "node",
        "node_name", "hostname", "instance", "name",
    ]

    /// Channels of a metric that nothing is known of but its unit: one for each series.
    private func plainDrafts(_ metric: String, _ unit: PageUnit, _ series: [PrometheusText.Series], at address: PageAddress) -> [Draft] {
        let label = Self.deviceLabels.first { label in
            let values = series.compactMap { $0.labels[label].flatMap { $0.isEmpty ? nil : $0 } }
            return !values.isEmpty && values.count == series.count && Set(values).count == values.count
        }
        return series.map { one in
            var labels = selector.labels
            var device = metric
            if let label, let value = one.labels[label] {
                device = value
                labels[label] = value
            } else if series.count > 1 {
                labels = one.labels
                device = one.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
            }
            let place = KnownMetric.Place(scope: .node, device: device, labels: labels)
            return Draft(
                place: place, name: device == metric ? "\(metric) at \(address.shown)" : device, gain: 0.1,
                terms: [PageTerm(name: metric, labels: labels, unit: unit, addsUp: false)])
        }
    }

    private func channel(_ draft: Draft, host: String?, at address: PageAddress) -> MeterChannel {
        let hasEnergy = draft.has(.energy)
        let names = draft.terms.map(\.name).joined(separator: ", ")
        return MeterChannel(
            meter: family, scope: selector.scope ?? draft.place.scope, device: draft.place.device, name: draft.name,
            kind: draft.place.isModel ? .model : hasEnergy ? .counter : .power, hasEnergy: hasEnergy, hasPower: draft.has(.power),
            gain: selector.gain ?? draft.gain,
            note: ["\(names) of \(address.shown)", draft.place.note].compactMap(\.self).joined(separator: "; "),
            countsInTotals: draft.place.counts || selector.scope != nil, host: host)
    }

    // MARK: Nothing found

    private func nothing(at address: PageAddress, on page: PrometheusText, unused: Int) -> MeterDiscovery {
        if unused > 0 {
            return unavailable(address, "none of its \(unused) GPUs is one that the run uses", remedy: "see `backend.device_ids`")
        }
        guard !page.series.isEmpty else {
            return unavailable(
                address, "the page has no series in Prometheus' text format", remedy: "name the page itself: http://HOST:PORT/metrics")
        }
        let labels = selector.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
        let what = selector.metric.map { "`\($0)\(labels.isEmpty ? "" : "{\(labels)}")`" } ?? "an energy or a power that is known"
        let others = Set(page.series.map(\.name)).filter { PageUnit(name: $0) != nil || KnownMetric.byName[$0] != nil }.sorted().prefix(6)
        return unavailable(
            address, "\(what) is not among its \(page.series.count) series",
            remedy: others.isEmpty ? "name another page" : "name one of its metrics: \(others.joined(separator: ", "))")
    }
}
