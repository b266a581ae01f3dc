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
            let channel = MeterChannel(
                meter: family, scope: selector.scope ?? .node,
                device: mac.map { "plug \($0.uppercased())" } ?? "plug \(address.host ?? "")",
                name: "\(name) at \(address.shown)", kind: reading.energy == nil ? .power : .counter, hasEnergy: reading.energy != nil,
                hasPower: reading.power != nil, gain: selector.gain ?? 0.02,
                note: reading.energy == nil ? nil : resolution)
            return MeterDiscovery(meters: [
                HTTPMeter(
                    channels: [admitted(channel)], pages: [request], decoder: decoder, fetcher: fetcher, shortestPeriod: Self.plugPeriod)
            ])
        }
        return unavailable(address, last)
    }
}
