import Foundation
import JouleModel
import Testing

@testable import JouleRunner

struct ModelFilesTests {
    private let root: URL

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("model-files-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    }

    private func write(_ text: String, to path: String) throws {
        let file = root.appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private func configuration(
        _ model: String, revision: String? = nil, variables: [String: String]? = nil
    ) -> ModelConfiguration {
        var backend = BackendSpec(kind: .vllm, model: model)
        backend.revision = revision
        return ModelFiles(variables: variables ?? ["HF_HOME": root.path]).configuration(of: backend)
    }

    @Test func `a folder says it itself`() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        try write(#"{"model_type": "llama"}"#, to: "mine/config.json")
        let found = configuration(root.path + "/mine")
        #expect(found.config?["model_type"] == .string("llama"))
        #expect(found.source == root.path + "/mine/config.json")
        try write("[]", to: "mine/config.json")
        #expect(configuration(root.path + "/mine").reason?.contains("no JSON object") == true)
    }

    @Test func `the hub's cache is read at the commit that the branch names`() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        let model = "hub/models--org--name"
        try write("abc\n", to: model + "/refs/main")
        try write(#"{"model_type": "new"}"#, to: model + "/snapshots/abc/config.json")
        try write(#"{"model_type": "old"}"#, to: model + "/snapshots/fed/config.json")
        #expect(configuration("org/name").config?["model_type"] == .string("new"))
        #expect(configuration("org/name", revision: "fed").config?["model_type"] == .string("old"))
        #expect(configuration("org/name", revision: "../../x").config == nil)
        let hub = root.appendingPathComponent("hub").path
        #expect(configuration("org/name", variables: ["HF_HUB_CACHE": hub, "HF_HOME": "/nowhere"]).config != nil)
        #expect(configuration("org/name", variables: ["HOME": root.path]).config == nil)
    }

    @Test func `of several commits none is guessed, and what is not there has its reason`() throws {
        defer { try? FileManager.default.removeItem(at: root) }
        try write("{}", to: "hub/models--a--b/snapshots/one/config.json")
        #expect(configuration("a/b").config != nil)
        try write("{}", to: "hub/models--a--b/snapshots/two/config.json")
        #expect(configuration("a/b").config == nil)
        #expect(configuration("nobody/nothing").reason?.contains("nobody/nothing") == true)
    }
}
