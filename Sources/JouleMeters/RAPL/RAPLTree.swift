import JouleModel
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What the powercap folder holds: counters that can be read, and what stands in the way of the others.
struct RAPLTree {
    static let folder = "/sys/class/powercap"
    /// The control types whose zones are RAPL counters, in the order of preference. The second is a memory-mapped view of counters
    /// that the first reads too, on client processors.
    static let controlTypes = ["intel-rapl", "intel-rapl-mmio"]

    private(set) var zones: [RAPLZone] = []
    private(set) var unavailable: [RunEnvironment.Unavailable] = []

    /// A zone that has been found, with what came of reading its counter once.
    private struct Candidate {
        let zone: RAPLZone
        let refusal: FileFailure?
    }

    init(root: HostRoot) {
        let folder = root.resolve(Self.folder)
        let names: [String]
        do {
            names = try HostFile.names(in: folder)
        } catch {
            note(Self.noFolder(folder, error), remedy: "measure the CPU with a model (`--meters model`), or on bare metal")
            return
        }
        let ids = names.compactMap(ZoneID.init).filter { Self.controlTypes.contains($0.controlType) }.sorted()
        guard !ids.isEmpty else {
            note(
                "no RAPL zone in \(folder): the driver is not loaded, or the processor has no such counters",
                remedy: "try `sudo modprobe intel_rapl_msr` (AMD processors too)")
            return
        }
        settle(survey(ids, folder: folder))
    }

    private static func noFolder(_ folder: String, _ error: FileFailure) -> String {
        #if canImport(Darwin)
        return "no powercap on macOS"
        #else
        guard error.number == ENOENT else { return error.reason }
        return "no powercap folder at \(folder): the kernel exposes no RAPL here (virtual machine, container or Arm)"
        #endif
    }

    private mutating func survey(_ ids: [ZoneID], folder: String) -> [Candidate] {
        var zoneNames: [ZoneID: String] = [:]
        var hidden: [ZoneID] = []
        for id in ids {
            do {
                zoneNames[id] = try HostFile.text("\(folder)/\(id)/name")
            } catch {
                hidden.append(id)
            }
        }
        if let first = hidden.first {
            note(
                "\(folder)/\(first)\(Self.andMore(hidden.count)): listed without a name; a container engine has covered the folder behind it",
                remedy: "run the container with `-v /sys/devices/virtual/powercap:/sys/devices/virtual/powercap:ro`, or on the host")
        }
        return ids.compactMap { id in
            guard let name = zoneNames[id] else { return nil }
            guard let scope = Self.scope(of: name) else {
                note("\(folder)/\(id): what a zone named \(name) covers is not known", remedy: nil)
                return nil
            }
            var device = name
            if let parent = id.parent { device = "\(zoneNames[parent] ?? parent.description)/\(name)" }
            return candidate(id: id, path: "\(folder)/\(id)", name: name, device: device, scope: scope)
        }
    }

    private func candidate(id: ZoneID, path: String, name: String, device: String, scope: Scope) -> Candidate {
        let range = HostFile.textIfPresent("\(path)/max_energy_range_uj").flatMap { UInt64($0) }.flatMap { $0 > 0 ? $0 : nil }
        let zone = RAPLZone(id: id, path: path, name: name, device: device, scope: scope, range: range)
        do {
            let file = try KernelFile(path: zone.counterPath)
            switch file.number() {
            case .value: return Candidate(zone: zone, refusal: nil)
            case .failed(let number): return Candidate(zone: zone, refusal: FileFailure(path: file.path, number: number))
            case .malformed: return Candidate(zone: zone, refusal: FileFailure(path: file.path, number: ENODATA))
            }
        } catch {
            return Candidate(zone: zone, refusal: error)
        }
    }

    /// Of the zones that show one counter keeps the first that can be read; says what is lost.
    private mutating func settle(_ candidates: [Candidate]) {
        var refused: [(device: String, why: FileFailure)] = []
        var seen: [String: Int] = [:]
        for candidate in candidates.sorted(by: { $0.zone.id < $1.zone.id }) {
            let zone = candidate.zone
            if let index = seen[zone.device], zones[index].id.controlType != zone.id.controlType {
                zones[index].twins.append(zone.id.description)
            } else if let refusal = candidate.refusal {
                refused.append((zone.device, refusal))
            } else if seen[zone.device] != nil {
                // Two sockets that the driver calls by one name: the folder tells them apart.
                zones.append(zone.renamed("\(zone.device)@\(zone.id)"))
            } else {
                seen[zone.device] = zones.count
                zones.append(zone)
            }
        }
        // A counter that its twin shows is not lost, and one that both refuse is lost once.
        var lost: Set<String> = []
        report(refused.filter { seen[$0.device] == nil && lost.insert($0.device).inserted }.map(\.why))
    }

    private mutating func report(_ refused: [FileFailure]) {
        let denied = refused.filter(\.isPermission)
        if let first = denied.first {
            note(
                "the RAPL counters cannot be read: \(first.reason)\(Self.andMore(denied.count))",
                remedy: "run `sudo chmod a+r \(Self.folder)/*/energy_uj` for this boot, or measure without CPU energy: `--meters nvml`")
        }
        let broken = refused.filter { !$0.isPermission }
        if let first = broken.first { note("\(first.reason)\(Self.andMore(broken.count))", remedy: nil) }
    }

    private static func andMore(_ count: Int) -> String { count > 1 ? " and \(count - 1) more" : "" }

    private mutating func note(_ reason: String, remedy: String?) {
        unavailable.append(RunEnvironment.Unavailable(meter: "rapl", reason: reason, remedy: remedy))
    }

    /// `package-0`, and `package-0-die-1` where a package has several dies.
    static func scope(of name: String) -> Scope? {
        switch name {
        case "core": .core
        case "uncore": .uncore
        case "dram": .dram
        case "psys": .psys
        default: name.hasPrefix("package-") ? .package : nil
        }
    }
}

extension RAPLZone {
    fileprivate func renamed(_ device: String) -> RAPLZone {
        RAPLZone(id: id, path: path, name: name, device: device, scope: scope, range: range, twins: twins)
    }
}
