import JouleModel
import JouleUnits

/// A meter whose source also tells which processes compute on its devices.
package protocol DeviceCensus: Sendable {
    /// How long to leave it in peace between two questions.
    var censusPeriod: Duration { get }
    /// The processes that compute now, by the UUID of the device; a device is missing where the source does not tell. Blocks.
    func computingProcesses() -> [String: [Int]]
}

extension NVMLMeter: DeviceCensus {
    /// A call into a library, of some microseconds.
    package var censusPeriod: Duration { .seconds(2) }

    package func computingProcesses() -> [String: [Int]] {
        let device = NVMLDevice.all(in: library).devices.first { $0.uuid == gpu.uuid }
        return device?.processes.map { [gpu.uuid: $0] } ?? [:]
    }
}

extension NvidiaSMIMeter: DeviceCensus {
    /// A process that starts the driver's library anew, which is work for the processor that is measured too.
    package var censusPeriod: Duration { .seconds(30) }

    package func computingProcesses() -> [String: [Int]] {
        guard let listing = try? smi.output(Self.processQuery) else { return [:] }
        let own = Set(channels.map(\.device))
        let seen = Dictionary(grouping: NvidiaSMICensus.processes(in: listing).filter { own.contains($0.uuid) }, by: \.uuid)
        return own.reduce(into: [:]) { $0[$1] = (seen[$1] ?? []).map(\.pid) }
    }

    static let processQuery = ["--query-compute-apps=gpu_uuid,pid", "--format=csv,noheader"]
}
