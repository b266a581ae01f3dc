import JouleMeters
import JouleModel
import JouleProcess
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Looks at who computes on the devices of a run while it lasts: every few seconds, at every change of phase, and at its end.
///
/// Owns what was seen. The questions go to the driver beside the sampling, on a thread that may block; a newcomer is looked up in
/// `/proc` once.
actor DeviceWatch {
    private let censuses: [any DeviceCensus]
    private let origins: ProcessOrigins
    private var use = DeviceUse()
    private let wishes: AsyncStream<Void>
    private let wish: AsyncStream<Void>.Continuation

    /// - Parameter serverPort: where the measured server listens on this machine.
    /// - Returns: nil where no meter tells who computes.
    init?(_ meters: [any Meter], serverPort: Int?) {
        censuses = meters.compactMap { $0 as? any DeviceCensus }
        if censuses.isEmpty { return nil }
        origins = ProcessOrigins(own: Int(getpid()), serverPort: serverPort)
        (wishes, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Asks for a look soon; returns at once.
    nonisolated func lookSoon() { wish.yield() }

    /// Looks until the task is cancelled.
    func run() async {
        let period = censuses.map(\.censusPeriod).max() ?? .seconds(2)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [wish] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: period)
                    wish.yield()
                }
            }
            for await _ in wishes { await look() }
            group.cancelAll()
        }
    }

    /// Looks now.
    func look() async {
        let known = use.processes
        let (censuses, origins) = (censuses, origins)
        let sight: DeviceUse.Sight? = await withCheckedContinuation { continuation in
            let isStarted = onOwnThread { continuation.resume(returning: Self.sight(censuses, origins, known: known)) }
            if !isStarted { continuation.resume(returning: nil) }
        }
        if let sight { use.note(sight) }
    }

    /// Writes what was seen into the descriptions of the devices.
    func describe(_ gpus: inout [RunEnvironment.GPU]) {
        for index in gpus.indices where gpus[index].host == nil {
            guard let seen = use.foreign(on: gpus[index].uuid) else { continue }
            gpus[index].foreignProcesses = seen.map(\.pid)
            gpus[index].foreignSightings = seen.isEmpty ? nil : seen
        }
    }

    private static func sight(_ censuses: [any DeviceCensus], _ origins: ProcessOrigins, known: Set<Int>) -> DeviceUse.Sight {
        let instant = Instant.now
        var devices: [String: [Int]] = [:]
        for census in censuses { devices.merge(census.computingProcesses()) { _, new in new } }
        let all = Set(devices.values.joined())
        // Who is known stays what it was; a newcomer may also be what shows that an old one is the server.
        let found = all.isSubset(of: known) ? [:] : origins.origins(of: all)
        let names = found.filter { !known.contains($0.key) }.compactMap { pid, _ in origins.name(of: pid).map { (pid, $0) } }
        return DeviceUse.Sight(instant: instant, devices: devices, origins: found, names: Dictionary(uniqueKeysWithValues: names))
    }
}
