import JouleHTTP
import JouleModel
import JouleUnits

/// The page of a Shelly plug, whatever its generation.
///
/// First generation: `/meter/N` with `power` in watts and `total` in watt-minutes, or `/status` with a list of them. Second and later:
/// `Switch.GetStatus` and `PM1.GetStatus` with `apower` in watts and `aenergy.total` in watt-hours.
struct ShellyDecoder: PageDecoder {
    func readings(_ bodies: [[UInt8]]) -> [PageReading] {
        guard let body = bodies.first, let page = JSONValue(page: body) else { return [.missing("the page is no JSON")] }
        let meters = page["meters"]?.items ?? []
        return [meters.isEmpty ? reading(page) : sum(meters.map(reading))]
    }

    private func reading(_ meter: JSONValue) -> PageReading {
        if meter["is_valid"] == .bool(false) { return .missing("the plug calls its reading invalid") }
        if let power = meter["apower"]?.number {
            return PageReading(
                energy: meter["aenergy"]?["total"]?.number.flatMap { PageUnit.wattHours.energy($0) }, power: Watts(power))
        }
        guard let power = meter["power"]?.number else { return .missing("the page has no power") }
        return PageReading(energy: meter["total"]?.number.flatMap { PageUnit.wattMinutes.energy($0) }, power: Watts(power))
    }

    /// Several outlets of one device; one that is missing leaves no sum.
    private func sum(_ parts: [PageReading]) -> PageReading {
        let powers = parts.compactMap(\.power)
        let energies = parts.compactMap(\.energy)
        guard powers.count == parts.count else { return .missing("an outlet has no power") }
        return PageReading(energy: energies.count == parts.count ? energies.sum() : nil, power: powers.sum())
    }
}

/// `Status 8` of Tasmota: `StatusSNS.ENERGY` with `Power` in watts and `Total` in kilowatt-hours, lists where there are several phases.
struct TasmotaDecoder: PageDecoder {
    func readings(_ bodies: [[UInt8]]) -> [PageReading] {
        guard let body = bodies.first, let page = JSONValue(page: body) else { return [.missing("the page is no JSON")] }
        // `Status 0` and `Status 10` hold the same object; a reply to another command may be it alone.
        guard let energy = (page["StatusSNS"] ?? page)["ENERGY"] else { return [.missing("the page has no ENERGY")] }
        let power = energy["Power"]?.numberOrSum.map { Watts($0) }
        let total = energy["Total"]?.numberOrSum.flatMap { PageUnit.kilowattHours.energy($0) }
        return [PageReading(energy: total, power: power, problem: power == nil ? "the page has no power" : nil)]
    }
}

extension HTTPMeterSearch {
    /// Plugs renew their values about once a second and have small processors.
    private static let plugPeriod: Duration = .milliseconds(500)

    func findPlug(at address: PageAddress) -> MeterDiscovery {
        switch selector.plug {
        case .shelly, nil: findShelly(at: address)
        case .tasmota: findTasmota(at: address)
        }
    }

    private func findShelly(at address: PageAddress) -> MeterDiscovery {
        // Every generation answers this without a password.
        let facts = (try? body(request(address.url(page: "/shelly")))).flatMap { JSONValue(page: $0) }
        let generation = facts?["gen"]?.number.map { Int(saturating: $0) } ?? 1
        let model = facts?["model"]?.text ?? facts?["type"]?.text
        let pages =
            address.hasPage
            ? [address.url(orPage: "")]
            : (generation == 1 ? ["/meter/0"] : ["/rpc/Switch.GetStatus?id=0", "/rpc/PM1.GetStatus?id=0"]).map { address.url(page: $0) }
        return findPlug(
            at: address, pages, ShellyDecoder(), mac: facts?["mac"]?.text,
            name: ["Shelly", model].compactMap(\.self).joined(separator: " "),
            resolution: generation == 1 ? "counts whole watt-minutes (60 J)" : "counts milliwatt-hours (3.6 J)")
    }

