import JouleModel
import Testing

@testable import JouleConfiguration

/// Secrets are read and never written down.
struct SecretTests {
    private static let secret = "sk-do-not-print-me"

    @Test(arguments: [
        "Authorization", "X-API-Key", "api-key", "HF_TOKEN", "Proxy-Authorization", "OPENAI_API_KEY", "Cookie", "DB_PASSWORD", "--api-key",
        "accessToken", "userPassword", "token",
    ])
    func `a name that speaks of a key has a secret value`(name: String) {
        #expect(Secrets.isSecret(name: name))
    }

    @Test(arguments: [
        "TOKENIZERS_PARALLELISM", "--max-num-batched-tokens", "X-Run", "monkey", "CUDA_VISIBLE_DEVICES", "Accept", "eos_token",
        "stop_token_ids", "thinking_token_budget", "prompt_cache_key", "keyboard",
    ])
    func `other names have none`(name: String) {
        #expect(!Secrets.isSecret(name: name))
    }

    @Test(arguments: [
        (["serve", "--api-key", "K", "--port", "1"], ["serve", "--api-key", "***", "--port", "1"]),
        (["--token=K", "HF_TOKEN=K", "--export=ALL,API_KEY=K"], ["--token=***", "HF_TOKEN=***", "--export=ALL,API_KEY=***"]),
        (["sh", "-c", "HF_TOKEN=K serve  --api-key K --port 1"], ["sh", "-c", "HF_TOKEN=*** serve  --api-key *** --port 1"]),
        (["sh", "-c", "serve --api-key $KEY --token \"$T\""], ["sh", "-c", "serve --api-key $KEY --token \"$T\""]),
        (["sh", "-c", "A_KEY='a b' curl -H \"Cookie: a b\" x"], ["sh", "-c", "A_KEY=*** curl -H \"Cookie:*** x"]),
        (["-H", "Authorization: Bearer K"], ["-H", "Authorization: ***"]),
        (["--config", #"{"api_key": "K"}"#], ["--config", #"{"api_key": ***"#]),
        (["-v", "/key:/k", "http://u:K@h/?token=K", "a:b"], ["-v", "/key:/k", "http://***@h/?token=***", "a:b"]),
        (["a prompt: the key is under the mat"], ["a prompt: the key is under the mat"]),
    ])
    func `a command is shown without its keys`(command: [String], shown: [String]) {
        #expect(Secrets.masked(command: command) == shown)
    }

    @Test(arguments: [
        ("http://u:p@h:1/a?b=c&d#e", "http://***@h:1/a?***", "http://h:1/a"), ("http://h/a", "http://h/a", "http://h/a"),
        ("u:p@h:1", "***@h:1", "h:1"), ("http://u:p/q@h/a", "http://***@h/a", "http://h/a"), ("h:1/a?b", "h:1/a?***", "h:1/a"),
        ("http://[::1]:1/a@b", "http://[::1]:1/a@b", "http://[::1]:1/a@b"), ("unix:/run/a.sock", "unix:/run/a.sock", "unix:/run/a.sock"),
        ("h/?u=http://a:b@c", "h/?***", "h/"), ("https://h/@user", "https://h/@user", "https://h/@user"),
        ("http://h#k", "http://h#***", "http://h"),
    ])
    func `an address is shown without user, password and query`(address: String, masked: String, hidden: String) {
        #expect(URLSecrets.masked(address) == masked && URLSecrets.hidden(address) == hidden)
        #expect(URLSecrets.isMasked(masked) == (masked != address) && !URLSecrets.isMasked(address))
        #expect(URLSecrets.masked(masked) == masked)
        let text = "see \(address) or `\(address)`"
        #expect(!address.hasPrefix("http") || URLSecrets.masked(in: text) == "see \(masked) or `\(masked)`")
    }

    @Test func `of a path and of other texts only parameters that speak of keys are hidden`() throws {
        let text = """
            {type: vllm, model: m, path: "/v1/x?api-version=2&api-key=K", launch: {command: [a], env: {P: "http://u:K@h/?a=b&token=K"}}}
            """
        let server = try experiment("backend: \(text)").backend.server
        let shown = ConfigurationRenderer.yaml(try experiment("backend: \(text)"))
        #expect(server.path == "/v1/x?api-version=2&api-key=K")
        #expect(shown.contains("/v1/x?api-version=2&api-key=***") && shown.contains("http://***@h/?a=b&token=***"), "\(shown)")
    }

    @Test func `members of a body are hidden by their names, and those below them by their own`() throws {
        let body = #"{api_key: K, deep: [{userPassword: 12345, on: true}], schema: {key: {type: string}}, stop_token_ids: [1, 2]}"#
        let loaded = try experiment("backend: {type: vllm, model: m, extra_body: \(body)}")
        let shown = ConfigurationRenderer.json(loaded)
        #expect(!shown.contains("\"K\"") && !shown.contains("12345") && shown.contains("\"string\"") && shown.contains("true"), "\(shown)")
        #expect(loaded.backend.server.extraBody["api_key"] == .string("K"))
        let read = try ExperimentRecord.parse(ExperimentRecord(experiment: loaded).json(), file: "e.json")
        #expect(read.experiment.backend.server.extraBody["api_key"] == .string("***"))
        #expect(Set(failures(shown).map(\.code)) == ["config.hidden-secret"])
    }

    @Test(arguments: [
        "{plug: {url: 'http://u:K@h/cm?password=K', kind: tasmota}}", "{agent: {endpoint: 'u:K@h:1'}}", "{dcgm: {url: 'http://h/?K'}}",
    ])
    func `the address of a meter is shown without its secrets, and is refused without them`(meter: String) throws {
        let loaded = try experiment(minimal + "metrics: {meters: [\(meter)]}")
        let yaml = ConfigurationRenderer.yaml(loaded)
        #expect(!yaml.contains("K") && yaml.contains("***"), "\(yaml)")
        let again = failures(yaml)
        #expect(again.map(\.code) == ["config.hidden-secret"] && again.first?.source != nil, "\(again)")
        let record = ExperimentRecord(experiment: loaded)
        #expect(try ExperimentRecord.parse(record.json(), file: "e.json").digest == record.digest)
    }

    @Test func `a URL with a hidden part is refused wherever it stands`() {
        let all = failures("backend: {type: vllm, model: m, launch: {command: [a], env: {P: 'http://***@h'}}}\nname: 'http://h/?key=***'")
        #expect(all.map(\.code) == ["config.hidden-secret", "config.hidden-secret"])
        #expect(failures(minimal + "scenario: {generate_kwargs: {stop: ['***', '?***', 'a@***']}}").isEmpty)
    }

    @Test func `names and values of a study hold no secret`() throws {
        let text = """
            backend: {type: vllm, model: m}
            sweep:
              backend.headers: [{Authorization: K}, {Authorization: KK}]
              metrics.meters: [[{plug: {url: "u:K@h", kind: shelly}}], [{plug: {url: "http://h/?K", kind: shelly}}]]
              backend.path: ["/v1?key=K"]
            """
        let loaded = try ConfigurationLoader(environment: [:], readFile: files(["s.yaml": text])).loadStudy("s.yaml")
        guard case .study(let study) = loaded else { throw UnreadableInTest() }
        let words = study.study.members.flatMap { [$0.name, $0.experiment.name] + $0.values.map(\.value) }
        #expect(words.allSatisfy { !$0.contains("K") }, "\(words)")
        #expect(Set(study.study.members.map(\.name)).count == 5)
        #expect(study.study.members[1].experiment.backend.server.headers == ["Authorization": "KK"])
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
            failures(minimal, overrides: ["metrics.meters=[{plug: {url: 'u:\(Self.secret)@h', kind: none}}]"]),
            failures(minimal, overrides: ["metrics.meters=[{plug: {url: ['http://u:\(Self.secret)@h'], kind: shelly}}]"]),
            failures(minimal + "backend.x: 'http://u:\(Self.secret)@h'"),
            failures("backend: {type: vllm, model: m, headers: {Authorization: 'Bearer \(Self.secret) ${'}}"),
            failures("backend: {type: vllm, model: m, api_key_env: '${not-a-name:-\(Self.secret)}'}"),
            failures(serving, overrides: [#"backend.extra_body='{"api_key": "\#(Self.secret)"'"#]),
            failures(serving, overrides: ["backend.path=v1?key=\(Self.secret)"]),
            failures("backend: {type: vllm, model: m, headers: 'Authorization: Bearer \(Self.secret)'}"),
            failures("backend: {type: vllm, model: m, launch: {env: HF_TOKEN=\(Self.secret), command: 'a --api-key \(Self.secret)'}}"),
        ]
        for complaints in texts {
            #expect(!complaints.isEmpty)
            #expect(!"\(complaints)".contains(Self.secret), "\(complaints)")
        }
    }
}
