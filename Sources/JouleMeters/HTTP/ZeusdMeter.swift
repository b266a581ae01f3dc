import JouleHTTP
import JouleModel
import JouleUnits

/// What Zeus's daemon has, from `/discover`.
struct ZeusdInventory: Hashable, Sendable {
    struct GPU: Hashable, Sendable {
        let index: Int
        var name: String?
        /// As `lspci -D` writes it.
        var pciAddress: String?
        var hasEnergy = true
    }

    struct CPU: Hashable, Sendable {
        let index: Int
        var hasDRAM = false
    }

    private(set) var gpus: [GPU] = []
    private(set) var cpus: [CPU] = []
    /// Nil where the daemon does not say.
    private(set) var groups: [String]?
    private(set) var needsToken = false

    /// Reads `gpus` and `cpus` of zeusd 0.5, or the bare lists of numbers `gpu_ids` and `cpu_ids` of earlier ones.
    init?(_ page: JSONValue) {
        guard case .object = page else { return nil }
        func number(_ item: JSONValue) -> Int? { item.number.flatMap { Int(exactly: $0) } }
        gpus = (page["gpus"]?.items ?? []).compactMap { item in
            item["id"].flatMap(number).map { id in
                GPU(
                    index: id, name: item["name"]?.text, pciAddress: item["pci_address"]?.text,
                    hasEnergy: item["cumulative_energy_available"] != .bool(false))
            }
        }
        cpus = (page["cpus"]?.items ?? []).compactMap { item in
            item["id"].flatMap(number).map { CPU(index: $0, hasDRAM: item["dram_available"] == .bool(true)) }
        }
        if gpus.isEmpty { gpus = (page["gpu_ids"]?.items ?? []).compactMap { number($0).map { GPU(index: $0) } } }
        if cpus.isEmpty {
            let memory = page["dram_available"]?.items ?? []
            cpus = (page["cpu_ids"]?.items ?? []).enumerated().compactMap { place, item in
                number(item).map { CPU(index: $0, hasDRAM: place < memory.count && memory[place] == .bool(true)) }
            }
        }
        groups = page["enabled_api_groups"].map { $0.items.compactMap(\.text) }
        needsToken = page["auth_required"] == .bool(true)
    }

    func offers(_ group: String) -> Bool { groups.map { $0.contains(group) } ?? true }
}

/// `/gpu/get_cumulative_energy` in millijoules, where any GPU has it, and `/gpu/get_power` in milliwatts, both by the GPU's number.
struct ZeusdGPUDecoder: PageDecoder {
    let indices: [Int]
    /// Numbers of the GPUs with a counter.
    let counters: Set<Int>

    func readings(_ bodies: [[UInt8]]) -> [PageReading] {
        let pages = bodies.map { JSONValue(page: $0) }
        let energies = counters.isEmpty ? nil : pages.first.flatMap { $0 }
        let powers = pages.last.flatMap { $0 }?["power_mw"]
        return indices.map { index in
            let energy = counters.contains(index) ? energies?["\(index)"]?["energy_mj"]?.number : nil
            return PageReading(
                energy: energy.map { .millijoules($0) }, power: powers?["\(index)"]?.number.map { .milliwatts($0) },
                problem: "the GPU is not in the answer")
        }
    }
}

/// `/cpu/get_cumulative_energy`: RAPL's package and memory in microjoules.
struct ZeusdCPUDecoder: PageDecoder {
    struct Zone: Hashable, Sendable {
        let index: Int
        let isMemory: Bool
    }

    let zones: [Zone]

    func readings(_ bodies: [[UInt8]]) -> [PageReading] {
        let page = bodies.first.flatMap { JSONValue(page: $0) }
        return zones.map { zone in
            let count = page?["\(zone.index)"]?[zone.isMemory ? "dram_energy_uj" : "cpu_energy_uj"]?.number
            return PageReading(energy: count.map { .microjoules($0) }, problem: "the processor is not in the answer")
        }
    }
}

extension HTTPMeterSearch {
    func findDaemon(at address: PageAddress) -> MeterDiscovery {
        let inventory: ZeusdInventory
        do throws(Failure) {
            guard let page = JSONValue(page: try body(request(address.url(page: "/discover")))), let found = ZeusdInventory(page) else {
                return unavailable(address, "its /discover is no JSON object", remedy: "see that zeusd 0.4 or later answers there")
            }
            inventory = found
        } catch {
            return unavailable(address, error)
        }
        // Zeus's own clients take their token from this variable.
        let token = variables["ZEUSD_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        if inventory.needsToken, token == nil {
            return unavailable(address, "it wants a token", remedy: "set ZEUSD_TOKEN to one with the scopes gpu-read and cpu-read")
        }
        let headers = token.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? []
        let parts = [gpus(inventory, headers, at: address), cpus(inventory, headers, at: address)].compactMap(\.self)
        guard !parts.isEmpty else {
            return unavailable(address, "it offers no readings", remedy: "start zeusd with the groups gpu-read and cpu-read enabled")
        }
        return parts.dropFirst().reduce(parts[0], +)
    }

