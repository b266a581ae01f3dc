import Foundation
import JouleModel
import Testing

@testable import JouleConfiguration

/// The schema and the reference say the same as the decoder.
struct SchemaTests {
    @Test(arguments: [("configuration.md", ConfigurationSchema.reference()), ("joulebench.schema.json", ConfigurationSchema.json())])
    func `what is kept under docs is current`(file: String, text: String) throws {
        let place = repository.appending(path: "docs/\(file)")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil { try text.write(to: place, atomically: true, encoding: .utf8) }
        #expect(
            try String(contentsOf: place, encoding: .utf8) == text, "make it anew with `joulebench config reference` and `config schema`")
    }

    @Test func `every experiment that is shown satisfies the schema`() throws {
        let schema = try Schema(ConfigurationSchema.json())
        for seed in UInt64(0)..<200 {
            var random = TestRandom(seed: seed)
            let experiment = random.experiment()
            let shown = try JSONSerialization.jsonObject(with: Data(ConfigurationRenderer.json(experiment).utf8))
            #expect(schema.complaint(about: shown) == nil, "seed \(seed)")
        }
    }

    @Test(arguments: Shipped.files) func `a shipped file names the schema in its first line, and satisfies it`(name: String) throws {
        let text = try String(contentsOf: Shipped.folder.appending(path: name), encoding: .utf8)
        let first = try #require(text.split(separator: "\n").first)
        let named = try #require(first.wholeMatch(of: /# yaml-language-server: \$schema=([^#]+)(?:#\/properties\/(\w+))?/))
        // A path is relative to the file.
        let place = Shipped.folder.appending(path: name).deletingLastPathComponent().appending(path: String(named.1)).standardizedFileURL
        #expect(place == repository.appending(path: "docs/joulebench.schema.json").standardizedFileURL)
        var reading = Reading()
        let node = try #require(YAMLReader.read(text, file: name, reading: &reading))
        let value = try JSONSerialization.jsonObject(with: Data(node.written(as: .anything).json().utf8))
        let whole = named.2.map { [String($0): value] } ?? value
        #expect(try Schema(ConfigurationSchema.json()).complaint(about: whole) == nil)
        // A group of Hydra's is a section alone.
        #expect((named.2 != nil) == name.contains("/"))
    }

    @Test(arguments: Shipped.alone) func `what is shown of a shipped file satisfies the schema`(name: String) throws {
        let file = try ConfigurationLoader(environment: [:]).resolve(Shipped.folder.appending(path: name).path)
        let shown = try JSONSerialization.jsonObject(with: Data(file.json().utf8))
        #expect(try Schema(ConfigurationSchema.json()).complaint(about: shown) == nil)
    }

    @Test(arguments: [
        (#"{"scenario": {"num_sample": 3}}"#, "num_sample"), (#"{"scenario": {"num_samples": 0}}"#, "num_samples"),
        (#"{"load": {"arrival": "posson"}}"#, "arrival"), (#"{"metrics": {"meters": ["nvmll"]}}"#, "meters"),
        (#"{"metrics": {"meters": [{"csv": {"fil": "x"}}]}}"#, "meters"),
    ])
    func `what the decoder refuses at sight the schema refuses too`(text: String, place: String) throws {
        let schema = try Schema(ConfigurationSchema.json())
        let complaint = schema.complaint(about: try JSONSerialization.jsonObject(with: Data(text.utf8)))
        #expect(complaint?.contains(place) == true, "\(complaint ?? "nothing")")
    }
}

/// As much of JSON Schema as the schema of configurations uses.
private struct Schema {
    private let root: [String: Any]

    init(_ text: String) throws { root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) }

    func complaint(about value: Any) -> String? { complaint(about: value, root, at: "") }

    private func complaint(about value: Any, _ schema: [String: Any], at path: String) -> String? {
        if let name = (schema["$ref"] as? String)?.split(separator: "/").last, let all = root["$defs"] as? [String: [String: Any]] {
            return all[String(name)].flatMap { complaint(about: value, $0, at: path) }
        }
        if let alternatives = schema["anyOf"] as? [[String: Any]] {
            let all = alternatives.map { complaint(about: value, $0, at: path) }
            return all.contains { $0 == nil } ? nil : "\(path): \(value) is none of the alternatives"
        }
        if let names = schema["enum"] as? [String], !((value as? String).map(names.contains) ?? false) { return "\(path): \(value)" }
        if let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map({ [$0] }),
            !types.contains(where: { fits(value, $0) })
        {
            return "\(path): \(value) is no \(types)"
        }
        if let pattern = schema["pattern"] as? String, let text = value as? String, text.firstRange(of: "${") == nil {
            return "\(path): \(text) does not fit \(pattern)"
        }
        if let number = value as? NSNumber, let least = schema["minimum"] as? NSNumber, number.doubleValue < least.doubleValue {
            return "\(path): \(number) is less than \(least)"
        }
        if let items = value as? [Any], let inner = schema["items"] as? [String: Any] {
            for (index, item) in items.enumerated() {
                if let complaint = complaint(about: item, inner, at: "\(path)[\(index)]") { return complaint }
            }
        }
        guard let object = value as? [String: Any] else { return nil }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        for (key, item) in object {
            let rest = schema["additionalProperties"] as? [String: Any]
            if let inner = properties[key] ?? rest {
                if let complaint = complaint(about: item, inner, at: "\(path).\(key)") { return complaint }
            } else if schema["additionalProperties"] as? Bool == false {
                return "\(path).\(key) is unknown"
            }
        }
        return nil
    }

    private func fits(_ value: Any, _ type: String) -> Bool {
        switch type {
        case "null": value is NSNull
        case "string": value is String
        case "array": value is [Any]
        case "object": value is [String: Any]
        case "boolean": (value as? NSNumber).map { CFGetTypeIDOfBoolean($0) } ?? false
        case "integer": (value as? NSNumber).map { !CFGetTypeIDOfBoolean($0) && $0.doubleValue.rounded() == $0.doubleValue } ?? false
        case "number": (value as? NSNumber).map { !CFGetTypeIDOfBoolean($0) } ?? false
        default: false
        }
    }

    /// Whether a number of JSONSerialization was written `true` or `false`.
    private func CFGetTypeIDOfBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
