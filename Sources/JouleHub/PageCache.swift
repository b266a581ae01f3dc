import Foundation
import JouleModel

/// Answers of the hub on the disk, by data set, configuration, split and commit. What cannot be written is fetched again next time.
struct PageCache: Sendable {
    let folder: String

    /// - Parameter parts: become folders below the root; whatever is in them.
    init(root: String, parts: [String]) {
        folder = ([root] + parts.map(Self.fileName)).joined(separator: "/")
    }

    func read<Value: Decodable>(_ name: String, as type: Value.Type) -> Value? {
        FileManager.default.contents(atPath: "\(folder)/\(name).json").flatMap { try? JSONDecoder().decode(type, from: $0) }
    }

    func write(_ value: some Encodable, _ name: String) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(value) else { return }
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try? bytes.write(to: URL(fileURLWithPath: "\(folder)/\(name).json"), options: .atomic)
    }

    /// Different parts give different names, and none leaves the folder.
    static func fileName(_ part: String) -> String {
        var name = ""
        for byte in part.utf8 {
            let character = Character(Unicode.Scalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-_".contains(character))
            if isPlain || (character == "." && !name.isEmpty) {
                name.append(character)
            } else {
                name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return name.isEmpty ? "%" : name
    }

    /// The descriptions that are kept below a root, for a list of what is there.
    static func descriptions(below root: String) -> [HubDescription] {
        guard let names = FileManager.default.enumerator(atPath: root) else { return [] }
        return names.compactMap { $0 as? String }.filter { $0.hasSuffix("/latest.json") }.sorted().compactMap { name in
            FileManager.default.contents(atPath: "\(root)/\(name)").flatMap { try? JSONDecoder().decode(HubDescription.self, from: $0) }
        }
    }
}
