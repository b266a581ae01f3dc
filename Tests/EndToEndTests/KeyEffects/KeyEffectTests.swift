import Foundation
import Testing

/// The reference of the configuration names keys; here each of them is seen to do something that its reader can see from outside: in what
/// the worker is asked, in the bytes that reach a server, in how a server is started, in the files of the run, or on the terminal.
@Suite(.timeLimit(.minutes(10))) struct KeyEffectTests {
    static let trials = Trial.workers + Trial.prompts + Trial.servers + Trial.loads + Trial.measuring + Trial.studies + Trial.simulations

    /// The keys of the tables in `docs/configuration.md`: what stands in the first column.
    static func referenced() throws -> [String] {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/configuration.md")
        return try String(contentsOf: page, encoding: .utf8).split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /\| `([a-z0-9_.]+)`.*/).map { String($0.output.1) }
        }
    }

    @Test func `the reference and the trials name the same keys`() throws {
        let referenced = try Self.referenced()
        #expect(referenced.count > 120 && Set(referenced).count == referenced.count)
        let tried = Set(Self.trials.flatMap { $0.effects.map(\.key) })
        #expect(Set(referenced).subtracting(tried) == [], "keys that no trial shows at work")
        #expect(tried.subtracting(referenced) == [], "trials of keys that the reference does not have")
    }

    @Test(arguments: trials) func `a key changes what is seen of a run`(trial: Trial) async throws {
        let without = try await trial.evidence(with: false)
        let with = try await trial.evidence(with: true)
        for effect in trial.effects {
            let (before, after) = (without.text(at: effect.place), with.text(at: effect.place))
            #expect(
                try effect.sign.isSeen(before: before, after: after),
                """
                \(effect.key)=\(effect.value): \(effect.sign)
                --- without, \(effect.place):
                \(before.prefix(6_000))
                --- with:
                \(after.prefix(6_000))
                --- terminal:
                \(with.terminal.suffix(3_000))
                """)
        }
    }
}

/// One key with a value, and by what it is noticed.
struct Effect: Sendable {
    enum Place: Sendable, Hashable {
        /// The lines that workers were asked, and how many workers there were.
        case worker
        /// Method, path, headers and body of what reached the server.
        case wire
        /// Arguments, variables and folder of the server that the run started.
        case launch
        /// Both streams and the exit status.
        case terminal
        /// Time between the first run and the second.
        case rest
        /// The shortest time between two requests that follow each other.
        case pauses
        /// The shortest and the longest time to the first token, and from it to the last.
        case tokens
        /// Names of all files.
        case tree
        /// A file of the run's folder; of the scene's own folder where it begins with a slash.
        case file(String)
    }

    enum Sign: Sendable {
        /// This text is there with the key only.
        case says(String)
        /// What fits this expression is there with the key only.
        case matches(String)
        /// This text is there without the key only.
        case drops(String)
        /// What the expression's group takes at first is another one.
        case differs(String)
        /// The text is there another number of times.
        case counts(String)

        func isSeen(before: String, after: String) throws -> Bool {
            switch self {
            case .says(let text): after.contains(text) && !before.contains(text)
            case .drops(let text): before.contains(text) && !after.contains(text)
            case .counts(let text): Self.count(text, in: before) != Self.count(text, in: after)
            case .matches(let text):
                try { (expression: Regex<AnyRegexOutput>) in after.contains(expression) && !before.contains(expression) }(Regex(text))
            case .differs(let text):
                try { (expression: Regex<AnyRegexOutput>) in
                    guard let old = before.firstMatch(of: expression), let new = after.firstMatch(of: expression) else { return false }
                    return old.output[1].substring != new.output[1].substring
                }(Regex(text))
            }
        }

        private static func count(_ text: String, in whole: String) -> Int { whole.components(separatedBy: text).count - 1 }
    }

    let key: String
    let value: String
    let place: Place
    let sign: Sign

