import Foundation
import JouleModel
import JouleStore

/// Where the files of a model lie on this machine. Nothing is fetched.
package struct ModelFiles: Sendable {
    private let variables: [String: String]

    /// - Parameter variables: the environment, whose `HF_HUB_CACHE`, `HF_HOME` and `XDG_CACHE_HOME` say where the hub's cache is.
    package init(variables: [String: String]) { self.variables = variables }

    /// The configuration of the model of a server: from the folder that it names, else from the hub's cache.
    package func configuration(of backend: BackendSpec) -> ModelConfiguration {
        let places = folders(of: backend)
        for folder in places {
            let file = folder + "/config.json"
            guard let data = FileManager.default.contents(atPath: file) else { continue }
            guard let values = try? JSONDecoder().decode(JSONValue.self, from: data), case .object = values else {
                return ModelConfiguration(reason: "\(file) is no JSON object")
            }
            return ModelConfiguration(source: file, config: values)
        }
        return ModelConfiguration(
            reason: places.isEmpty
                ? "no config.json of \(backend.model) is on this machine (looked in \(cache ?? "no cache of the hub"))"
                : "there is no config.json in \(places.joined(separator: ", "))")
    }

    private func folders(of backend: BackendSpec) -> [String] {
        let path = (backend.model as NSString).expandingTildeInPath
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue { return [path] }
        let parts = backend.model.split(separator: "/", omittingEmptySubsequences: false)
        guard let cache, (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }) else { return [] }
        let model = "\(cache)/models--\(parts.joined(separator: "--"))"
        let snapshots = model + "/snapshots"
        let revision = backend.revision ?? "main"
        // A branch or a tag is a file that names its commit; a commit names its own folder.
        if !revision.split(separator: "/").contains(".."), let data = FileManager.default.contents(atPath: "\(model)/refs/\(revision)") {
            let commit = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            return ["\(snapshots)/\(commit)"]
        }
        guard let commits = try? FileManager.default.contentsOfDirectory(atPath: snapshots) else { return [] }
        if let wanted = backend.revision { return commits.filter { $0.hasPrefix(wanted) }.sorted().map { "\(snapshots)/\($0)" } }
        // Without a word on which one is in use, only a single one is sure.
        return commits.count == 1 ? ["\(snapshots)/\(commits[0])"] : []
    }

    /// The order in which the hub's own library looks.
    private var cache: String? {
        func given(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : ($0 as NSString).expandingTildeInPath } }
        if let cache = given("HF_HUB_CACHE") ?? given("HUGGINGFACE_HUB_CACHE") { return cache }
        if let home = given("HF_HOME") { return home + "/hub" }
        if let caches = given("XDG_CACHE_HOME") { return caches + "/huggingface/hub" }
        return given("HOME").map { $0 + "/.cache/huggingface/hub" }
    }
}
