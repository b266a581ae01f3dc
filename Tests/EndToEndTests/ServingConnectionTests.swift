import Foundation
import Testing

/// Which server is spoken to, how, and what is said when it is not the right one.
struct ServingConnectionTests {
    @Test(arguments: ["vllm", "openai", "llamacpp", "sglang", "tgi", "ollama", "trtllm"], ["chat", "completions"])
    func `every kind of server is understood by its name`(kind: String, api: String) async throws {
        let scene = try Scene()
        let (ended, run) = try await scene.load(stub: ["--dialect", kind], ["--backend", kind, "--api", api], requests: 3)
        #expect(ended.status == 0, "\(ended.error)")
        try run.expectOneLineEach(3)
        #expect(try run.outcomes == ["completed": 3])
        for request in try run.measured {
            #expect(request["output_tokens"].number == 8 && request["input_tokens"].number == 4)
            #expect(request["token_source"].text?.hasSuffix("usage") == true)
            #expect(request["anomalies"].members.isEmpty, "\(request)")
        }
        let server = try run.environment["server"]
        #expect(server["dialect"].text == kind && server["is_local"].flag == true)
        #expect(server["listed_models"].list.compactMap(\.text) == ["stub-model"])
        // What the server counts is what the answers say, where it counts.
        for pair in try run.summary["serving"]["server"]["pairs"].list { #expect(pair["ours"] == pair["server"], "\(pair)") }
        if ["vllm", "llamacpp", "sglang", "tgi"].contains(kind) {
            #expect(try run.summary["serving"]["server"]["pairs"].list.count >= 2)
        }
    }

    @Test(arguments: ["", "/", "/v1", "/v1/"]) func `a base URL may end as it likes`(tail: String) async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let ended = try await scene.run(try scene.loadTest(stub.url + tail, requests: 1))
        #expect(ended.status == 0, "\(ended.error)")
    }

    @Test func `an older toolkit's and the other tool's way of naming the server work`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let port = try #require(stub.url.split(separator: ":").last)
        let common = [
            "--model", "stub-model", "--results-dir", scene.results, "--meters", "none", "--preset", "none", "--num-warmups", "0",
            "--num-prompts", "2", "--dataset-name", "random", "--random-input-len", "8", "--random-output-len", "4",
        ]
        for names in [["--host", "127.0.0.1", "--port", "\(port)", "--endpoint", "/v1/completions"], ["--base-url", stub.url + "/v1"]] {
            let ended = try await scene.run(["load-test"] + names + common)
            #expect(ended.status == 0, "\(ended.error)")
        }
        #expect(try scene.runs.map { try $0.outcomes } == [["completed": 2], ["completed": 2]])
    }

    @Test func `a server that is not there is exit 69 with the address`() async throws {
        let scene = try Scene()
        let endpoint = "http://127.0.0.1:\(try freePort())"
        let ended = try await scene.run(try scene.loadTest(endpoint, requests: 2))
        #expect(ended.status == 69, "\(ended.error)")
        #expect(ended.error.contains(endpoint) && ended.error.contains("refused") && ended.error.contains("help:"))
        #expect(ended.error.contains("[server.unhealthy]"))
    }

    @Test func `an address that is no URL is a mistake of the command line`() async throws {
        let scene = try Scene()
        let ended = try await scene.run(try scene.loadTest("htp:/x", requests: 2))
        #expect(ended.status == 64)
        #expect(scene.runs.isEmpty)
    }

    @Test func `a model that the server does not have is said with those that it has`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene, ["--model", "the-only-one"])
        let ended = try await scene.run(try scene.loadTest(stub.url, requests: 2))
        #expect(ended.error.contains("stub-model") && ended.error.contains("the-only-one"), "\(ended.error)")
        #expect(ended.error.contains("[server.model-unknown]"))
        #expect(ended.status == 69)
    }

    @Test func `the API key comes from the environment and is written nowhere`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene, ["--api-key", "sesame-4711"])
        let variable = ["--set", "backend.api_key_env=OWN_KEY"]
        let ended = try await scene.run(
            try scene.loadTest(stub.url, variable, requests: 2), environment: ["OWN_KEY": "sesame-4711"])
        #expect(ended.status == 0, "\(ended.error)")
        let usual = try await scene.run(try scene.loadTest(stub.url, requests: 2), environment: ["OPENAI_API_KEY": "sesame-4711"])
        #expect(usual.status == 0, "\(usual.error)")
        for run in scene.runs {
            for name in try FileManager.default.contentsOfDirectory(atPath: run.path) {
                let bytes = try Data(contentsOf: URL(filePath: run.file(name)))
                #expect(bytes.range(of: Data("sesame".utf8)) == nil, "the key stands in \(name)")
            }
        }
        #expect(!(ended.output + ended.error).contains("sesame"))
    }

    @Test(arguments: [nil, "wrong"]) func `without the right key the run stops with the server's message`(key: String?) async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene, ["--api-key", "sesame"])
        let ended = try await scene.run(
            try scene.loadTest(stub.url, requests: 2), environment: key.map { ["OPENAI_API_KEY": $0] } ?? [:])
        #expect(ended.status == 69, "\(ended.error)")
        #expect(ended.error.contains("401") && ended.error.contains("Unauthorized") && ended.error.contains("backend.api_key_env"))
        #expect(!ended.error.contains("wrong"))
    }

    @Test func `a key's variable that is not set is a mistake of the configuration`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let ended = try await scene.run(try scene.loadTest(stub.url, ["--set", "backend.api_key_env=NO_SUCH_KEY"], requests: 2))
        #expect(ended.status == 64, "\(ended.error)")
        #expect(ended.error.contains("NO_SUCH_KEY"))
    }

    @Test func `a certificate that nobody knows is refused, and accepted when asked`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene, try scene.certificate().options)
        #expect(stub.url.hasPrefix("https:"))
        let strict = try await scene.run(try scene.loadTest(stub.url, requests: 2))
        #expect(strict.status == 69, "\(strict.error)")
        #expect(strict.error.contains("certificate"))
        let lenient = try await scene.run(try scene.loadTest(stub.url, ["--insecure"], requests: 2))
        #expect(lenient.status == 0, "\(lenient.error)")
        let run = try #require(scene.runs.last)
        #expect(try run.outcomes == ["completed": 2])
        // The handshake is recorded and lies outside the time to the first token.
        let first = try run.measured[0]
        let connected = try #require(first["connected_ns"].number)
        let connecting = try #require(first["connecting_ns"].number)
        let sent = try #require(first["sent_ns"].number)
        #expect(connecting < connected && connected <= sent)
    }

    @Test func `TLS to a server without it is said plainly`() async throws {
        let scene = try Scene()
        let stub = try await StubServer(scene)
        let ended = try await scene.run(try scene.loadTest(stub.url.replacing("http:", with: "https:"), requests: 2))
        #expect(ended.status == 69)
        #expect(ended.error.contains("TLS"))
    }
}

extension Scene {
    /// A certificate of its own for this machine, signed by nobody.
    func certificate() throws -> (options: [String], certificate: String) {
        let (key, certificate) = (file("key.pem"), file("certificate.pem"))
        let command = [
            "/usr/bin/env", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate,
        ]
        let maker = try Child(command, output: file("openssl"))
        while maker.status == nil { usleep(2_000) }
        try #require(maker.status == 0, "\(maker.error)")
        return (["--tls", certificate, key], certificate)
    }
}