    init(_ key: String, _ value: String, _ place: Place, _ sign: Sign) {
        self.key = key
        self.value = value
        self.place = place
        self.sign = sign
    }
}

/// A run without some keys and one with them, everything else being equal.
///
/// In all texts `{scene}` is the folder of the run, `{stub}` the address of its stub server, `{port}` a free port, `{prompts}` a file of
/// ten prompts of four words, and `{worker}` the command of the stand-in for the worker.
struct Trial: Sendable, CustomTestStringConvertible {
    /// How the effects come into the second run.
    enum Way: Sendable { case assignments, ofFile(String) }

    let name: String
    /// A configuration without `output_dir`.
    let base: String
    var environment: [String: String] = [:]
    /// Options of the stub server; nil starts none.
    var stub: [String]?
    var script: String?
    /// The stub has a certificate that nobody signed.
    var isEncrypted = false
    var files: [String: String] = [:]
    var way = Way.assignments
    var command = ["run"]
    /// What the run is asked for besides.
    var options: [String] = []
    /// A configuration that is run first, to have its recording: `{recording}` is its folder.
    var recorded: String?
    var gpus: [String: String]?
    let effects: [Effect]

    var testDescription: String { name }

    /// What is seen of one run.
    struct Evidence: Sendable {
        var worker = ""
        var wire = ""
        var launch = ""
        var terminal = ""
        var rest = ""
        var pauses = ""
        var tokens = ""
        var tree = ""
        var files: [String: String] = [:]

        func text(at place: Effect.Place) -> String {
            switch place {
            case .worker: worker
            case .wire: wire
            case .launch: launch
            case .terminal: terminal
            case .tree: tree
            case .rest: rest
            case .pauses: pauses
            case .tokens: tokens
            case .file(let name): files[name] ?? ""
            }
        }
    }

