import JouleHTTP
import JouleModel
import JouleUnits

/// The energy that a server reports of its own GPUs since its start: `/energy_metrics` of trtllm-serve,
/// `{"total_energy_j": 123.4567, "query_time": 98.7}`, with `enable_energy_metrics: true`. Other spellings of the field are understood.
struct ServerEnergyDecoder: PageDecoder {
    private static let fields: [(name: String, unit: PageUnit)] = [
        ("total_energy_j", .joules), ("total_energy_joules", .joules), ("energy_joules", .joules), ("energy_j", .joules),
        ("total_energy_mj", .millijoules), ("energy_wh", .wattHours), ("energy_kwh", .kilowattHours),
    ]

    func readings(_ bodies: [[UInt8]]) -> [PageReading] {
        guard let body = bodies.first, let page = JSONValue(page: body) else { return [.missing("the page is no JSON")] }
        for field in Self.fields {
            if let energy = page[field.name]?.number.flatMap({ field.unit.energy($0) }) { return [PageReading(energy: energy)] }
        }
        return [.missing("the page has no energy")]
    }
}

extension HTTPMeterSearch {
    func findServer(at address: PageAddress) -> MeterDiscovery {
        let request = request(address.url(orPage: "/energy_metrics"))
        let decoder = ServerEnergyDecoder()
        do throws(Failure) {
            let reading = decoder.readings([try body(request)]).first ?? PageReading()
            guard reading.energy != nil else {
                return unavailable(
                    address, reading.problem ?? "the page has no energy", remedy: "start trtllm-serve with `enable_energy_metrics: true`")
            }
        } catch {
            return unavailable(address, error)
        }
        let channel = MeterChannel(
            meter: family, scope: .gpu, device: "GPUs of \(address.shown)", name: "GPUs of \(address.shown)", kind: .counter,
            hasEnergy: true, hasPower: false, gain: selector.gain ?? NVMLMeter.gain,
            note: "all GPUs of the server in one sum, as it reports them",
            host: host(of: address))
        return MeterDiscovery(meters: [
            HTTPMeter(channels: [admitted(channel)], pages: [request], decoder: decoder, fetcher: fetcher)
        ])
    }
}
