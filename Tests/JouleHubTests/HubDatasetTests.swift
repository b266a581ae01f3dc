import Foundation
import JouleHTTP
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleHub

/// A stand-in of the hub's service of rows on a loopback port: a data set of numbered questions, with pages as the real one sends them.
private final class Hub: Sendable {
    struct Rules: Sendable {
        var total = 250
        var revision: String? = "c0ffee"
        var configs = [("main", "train"), ("main", "test"), ("extra", "train")]
        /// Rows of which a page holds only the beginning.
        var cut: Set<Int> = []
        /// The status of an answer, by the number of the request; 200 without one.
        var status: @Sendable (Int) -> (Int, [String: String], String)? = { _ in nil }
    }

    let server: LoopbackServer

    init(_ rules: Rules = Rules()) {
        server = LoopbackServer { request in
            if let (status, headers, body) = rules.status(request.number) {
                return LoopbackServer.Reply(body, status: status, headers: headers)
            }
            let query = URLComponents(string: request.target)?.queryItems ?? []
            let values = Dictionary(uniqueKeysWithValues: query.map { ($0.name, $0.value ?? "") })
            guard values["dataset"] == "someone/questions" else { return LoopbackServer.Reply(#"{"error": "gone"}"#, status: 404) }
            if request.path == "/splits" {
                let splits = rules.configs.map { #"{"dataset": "someone/questions", "config": "\#($0.0)", "split": "\#($0.1)"}"# }
                return LoopbackServer.Reply(#"{"splits": [\#(splits.joined(separator: ","))], "pending": [], "failed": []}"#)
            }
            guard request.path == "/rows", let offset = values["offset"].flatMap({ Int($0) }),
                let length = values["length"].flatMap({ Int($0) }),
                length <= 100
            else { return LoopbackServer.Reply(status: 422) }
            let numbers = offset..<max(offset, min(rules.total, offset + length))
            let rows = numbers.map { number in
                let isCut = length > 1 && rules.cut.contains(number)
                let text = isCut ? "Qu" : "Question \(number) – \u{1F600}?"
                return
                    #"{"row_idx": \#(number), "row": {"question": "\#(text)", "points": \#(number)}, "truncated_cells": [\#(isCut ? #""question""# : "")]}"#
            }
            return LoopbackServer.Reply(
                #"{"features": [{"feature_idx": 0, "name": "question", "type": {}}, {"feature_idx": 1, "name": "points", "type": {}}], "rows": [\#(rows.joined(separator: ","))], "num_rows_total": \#(rules.total), "num_rows_per_page": 100, "partial": false}"#,
                headers: rules.revision.map { ["X-Revision": $0] } ?? [:])
        }
    }

    var pages: [String] { server.requests.filter { $0.path == "/rows" }.map(\.target) }
}

private final class Folder {
    let path = FileManager.default.temporaryDirectory.appending(path: "joule-hub-\(UUID().uuidString)").path
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func settings(_ hub: Hub, _ folder: Folder, _ more: [String: String] = [:]) -> HubSettings {
    HubSettings(variables: ["HF_DATASETS_SERVER": hub.server.url + "/"].merging(more) { $1 }, cache: folder.path)
}

private func open(
    _ settings: HubSettings, config: String? = "main", split: String = "train", waits: Waits? = nil
) async throws -> HubDataset {
    try await HubDataset.open(
        "someone/questions", config: config, split: split, settings: settings, timeout: .seconds(10),
        pause: { await waits?.add($0) })
}

private actor Waits {
    private(set) var all: [Duration] = []
    func add(_ wait: Duration) { all.append(wait) }
}

struct HubDatasetTests {
    @Test func `only the pages of the wanted rows are fetched, and each once`() async throws {
        let (hub, folder) = (Hub(), Folder())
        let dataset = try await open(settings(hub, folder))
        #expect(dataset.description.rows == 250)
        #expect(dataset.description.columns == ["question", "points"])
        #expect(dataset.description.revision == "c0ffee")
        let rows = try await dataset.rows([249, 3, 201, 7])
        #expect(rows.map { $0["question"] } == [249, 3, 201, 7].map { .string("Question \($0) – \u{1F600}?") })
        #expect(rows[0]["points"] == .integer(249))
        #expect(hub.pages.count == 2)
        #expect(hub.pages.allSatisfy { $0.contains("dataset=someone%2Fquestions&config=main&split=train") })
        #expect(await dataset.hasAsked)
    }

    @Test func `what was fetched is there without a network, by its commit`() async throws {
        let (hub, folder) = (Hub(), Folder())
        _ = try await open(settings(hub, folder)).rows([120])
        #expect(HubDataset.cached(settings(hub, folder)).map(\.revision) == ["c0ffee"])
        let before = hub.server.requests.count
        let offline = settings(hub, folder, ["HF_HUB_OFFLINE": "1"])
        let kept = try await open(offline)
        #expect(try await kept.rows([120, 5]).count == 2)
        #expect(hub.server.requests.count == before)
        #expect(await !kept.hasAsked)
        let beyond = await #expect(throws: Failure.self) { try await kept.rows([240]) }
        #expect(beyond?.code == "hub.offline")
        let unknown = await #expect(throws: Failure.self) { try await open(offline, split: "test") }
        #expect(unknown?.code == "hub.offline" && unknown?.remedy?.contains("local file") == true)
        // A hub that is gone is as no network.
        hub.server.stop()
        #expect(try await open(settings(hub, folder)).rows([120]).count == 1)
    }

    @Test func `a newer commit makes old pages void, and a change on the way is no mixture`() async throws {
        let folder = Folder()
        let old = Hub()
        _ = try await open(settings(old, folder)).rows([150])
        var rules = Hub.Rules()
        rules.revision = "beef"
        let new = Hub(rules)
        _ = try await open(settings(new, folder)).rows([150])
        #expect(new.pages.count == 2)

        let changing = LoopbackServer { request in
            if request.path == "/splits" {
                return .init(#"{"splits": [{"dataset": "someone/questions", "config": "main", "split": "train"}]}"#)
            }
            let page = request.target.contains("offset=0&") ? 0 : 100
            return .init(
                #"{"features": [{"name": "q"}], "rows": [{"row_idx": \#(page), "row": {"q": "a"}, "truncated_cells": []}], "num_rows_total": 150}"#,
                headers: ["X-Revision": "\(request.number)"])
        }
        let moving = HubSettings(variables: ["HF_DATASETS_SERVER": changing.url], cache: Folder().path)
        let dataset = try await open(moving)
        let failure = await #expect(throws: Failure.self) { try await dataset.rows([100]) }
        #expect(failure?.code == "hub.changed")
    }

    @Test func `a row of which a page has only the beginning is fetched alone`() async throws {
        var rules = Hub.Rules()
        rules.cut = [42]
        let (hub, folder) = (Hub(rules), Folder())
        let dataset = try await open(settings(hub, folder))
        #expect(try await dataset.rows([42])[0]["question"] == .string("Question 42 – \u{1F600}?"))
        #expect(hub.pages.last?.hasSuffix("offset=42&length=1") == true)
    }

    @Test func `the configuration is the only one, or the one called default, or asked for`() async throws {
        let (hub, folder) = (Hub(), Folder())
        let several = await #expect(throws: Failure.self) { try await open(settings(hub, folder), config: nil) }
        #expect(several?.code == "workload.config" && several?.remedy == "set scenario.dataset_config to one of main, extra")
        let none = await #expect(throws: Failure.self) { try await open(settings(hub, folder), split: "validation") }
        #expect(none?.code == "workload.split" && none?.remedy == "set scenario.split to one of train, test")
        var rules = Hub.Rules()
        rules.configs = [("a", "train"), ("default", "train")]
        let other = Hub(rules)
        #expect(try await open(settings(other, folder), config: nil).description.config == "default")
    }

    @Test func `a busy hub is asked again after the time that it names, and not for ever`() async throws {
        var rules = Hub.Rules()
        rules.status = { $0 == 1 ? (429, ["Retry-After": "7"], "") : $0 == 2 ? (503, [:], "") : nil }
        let waits = Waits()
        let busy = Hub(rules)
        _ = try await open(settings(busy, Folder()), waits: waits)
        #expect(await waits.all == [.seconds(7), .seconds(2)])
        #expect(busy.server.requests.count == 4)

        rules.status = { _ in (500, ["X-Error-Code": "UnexpectedError"], #"{"error": "out of order"}"#) }
        let broken = Hub(rules)
        let failure = await #expect(throws: Failure.self) { try await open(settings(broken, Folder())) }
        #expect(failure?.code == "hub.refused" && failure?.cause == "HTTP status 500: out of order")
        #expect(broken.server.requests.count == 5)

        rules.status = { _ in (429, ["Retry-After": "3600"], "") }
        let closed = Hub(rules)
        let tomorrow = await #expect(throws: Failure.self) { try await open(settings(closed, Folder())) }
        #expect(tomorrow?.code == "hub.busy")
        #expect(closed.server.requests.count == 1)
    }

    @Test(arguments: [(401, "hub.unauthorized"), (403, "hub.unauthorized"), (404, "hub.not-found"), (422, "hub.refused")])
    func `a refusal says what to do and is not repeated`(status: Int, code: String) async throws {
        var rules = Hub.Rules()
        rules.status = { _ in (status, [:], #"{"error": "no"}"#) }
        let hub = Hub(rules)
        let failure = await #expect(throws: Failure.self) { try await open(settings(hub, Folder())) }
        #expect(failure?.code == code)
        #expect(failure?.remedy?.isEmpty == false)
        #expect(hub.server.requests.count == 1)
    }

    @Test func `an answer of another form, and a hub that is not there, are told apart`() async throws {
        var rules = Hub.Rules()
        rules.status = { _ in (200, [:], "<html>") }
        let page = Hub(rules)
        let strange = await #expect(throws: Failure.self) { try await open(settings(page, Folder())) }
        #expect(strange?.code == "hub.answer")
        #expect(page.server.requests.count == 1)
        let hub = Hub()
        hub.server.stop()
        let gone = await #expect(throws: Failure.self) { try await open(settings(hub, Folder())) }
        #expect(gone?.code == "hub.unreachable")
        #expect(gone?.remedy?.contains("name the file") == true)
    }

    @Test func `the token comes from the variable, else from the file, and is sent as such`() async throws {
        let folder = Folder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try Data("hf_file\n".utf8).write(to: URL(filePath: folder.path + "/token"))
        let hub = Hub()
        _ = try await open(settings(hub, folder, ["HF_HOME": folder.path]))
        #expect(hub.server.requests.first?.headers["authorization"] == "Bearer hf_file")
        #expect(settings(hub, folder, ["HF_HOME": folder.path, "HF_TOKEN": "hf_own"]).token == "hf_own")
        #expect(settings(hub, folder, ["HF_HOME": "/nowhere"]).token == nil)
    }

    @Test func `names of folders never leave the cache and never meet`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let letters = Array("ab./%-_é ~".unicodeScalars.map(Character.init))
        var seen: [String: String] = [:]
        for _ in 0..<2_000 {
            let part = String(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in letters[Int.random(in: letters.indices, using: &random)] })
            let name = PageCache.fileName(part)
            #expect(!name.isEmpty && !name.contains("/") && !name.hasPrefix("."), "seed \(seed)")
            #expect(seen[name].map { $0 == part } ?? true, "seed \(seed)")
            seen[name] = part
        }
    }
}
