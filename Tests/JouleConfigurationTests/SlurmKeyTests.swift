import JouleModel
import Testing

@testable import JouleConfiguration

/// The section `slurm`: read and checked wherever it stands, and no part of any experiment.
struct SlurmKeyTests {
    /// A value for each key that differs from its default, and what becomes of it.
    private static let samples: [String: (text: String, change: @Sendable (inout SlurmSpec) -> Void)] = [
        "slurm.partition": ("'gpu,gpu-long'", { $0.partition = "gpu,gpu-long" }),
        "slurm.gres": ("gpu:a100:2", { $0.gres = "gpu:a100:2" }),
        "slurm.time": ("1-12:30:00", { $0.time = .seconds(131_400) }),
        "slurm.account": ("physics@uni", { $0.account = "physics@uni" }),
        "slurm.environment": (
            "[module load cuda/12.4, ulimit -n 65536]", { $0.environment = .lines(["module load cuda/12.4", "ulimit -n 65536"]) }
        ),
        "slurm.nodes": ("2", { $0.nodes = 2 }),
        "slurm.tasks_per_job": ("8", { $0.tasksPerJob = 8 }),
    ]

    private func loaded(_ text: String, overrides: [String] = [], others: [String: String] = [:]) throws -> LoadedStudy {
        let loader = ConfigurationLoader(
            environment: [:], readFile: files(others.merging(["bench.yaml": minimal + text]) { $1 }))
        switch try loader.loadStudy("bench.yaml", overrides: overrides) {
        case .study(let study): return study
        case .experiment(let experiment): return LoadedStudy(repeating: experiment)
        }
    }

    private func time(_ text: String) throws -> SlurmSpec.TimeLimit? { try loaded("slurm: {time: \(text)}").slurm.time }

    @Test(arguments: SlurmKeys.all.map(\.name))
    func `every key changes what a task asks for, and no experiment`(name: String) throws {
        let sample = try #require(Self.samples[name], "no sample value for \(name)")
        var spec = SlurmSpec()
        sample.change(&spec)
        let last = name.split(separator: ".")[1]
        for text in ["slurm: {\(last): \(sample.text)}\n", "slurm: {\(last): \(sample.text)}\nsweep: {seed: [1, 2]}\n"] {
            let study = try loaded(text)
            #expect(study.slurm == spec)
            let plain = try loaded(text.replacing(/slurm:.*\n/, with: ""))
            #expect(study.study == plain.study)
            #expect(try loaded(text, overrides: ["\(name)=null"]).slurm == SlurmSpec())
            #expect(try loaded("extends: base.yaml", overrides: [], others: ["base.yaml": text]).slurm == spec)
            #expect(try loaded("extends: base.yaml\nslurm:\n", others: ["base.yaml": text]).slurm == SlurmSpec(), "an empty section resets")
        }
        #expect(try loaded("", overrides: ["\(name)=\(sample.text)"]).slurm == spec)
    }

    @Test func `a file with the section is run as one without it`() throws {
        let all = Self.samples.map { "\($0.key.split(separator: ".")[1]): \($0.value.text)" }.joined(separator: ", ")
        #expect(try experiment(minimal + "slurm: {\(all)}") == experiment(minimal))
    }

    @Test(arguments: [
        ("90", 5_400), ("90:30", 5_430), ("4:00:00", 14_400), ("2-0", 172_800), ("2-12", 216_000), ("1-2:03", 93_780),
        ("1-02:03:04", 93_784), ("4h", 14_400), ("90 min", 5_400), ("1h 30min", 5_400), ("1500ms", 2), ("'0:30'", 30),
    ])
    func `a time is what Slurm takes it for, or a duration`(text: String, seconds: Int) throws {
        #expect(try time(text) == .seconds(seconds))
    }