    private func gpus(
        _ inventory: ZeusdInventory, _ headers: [(name: String, value: String)], at address: PageAddress
    ) -> MeterDiscovery? {
        guard inventory.offers("gpu-read"), !inventory.gpus.isEmpty else { return nil }
        let host = host(of: address)
        let named = inventory.gpus.map { gpu in (gpu: gpu, known: host == nil ? known(gpu) : nil) }
        let used = named.filter { uses(gpu: $0.gpu.index, uuid: $0.known?.uuid) }
        guard !used.isEmpty else {
            return unavailable(address, "none of its \(named.count) GPUs is one that the run uses", remedy: "see `backend.device_ids`")
        }
        let counters = Set(used.filter(\.gpu.hasEnergy).map(\.gpu.index))
        let ids = used.map { "\($0.gpu.index)" }.joined(separator: ",")
        var pages: [HTTPRequest] = []
        if !counters.isEmpty {
            let list = counters.sorted().map { "\($0)" }.joined(separator: ",")
            pages.append(request(address.url(page: "/gpu/get_cumulative_energy?gpu_ids=\(list)"), headers: headers))
        }
        pages.append(request(address.url(page: "/gpu/get_power?gpu_ids=\(ids)"), headers: headers))
        let channels = used.map { entry in
            let hasEnergy = counters.contains(entry.gpu.index)
            return admitted(
                MeterChannel(
                    meter: family, scope: .gpu, device: entry.known?.uuid ?? entry.gpu.pciAddress ?? "gpu \(entry.gpu.index)",
                    name: [entry.gpu.name ?? "GPU", "#\(entry.gpu.index)"].joined(separator: " "), kind: hasEnergy ? .counter : .power,
                    hasEnergy: hasEnergy, hasPower: true, gain: selector.gain ?? NVMLMeter.gain, note: "zeusd at \(address.shown)",
                    host: host))
        }
        let decoder = ZeusdGPUDecoder(indices: used.map(\.gpu.index), counters: counters)
        return checked(HTTPMeter(channels: channels, pages: pages, decoder: decoder, fetcher: fetcher), at: address)
    }

    /// The GPU of this machine that the daemon means: by its PCI address, else by NVML's number.
    private func known(_ gpu: ZeusdInventory.GPU) -> RunEnvironment.GPU? {
        guard let address = gpu.pciAddress.map(Self.shortPCI) else { return gpus.first { $0.index == gpu.index } }
        return gpus.first { $0.pciBusID.map(Self.shortPCI) == address }
    }

    /// NVML writes eight digits of the domain, `lspci` four.
    private static func shortPCI(_ address: String) -> String {
        let parts = address.lowercased().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return address.lowercased() }
        return ([String(parts[0].suffix(4))] + parts[1...].map(String.init)).joined(separator: ":")
    }

    private func cpus(
        _ inventory: ZeusdInventory, _ headers: [(name: String, value: String)], at address: PageAddress
    ) -> MeterDiscovery? {
        guard inventory.offers("cpu-read"), !inventory.cpus.isEmpty else { return nil }
        let host = host(of: address)
        let zones = inventory.cpus.flatMap { cpu in
            [ZeusdCPUDecoder.Zone(index: cpu.index, isMemory: false)]
                + (cpu.hasDRAM ? [ZeusdCPUDecoder.Zone(index: cpu.index, isMemory: true)] : [])
        }
        let channels = zones.map { zone in
            admitted(
                MeterChannel(
                    meter: family, scope: zone.isMemory ? .dram : .package, device: "package-\(zone.index)\(zone.isMemory ? "/dram" : "")",
                    name: "RAPL package-\(zone.index)\(zone.isMemory ? " dram" : "") through zeusd", kind: .counter, hasEnergy: true,
                    hasPower: false, gain: selector.gain ?? RAPLMeter.gain, note: "zeusd at \(address.shown)", host: host))
        }
        let page = request(
            address.url(page: "/cpu/get_cumulative_energy?cpu=true&dram=\(zones.contains(where: \.isMemory))"), headers: headers)
        return checked(HTTPMeter(channels: channels, pages: [page], decoder: ZeusdCPUDecoder(zones: zones), fetcher: fetcher), at: address)
    }

    /// The meter, when its pages answer now.
    private func checked(_ meter: HTTPMeter, at address: PageAddress) -> MeterDiscovery {
        for page in meter.pages {
            do throws(Failure) {
                _ = try body(page)
            } catch {
                return unavailable(address, error)
            }
        }
        return MeterDiscovery(meters: [meter])
    }
}