    private func findTasmota(at address: PageAddress) -> MeterDiscovery {
        var mac: String?
        if !address.hasPage {
            let facts = (try? body(request(address.url(page: "/cm?cmnd=Status%205")))).flatMap { JSONValue(page: $0) }
            mac = facts?["StatusNET"]?["Mac"]?.text
        }
        return findPlug(
            at: address, [address.url(orPage: "/cm?cmnd=Status%208")], TasmotaDecoder(), mac: mac, name: "Tasmota",
            resolution: "counts thousandths of a kWh (3.6 kJ) unless EnergyRes is raised")
    }

    private func findPlug(
        at address: PageAddress, _ pages: [String], _ decoder: some PageDecoder, mac: String?, name: String, resolution: String
    ) -> MeterDiscovery {
        var last = Failure("meter.unavailable", "no page was asked")
        for url in pages {
            let request = request(url)
            let reading: PageReading
            do throws(Failure) {
                reading = decoder.readings([try body(request)]).first ?? PageReading()
            } catch {
                last = error
                continue
            }
            guard reading.power != nil || reading.energy != nil else {
                last = Failure(
                    "meter.unavailable", reading.problem ?? "the page has neither power nor energy",
                    remedy: "see that the device measures power, and that `kind` names its firmware")
                continue
            }
            let plug = "plug \(mac?.uppercased() ?? address.place)"
            let outlet = PlugOutlet(page: url)
            let channel = MeterChannel(
                meter: family, scope: selector.scope ?? .node, device: outlet.device(of: plug),
                name: "\([name, outlet.label].compactMap(\.self).joined(separator: " ")) at \(address.shown)",
                kind: reading.energy == nil ? .power : .counter, hasEnergy: reading.energy != nil,
                hasPower: reading.power != nil, gain: selector.gain ?? 0.02,
                note: reading.energy == nil ? nil : resolution)
            return MeterDiscovery(meters: [
                HTTPMeter(
                    channels: [admitted(beside: plug, outlet, channel)], pages: [request], decoder: decoder, fetcher: fetcher,
                    shortestPeriod: Self.plugPeriod)
            ])
        }
        return unavailable(address, last)
    }

    /// An outlet is not added to the sum of all outlets of its plug, whichever of the two was named first.
    private func admitted(beside plug: String, _ outlet: PlugOutlet, _ channel: MeterChannel) -> MeterChannel {
        let own = counted.filter {
            $0.countsInTotals && $0.meter == channel.meter && $0.scope == channel.scope
                && ($0.device == plug || $0.device.hasPrefix("\(plug) "))
        }
        let all = PlugOutlet.all.device(of: plug)
        if let other = own.first(where: { $0.device != channel.device && (outlet == .all || $0.device == all) }) {
            return channel.informative(because: "not added: \(other.name) is of the same plug and has a part of it, or holds it")
        }
        return admitted(channel)
    }
}

/// Which of a plug's outlets a page is of. Nothing else of a page's query goes into a name: it may hold a password.
enum PlugOutlet: Hashable {
    case numbered(Int)
    case all
    /// The only one, as far as the page says.
    case only

    /// `…/rpc/Switch.GetStatus?id=1`, `…/meter/1`, `…/status`.
    init(page url: String) {
        let parts = url.split(separator: "?", maxSplits: 1)
        let path = (parts.first ?? "").split(separator: "/")
        let query = parts.count > 1 ? parts[1].split(separator: "&") : []
        if let number = query.first(where: { $0.hasPrefix("id=") }).flatMap({ Int($0.dropFirst(3)) }) {
            self = .numbered(number)
        } else if let last = path.last, let number = Int(last), ["meter", "emeter", "relay"].contains(path.dropLast().last) {
            self = .numbered(number)
        } else {
            self = path.last == "status" ? .all : .only
        }
    }

    /// The first outlet of a plug has its name, for most have no second one.
    func device(of plug: String) -> String { label.map { "\(plug) \($0)" } ?? plug }

    var label: String? {
        switch self {
        case .only, .numbered(0): nil
        case .numbered(let number): "outlet \(number)"
        case .all: "all outlets"
        }
    }
}

extension PageAddress {
    /// Host and port, as far as they were given: what tells two devices behind one host apart.
    fileprivate var place: String {
        let rest = shown.firstRange(of: "://").map { shown[$0.upperBound...] } ?? shown[...]
        return String(rest.prefix { $0 != "/" && $0 != "?" })
    }
}
