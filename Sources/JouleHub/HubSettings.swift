import Foundation

/// Where the hub is, who asks, and where its answers are kept. The variables are those of the hub's own tools.
package struct HubSettings: Hashable, Sendable {
    /// `HF_DATASETS_SERVER`, else the hub's service of rows.
    package var rowsServer: String
    /// `HF_TOKEN`, else the file that `HF_TOKEN_PATH` names, else `$HF_HOME/token`.
    package var token: String?
    /// `HF_HUB_OFFLINE` or `HF_DATASETS_OFFLINE`: the cache alone is asked.
    package var isOffline: Bool
    /// The folder of the answers that are kept; an own one, not the hub tools'.
    package var cache: String
    /// Where the `datasets` library keeps what it has fetched: `HF_DATASETS_CACHE`, else `$HF_HOME/datasets`.
    package var libraryCache: String

    /// - Parameter cache: the folder below which everything of this program is kept.
    package init(variables: [String: String], cache: String) {
        func given(_ name: String) -> String? {
            variables[name].map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        var server = given("HF_DATASETS_SERVER") ?? "https://datasets-server.huggingface.co"
        while server.hasSuffix("/") { server.removeLast() }
        rowsServer = server
        self.cache = cache + "/datasets"
        isOffline = ["HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"].contains { name in
            given(name).map { ["1", "ON", "YES", "TRUE"].contains($0.uppercased()) } ?? false
        }
        let caches = given("XDG_CACHE_HOME") ?? given("HOME").map { $0 + "/.cache" }
        let home = given("HF_HOME") ?? caches.map { $0 + "/huggingface" }
        libraryCache = given("HF_DATASETS_CACHE") ?? home.map { $0 + "/datasets" } ?? "its cache"
        let file = given("HF_TOKEN_PATH") ?? home.map { $0 + "/token" }
        let stored = file.flatMap { FileManager.default.contents(atPath: $0) }
            .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
        token = given("HF_TOKEN") ?? stored.flatMap { $0.isEmpty ? nil : $0 }
    }
}