    func evidence(with keys: Bool) async throws -> Evidence {
        let scene = try Scene()
        try FileManager.default.createDirectory(atPath: scene.file("asked"), withIntermediateDirectories: true)
        let certificate = isEncrypted ? try scene.certificate().options : []
        let server = if let stub { try await StubServer(scene, certificate + stub, script: script) } else { StubServer?.none }
        let gpus = try gpus.map { try StandInGPUs($0) }
        var words = [
            "{scene}": scene.folder, "{stub}": server?.url ?? "http://127.0.0.1:9", "{port}": "\(try freePort())",
            "{prompts}": try scene.prompts(10), "{worker}": "[\(Tool.python), \(Tool.fixtures)/stand_in_worker.py]",
            "{python}": Tool.python, "{fixtures}": Tool.fixtures,
        ]
        func filled(_ text: String) -> String { words.reduce(text) { $0.replacing($1.key, with: $1.value) } }
        try scene.write("serve.sh", Self.serve(scene))
        if let recorded {
            let config = try scene.write("recorded.yaml", "output_dir: \(scene.file("recorded"))\n" + recorded)
            try #require(try await scene.run(["run", config]).status == 0)
            let names = try FileManager.default.contentsOfDirectory(atPath: scene.file("recorded/raw"))
            words["{recording}"] = scene.file("recorded/raw/\(try #require(names.first))")
        }
        for (name, text) in files {
            let path = try scene.write(name, filled(text))
            if text.hasPrefix("#!") { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path) }
        }
        var text = base
        var arguments = options.map(filled)
        if keys {
            switch way {
            case .assignments: for effect in effects { arguments += ["--set", "\(effect.key)=\(filled(effect.value))"] }
            case .ofFile(let another): text = another
            }
        }
        let config = try scene.write("bench.yaml", filled("output_dir: {scene}/results\n" + text))
        var variables = ["STAND_IN_LOG": scene.file("asked"), "STAND_IN_TOKEN_MS": "1", "STAND_IN_PREFILL_MS": "2"]
        variables.merge(gpus?.environment ?? [:]) { $1 }
        variables.merge(environment.mapValues(filled)) { $1 }
        let ended = try await scene.run(command + [config] + arguments, environment: variables)
        var seen = Evidence()
        seen.terminal = "\(ended.output)\n\(ended.error)\nexit \(ended.status)"
        let asked = try FileManager.default.contentsOfDirectory(atPath: scene.file("asked")).sorted()
        seen.worker = try "workers: \(asked.count)\n" + asked.map { try scene.read("asked/\($0)") }.joined()
        seen.launch = (try? scene.read("launched")) ?? ""
        if let server { seen.wire = try await Self.wire(of: server, scene) }
        let all = (FileManager.default.enumerator(atPath: scene.folder)?.compactMap { $0 as? String } ?? []).sorted()
        seen.tree = all.joined(separator: "\n")
        seen.pauses = (try? Self.pauses(of: scene.runs.first)) ?? ""
        seen.tokens = try Self.tokens(of: scene.runs.first)
        seen.rest = try Self.rest(between: scene.runs)
        let folder = scene.runs.first?.path
        for case .file(let name) in effects.map(\.place) {
            let path = name.hasPrefix("/") ? scene.folder + name : folder.map { "\($0)/\(name)" }
            seen.files[name] = path.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }
        }
        withExtendedLifetime((server, gpus)) {}
        return seen
    }

    /// Writes down how it was started and becomes the stub server: the port is the first argument.
    private static func serve(_ scene: Scene) -> String {
        """
        { echo "folder: $(pwd)"; for word in "$@"; do echo "argument: $word"; done; env; } > \(scene.file("launched"))
        exec \(StubServer.path) --port $1 --ttft 5ms --itl 1ms

        """
    }

    /// Every half second up to this time: what is slow on a busy machine still says the same.
    private static func thresholds(of seconds: Double) -> String {
        stride(from: 0.5, through: max(0, seconds), by: 0.5).map { "at least \($0) s" }.joined(separator: "\n")
    }

    /// The shortest time from the end of one request to the sending of the next.
    private static func pauses(of run: RunFolder?) throws -> String {
        guard let run else { return "" }
        let (sent, ended) = (try run.instants("sent_ns"), try run.instants("body_end_ns"))
        return zip(sent.dropFirst(), ended).map { ($0 - $1) / 1e9 }.min().map(thresholds) ?? ""
    }

    private static func tokens(of run: RunFolder?) throws -> String {
        let requests = try run.map { try $0.completed } ?? []
        let spans = [("first token", "sent_ns", "first_token_ns"), ("answer", "first_token_ns", "last_token_ns")]
        return spans.flatMap { name, from, to in
            let times = requests.compactMap { request in
                request[from].number.flatMap { start in request[to].number.map { ($0 - start) / 1e9 } }
            }
            return [("shortest", times.min()), ("longest", times.max())].map { kind, time in
                time.map { "\(kind) \(name) " + thresholds(of: $0).replacing("\n", with: "\n\(kind) \(name) ") } ?? ""
            }
        }.joined(separator: "\n")
    }

    private static func rest(between runs: [RunFolder]) throws -> String {
        guard runs.count == 2, let end = try runs[0].state["phases"].list.last?["end_ns"].number,
            let start = try runs[1].state["phases"].list.first?["start_ns"].number
        else { return "" }
        return thresholds(of: (start - end) / 1e9)
    }

    /// The stub's own books, as text.
    private static func wire(of server: StubServer, _ scene: Scene) async throws -> String {
        try await server.requests(scene).map { request in
            let headers = request["headers"].list.map { "\($0[0].text ?? ""): \($0[1].text ?? "")" }.joined(separator: "\n")
            return
                "\(request["method"].text ?? "") \(request["path"].text ?? "")?\(request["query"].text ?? "")\n\(headers)\n\(request["body"].text ?? "")"
        }.joined(separator: "\n\n")
    }
}
