import Foundation
import JouleHTTP
import JouleModel
import JouleUnits

/// One split of a data set of the hub, read row by row through the hub's service of rows (`/splits`, `/rows`; at most 100 rows a page:
/// huggingface.co/docs/dataset-viewer/rows).
///
/// Pages are kept on the disk by the commit that they are of, which the service names in `X-Revision`. The service serves the newest commit
/// only, so that a split that changes while it is read is an error and no mixture.
package actor HubDataset {
    private static let pageSize = 100

    package nonisolated let description: HubDescription
    /// Whether any row came over the network.
    package private(set) var hasAsked = false
    private let client: HubClient
    private let cache: PageCache
    private var pages: [Int: RowPage] = [:]

    private init(_ description: HubDescription, client: HubClient, firstPage: RowPage?) {
        self.description = description
        self.client = client
        cache = PageCache(
            root: client.settings.cache,
            parts: [description.id, description.config, description.split, description.revision ?? "unknown"])
        pages[0] = firstPage
        hasAsked = firstPage != nil
    }

    /// Finds the configuration and the split, and learns how many rows there are. With `HF_HUB_OFFLINE` that is what the cache knows.
    ///
    /// - Parameters:
    ///   - config: nil takes the only one, else the one called `default`.
    ///   - pause: waits before the hub is asked again.
    /// - Throws: `hub.*`; `workload.config` and `workload.split` name what there is.
    package static func open(
        _ id: String, config: String? = nil, split: String = "train", settings: HubSettings, fetcher: HTTPFetcher = HTTPFetcher(),
        timeout: Duration = .seconds(30), pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) async throws -> HubDataset {
        let client = HubClient(settings: settings, fetcher: fetcher, timeout: timeout, pause: pause)
        if settings.isOffline { return try fromCache(id, config, split, client, because: "HF_HUB_OFFLINE is set") }
        do {
            let subset = try await choose(config, split, of: id, client)
            let names = PageCache(root: settings.cache, parts: [id, subset, split])
            let (page, revision) = try await client.get(
                Self.url(id, subset, split, offset: 0, length: pageSize, settings), as: RowPage.self, about: id)
            let description = HubDescription(
                id: id, config: subset, split: split, revision: revision, rows: page.total, columns: page.features.map(\.name),
                isPartial: page.isPartial ?? false)
            names.write(description, "latest")
            let dataset = HubDataset(description, client: client, firstPage: page)
            await dataset.keep(page, 0)
            return dataset
        } catch let error as Failure where error.code == "hub.unreachable" {
            // Without a network the newest commit that was ever seen is as good as it gets; its number is in the record.
            guard let known = try? fromCache(id, config, split, client, because: "") else { throw error }
            return known
        }
    }

    /// The data sets of which rows are in the cache.
    package static func cached(_ settings: HubSettings) -> [HubDescription] { PageCache.descriptions(below: settings.cache) }

    /// The rows of these numbers, in their order. Only the pages that they are on are fetched.
    ///
    /// - Throws: `hub.*`; `hub.truncated` when the service sends only the beginning of a row; `hub.changed`.
    package func rows(_ numbers: [Int]) async throws -> [[String: JSONValue]] {
        var found: [[String: JSONValue]] = []
        for number in numbers {
            let page = try await page(of: number)
            guard var row = page.rows.first(where: { $0.number == number }) else {
                throw Failure("hub.answer", "the hub's page of `\(description.id)` has no row \(number)", remedy: HubClient.local)
            }
            if !row.truncated.isEmpty { row = try await whole(number) }
            found.append(row.fields)
        }
        return found
    }

    private func page(of number: Int) async throws -> RowPage {
        let index = number / Self.pageSize
        if let page = pages[index] { return page }
        if let page = cache.read(Self.name(index), as: RowPage.self) {
            pages[index] = page
            return page
        }
        let page = try await fetch(offset: index * Self.pageSize, length: Self.pageSize)
        keep(page, index)
        return page
    }

    /// Pages are cut when they are too large; a row alone may fit.
    private func whole(_ number: Int) async throws -> RowPage.Row {
        let name = "row-\(number)"
        let page: RowPage
        if let known = cache.read(name, as: RowPage.self) {
            page = known
        } else {
            page = try await fetch(offset: number, length: 1)
            cache.write(page, name)
        }
        guard let row = page.rows.first, row.number == number, row.truncated.isEmpty else {
            throw Failure(
                "hub.truncated", "the hub sends only the beginning of row \(number) of `\(description.id)`", remedy: HubClient.local)
        }
        return row
    }

    private func fetch(offset: Int, length: Int) async throws -> RowPage {
        guard !client.settings.isOffline else {
            throw Failure(
                "hub.offline", "row \(offset) of `\(description.id)` is not in the cache, and HF_HUB_OFFLINE is set",
                remedy: "unset it once, or name a local file")
        }
        let url = Self.url(description.id, description.config, description.split, offset: offset, length: length, client.settings)
        let (page, revision) = try await client.get(url, as: RowPage.self, about: description.id)
        hasAsked = true
        guard revision == description.revision, page.total == description.rows else {
            throw Failure(
                "hub.changed", "`\(description.id)` changed on the hub while it was read",
                cause:
                    "commit \(description.revision ?? "unknown"), then \(revision ?? "unknown")", remedy: "start again")
        }
        return page
    }

    private func keep(_ page: RowPage, _ index: Int) {
        pages[index] = page
        // Without a commit nobody could say later whether the page still holds.
        if description.revision != nil { cache.write(page, Self.name(index)) }
    }

    private static func name(_ index: Int) -> String { "page-\(index)" }

    private static func choose(_ config: String?, _ split: String, of id: String, _ client: HubClient) async throws -> String {
        let url = "\(client.settings.rowsServer)/splits?dataset=\(encoded(id))"
        let splits = try await client.get(url, as: SplitList.self, about: id).0.splits
        var configs: [String] = []
        for name in splits.map(\.config) where !configs.contains(name) { configs.append(name) }
        guard let chosen = config ?? (configs.count == 1 ? configs[0] : configs.first { $0 == "default" }), configs.contains(chosen) else {
            throw Failure(
                "workload.config",
                config.map { "`\(id)` has no configuration `\($0)`" } ?? "`\(id)` has several configurations, and none is called default",
                remedy: "set scenario.dataset_config to one of \(listed(configs))")
        }
        let names = splits.filter { $0.config == chosen }.map(\.split)
        guard names.contains(split) else {
            throw Failure(
                "workload.split", "`\(id)` (\(chosen)) has no split `\(split)`", remedy: "set scenario.split to one of \(listed(names))")
        }
        return chosen
    }

    private static func listed(_ names: [String]) -> String {
        names.prefix(12).joined(separator: ", ") + (names.count > 12 ? " and \(names.count - 12) more" : "")
    }

    private static func fromCache(
        _ id: String, _ config: String?, _ split: String, _ client: HubClient, because reason: String
    ) throws(Failure) -> HubDataset {
        let known = cached(client.settings).filter { $0.id == id && $0.split == split && (config == nil || $0.config == config) }
        guard let description = known.count == 1 ? known[0] : known.first(where: { $0.config == "default" }) else {
            throw Failure(
                "hub.offline", "`\(id)` (\(config ?? "any configuration"), \(split)) is not in the cache, and \(reason)",
                remedy: "unset it and run once with a network, or name a local file in scenario.dataset_name")
        }
        return HubDataset(description, client: client, firstPage: nil)
    }

    private static func url(_ id: String, _ config: String, _ split: String, offset: Int, length: Int, _ settings: HubSettings) -> String {
        "\(settings.rowsServer)/rows?dataset=\(encoded(id))&config=\(encoded(config))&split=\(encoded(split))&offset=\(offset)&length=\(length)"
    }

    private static func encoded(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
    }
}
