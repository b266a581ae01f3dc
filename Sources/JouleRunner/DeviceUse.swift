import JouleMeters
import JouleModel
import JouleUnits

/// Who was seen on which device, and when.
struct DeviceUse {
    /// One look.
    struct Sight: Sendable {
        var instant: Instant
        /// The processes on each device that tells them.
        var devices: [String: [Int]]
        /// Of all that are seen, where there is one that was not known.
        var origins: [Int: ProcessOrigin] = [:]
        var names: [Int: String] = [:]
    }

    private struct Stay {
        var first: Instant
        var last: Instant
    }

    private var origins: [Int: ProcessOrigin] = [:]
    private var names: [Int: String] = [:]
    private var stays: [String: [Int: Stay]] = [:]
    private var looks: [String: Stay] = [:]

    /// Those whose origin is known.
    var processes: Set<Int> { Set(origins.keys) }

    mutating func note(_ sight: Sight) {
        for (pid, origin) in sight.origins {
            switch origins[pid] {
            // What is the run's remains so: at its end a process has no parents any more.
            case .own, .server: break
            case .foreign, .unclear, nil: origins[pid] = origin
            }
        }
        names.merge(sight.names) { old, _ in old }
        for (device, processes) in sight.devices {
            looks[device] = Stay(first: looks[device]?.first ?? sight.instant, last: sight.instant)
            for pid in processes {
                stays[device, default: [:]][pid] = Stay(first: stays[device]?[pid]?.first ?? sight.instant, last: sight.instant)
            }
        }
    }

    /// Those that are not the run's, in the order of their coming; nil where the device never told.
    func foreign(on device: String) -> [ForeignProcess]? {
        guard let looks = looks[device] else { return nil }
        let strangers = (stays[device] ?? [:]).compactMap { pid, stay -> (Stay, ForeignProcess)? in
            var doubt: String?
            switch origins[pid] {
            case .own, .server: return nil
            case .unclear(let reason):
                // One that ends while it is looked at is in no list of processes any more.
                if names[pid] == nil, stay.last - stay.first < .seconds(1), looks.last > looks.first { return nil }
                doubt = reason
            case .foreign, nil: break
            }
            let process = ForeignProcess(
                pid: pid, name: names[pid], came: stay.first > looks.first ? stay.first : nil,
                lastSeen: stay.last < looks.last ? stay.last : nil, doubt: doubt)
            return (stay, process)
        }
        return strangers.sorted { ($0.0.first, $0.1.pid) < ($1.0.first, $1.1.pid) }.map(\.1)
    }
}
