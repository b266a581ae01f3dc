import JouleModel
import JouleUnits

/// The carbon of making accelerators and servers, cradle to gate: what `carbon.embodied: default` accepts.
package enum EmbodiedTable {
    /// How long the devices are taken to serve: four years, as public accounts of cloud hardware have it.
    package static let lifetimeSeconds = 4.0 * 365 * 86_400

    private struct Row {
        /// A word of the device's name.
        let word: String
        let kilograms: Double
        let origin: String
    }

    private static let accelerators = [
        Row(word: "B200", kilograms: 2_274.0 / 8, origin: "NVIDIA, product carbon footprint of HGX B200 (2025): 2,274 kg for eight"),
        Row(word: "H100", kilograms: 1_312.0 / 8, origin: "NVIDIA, product carbon footprint of HGX H100 (2025): 1,312 kg for eight"),
        Row(word: "A100", kilograms: 127.6, origin: "Falk et al. (2025), arXiv:2509.00093, A100 SXM 40 GB"),
    ]
    private static let other = Row(word: "", kilograms: 150, origin: "Luccioni et al. (2022), arXiv:2211.02001, assumed for any GPU")
    private static let server = Row(
        word: "", kilograms: 2_500, origin: "Luccioni et al. (2022), arXiv:2211.02001, after HPE's ProLiant DL345")

    /// - Parameters:
    ///   - names: of the accelerators that were metered, one for each.
    ///   - servers: how many machines they are in.
    package static func devices(_ names: [String], servers: Int) -> [CarbonRecord.Device] {
        var counts: [(name: String, count: Int)] = []
        for name in names {
            if let index = counts.firstIndex(where: { $0.name == name }) {
                counts[index].count += 1
            } else {
                counts.append((name, 1))
            }
        }
        let gpus = counts.map { entry in
            let words = entry.name.uppercased().split { !$0.isLetter && !$0.isNumber }
            let row = accelerators.first { words.contains(Substring($0.word)) } ?? other
            return CarbonRecord.Device(name: entry.name, mass: .kilograms(row.kilograms), count: entry.count, origin: row.origin)
        }
        return gpus + [
            CarbonRecord.Device(
                name: "server without accelerators", mass: .kilograms(server.kilograms), count: servers, origin: server.origin)
        ]
    }
}