    @Test func `a time goes to sbatch in its longest form`() throws {
        #expect(SlurmSpec.TimeLimit.seconds(93_784).argument == "1-02:03:04")
        #expect(SlurmSpec.TimeLimit.seconds(59).argument == "0-00:00:59")
        for name in ["UNLIMITED", "infinite"] { #expect(try time(name) == .unlimited) }
        #expect(SlurmSpec.TimeLimit.unlimited.argument == "UNLIMITED")
        // What we write, we read.
        for seconds in [1, 60, 3_599, 86_400, 86_399, 1_000_000] {
            #expect(try time("'\(SlurmSpec.TimeLimit.seconds(seconds).argument)'") == .seconds(seconds))
        }
    }

    @Test(arguments: [
        "gpu", "gpu:1", "gpu:a100:2", "'gpu:1g.5gb:1'", "'gpu:2080ti:1'", "'gpu:2,shard:4'", "'lustre:2G'", "gres/gpu:1", "craynetwork:1",
    ])
    func `resources of real clusters are taken as they are`(text: String) throws {
        #expect(try loaded("slurm: {gres: \(text)}").slurm.gres == text.filter { $0 != "'" })
    }

    @Test func `the environment is lines of bash, or variables`() throws {
        func environment(_ text: String) throws -> SlurmSpec.Setup { try loaded("slurm: {environment: \(text)}").slurm.environment }
        #expect(try environment("module load cuda") == .lines(["module load cuda"]))
        #expect(
            try environment("{HF_HOME: /scratch/h f, OMP_NUM_THREADS: 8, EMPTY: ''}")
                == .variables(["HF_HOME": "/scratch/h f", "OMP_NUM_THREADS": "8", "EMPTY": ""]))
        #expect(try environment(#"['export HF_TOKEN="$(cat ~/.hf)"']"#) == .lines([#"export HF_TOKEN="$(cat ~/.hf)""#]))
    }

    struct Case: Sendable {
        let text: String
        let code: String
        let says: String
    }

    @Test(arguments: [
        Case(text: "{partiton: a}", code: "config.unknown-key", says: "did you mean `slurm.partition`?"),
        Case(text: "[a]", code: "config.wrong-type", says: "its keys go below it"),
        Case(text: "{partition: 'a b'}", code: "config.invalid-value", says: "`a b` is no name of a Slurm partition"),
        Case(text: "{partition: 'a,,b'}", code: "config.invalid-value", says: "no name of a Slurm partition"),
        Case(text: "{account: $(id)}", code: "config.invalid-value", says: "no name of a Slurm account"),
        Case(text: "{account: --wrap}", code: "config.invalid-value", says: "no name of a Slurm account"),
        Case(text: "{gres: 2}", code: "config.invalid-value", says: "name the resource too: gpu:2"),
        Case(text: "{gres: 'gpu:0'}", code: "config.invalid-value", says: "write gpu:2 or gpu:a100:2"),
        Case(text: "{gres: 'gpu: 2'}", code: "config.invalid-value", says: "no generic resource"),
        Case(text: "{time: 4 hours}", code: "config.invalid-value", says: "which is no time that Slurm knows"),
        Case(text: "{time: '1:2:3:4'}", code: "config.invalid-value", says: "write 4h or 90 min"),
        Case(text: "{time: -5}", code: "config.invalid-value", says: "which is no time"),
        Case(text: "{time: 99999999999}", code: "config.invalid-value", says: "which is no time"),
        Case(text: "{time: 0}", code: "config.out-of-range", says: "takes for no limit at all"),
        Case(text: "{nodes: 0}", code: "config.out-of-range", says: "nodes must be >= 1"),
        Case(text: "{tasks_per_job: 2.5}", code: "config.wrong-type", says: "should be a whole number"),
        Case(text: "{environment: {HF_TOKEN: hf_x}}", code: "config.secret", says: "Slurm passes its variables on"),
        Case(text: "{environment: {A B: c}}", code: "config.invalid-value", says: "`A B` is no name of an environment variable"),
        Case(text: "{environment: [export HF_TOKEN=hf_x]}", code: "config.secret", says: "sets `HF_TOKEN`"),
        Case(text: "{environment: ['wandb login --api-key 123']}", code: "config.secret", says: "must not be written"),
    ])
    func `a mistake is found wherever the file is used, with its place`(mistake: Case) throws {
        for rest in ["", "\nsweep: {seed: [1, 2]}"] {
            let loader = ConfigurationLoader(
                environment: [:], readFile: files(["bench.yaml": minimal + "slurm: \(mistake.text)" + rest]))
            let error = #expect(throws: Failures.self) { try loader.loadStudy("bench.yaml") }
            let failure = try #require(error?.all.first)
            #expect(error?.all.count == 1, "\(error?.all ?? [])")
            #expect(failure.code == mistake.code)
            #expect(failure.source?.line == 2, "\(failure)")
            #expect(failure.description.contains(mistake.says), "\(failure)")
            #expect(!failure.description.contains("hf_x"))
        }
    }

    @Test func `each key has its row in schema and reference`() {
        for key in SlurmKeys.all {
            #expect(ConfigurationSchema.reference().contains("| `\(key.name)` |"))
            #expect(ConfigurationSchema.json().contains("\"\(key.path[1])\""))
            #expect(key.summary.hasSuffix("."), "\(key.name)")
        }
    }
}
