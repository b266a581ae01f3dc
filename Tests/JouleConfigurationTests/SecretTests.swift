import JouleModel
import Testing

@testable import JouleConfiguration

/// Secrets are read and never written down.
struct SecretTests {
    private static let secret = "sk-do-not-print-me"

    @Test(arguments: [
        "Authorization", "X-API-Key", "api-key", "HF_TOKEN", "Proxy-Authorization", "OPENAI_API_KEY", "Cookie", "DB_PASSWORD", "--api-key",
    ])
    func `a name that speaks of a key has a secret value`(name: String) {
        #expect(Secrets.isSecret(name: name))
    }

    @Test(arguments: ["TOKENIZERS_PARALLELISM", "--max-num-batched-tokens", "X-Run", "monkey", "CUDA_VISIBLE_DEVICES", "Accept"])
    func `other names have none`(name: String) {
        #expect(!Secrets.isSecret(name: name))
    }

    private func experimentWithSecrets() throws -> Experiment {
        let text = """
            backend:
              type: vllm
              model: m
              headers: {Authorization: "Bearer ${KEY}", X-Run: visible}
              launch:
                command: [vllm, serve, --api-key, "${KEY}", "--token=${KEY}", --port, "8000"]
                env: {HF_TOKEN: "${KEY}", MODE: visible}
            """
        return try experiment(text, environment: ["KEY": Self.secret])
    }

    @Test func `what is shown and what is recorded hold no secret`() throws {
        let experiment = try experimentWithSecrets()
        #expect(experiment.backend.server.headers["Authorization"] == "Bearer \(Self.secret)")
        #expect(experiment.backend.server.launch?.command[3] == Self.secret)
        let texts = [
            ConfigurationRenderer.yaml(experiment), ConfigurationRenderer.json(experiment), ExperimentRecord(experiment: experiment).json(),
        ]
        for text in texts {
            #expect(!text.contains(Self.secret))
            #expect(text.contains("***"))
            #expect(text.contains("visible"))
            #expect(text.contains("--port"))
        }
    }

    @Test func `a record with hidden secrets is read, and a configuration with them is not`() throws {
        let experiment = try experimentWithSecrets()
        let record = ExperimentRecord(experiment: experiment)
        let read = try ExperimentRecord.parse(record.json(), file: "experiment.json")
        #expect(read.digest == record.digest)
        #expect(read.experiment.backend.server.headers == ["Authorization": "***", "X-Run": "visible"])
        let shown = failures(ConfigurationRenderer.yaml(experiment))
        #expect(Set(shown.map(\.code)) == ["config.hidden-secret"])
    }

    @Test func `complaints hold no secret`() {
        let texts = [
            failures("backend: {type: vllm, model: m, api_key_env: \(Self.secret)}"),
            failures("backend: {type: vllm, model: m, endpoint: 'http://me:\(Self.secret)@host'}"),
            failures(serving, overrides: ["backend.headers.Content-Length=\(Self.secret)"]),
            failures(minimal, overrides: ["backend.headers.Authorization=\(Self.secret)"]),
            failures(minimal, overrides: ["backend.launch.env.HF_TOKEN=\(Self.secret)"]),
        ]
        for complaints in texts {
            #expect(!complaints.isEmpty)
            #expect(!"\(complaints)".contains(Self.secret), "\(complaints)")
        }
    }
}
