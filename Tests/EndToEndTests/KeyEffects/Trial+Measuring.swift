/// What is measured, how it is shared out, what it stands for in carbon and operations, and where results go.
extension Trial {
    private static func worker(_ more: String, meters: String = "model", tokens: Int = 3) -> String {
        """
        backend: {type: command, model: stand-in, command: {worker}}
        scenario: {num_samples: 2, generate_kwargs: {max_new_tokens: \(tokens), min_new_tokens: \(tokens)}}
        phases: {preset: none}
        metrics: {meters: \(meters)}
        \(more)

        """
    }
    private static let plain = worker("")

    /// A study that rests nowhere.
    private static func study(_ study: String, values: String) -> String {
        plain + "study: {cooldown: 0s\(study.isEmpty ? "" : ", " + study)}\nsweep: {batch_size: \(values)}\n"
    }

    static let measuring: [Trial] = [
        Trial(
            name: "a rule of attribution", base: plain,
            effects: [Effect("attribution.method", "token_share", .file("summary.json"), .says(#""method" : "token_share""#))]),
        Trial(
            name: "weights of attribution", base: plain,
            effects: [
                Effect("attribution.alpha", "0.25", .file("summary.json"), .says(#""alpha" : 0.25"#)),
                Effect("attribution.beta", "0.75", .file("summary.json"), .says(#""beta" : 0.75"#)),
            ]),
        Trial(
            name: "operations", base: plain,
            effects: [
                Effect("compute.flops", "14 GFLOP", .file("summary.json"), .differs(#""flops_per_token" : \{[^}]*"value" : ([0-9.e+]+)"#)),
                Effect("compute.peak_flops", "2 TFLOP/s", .terminal, .drops("no MFU")),
                Effect("compute.peak_bandwidth", "1 TB/s", .terminal, .drops("give `compute.peak_flops`")),
            ]),
        Trial(
            name: "no measuring", base: plain,
            effects: [Effect("metrics.enabled", "false", .file("environment.json"), .drops(#""meter" : "model""#))]),
        Trial(
            name: "an engine that there never was", base: plain,
            effects: [Effect("metrics.type", "abacus", .terminal, .says("abacus"))]),
        Trial(
            name: "meters", base: plain, gpus: ["WAVE": "constant:200"],
            effects: [Effect("metrics.meters", "nvml", .file("samples.csv"), .says("nvml,gpu"))]),
        Trial(
            name: "a period", base: worker("", tokens: 60), options: ["--meters", "nvml"], gpus: ["WAVE": "constant:200"],
            effects: [Effect("metrics.sample_period", "500ms", .file("samples.csv"), .counts("nvml,gpu"))]),
        Trial(
            name: "what must be measured", base: plain,
            effects: [Effect("metrics.require", "[facility]", .terminal, .says("exit 69"))]),
        Trial(
            name: "names in exports", base: worker("reporter: {type: codecarbon, output_file: '{scene}/emissions.csv'}"),
            effects: [
                Effect("metrics.project_name", "greenery", .file("/emissions.csv"), .says("greenery")),
                Effect("metrics.country_iso_code", "US", .file("/emissions.csv"), .says("USA")),
                Effect("metrics.region", "california", .file("/emissions.csv"), .says("california")),
            ]),
        Trial(
            name: "a folder for emissions", base: worker("reporter: codecarbon"),
            effects: [Effect("metrics.output_dir", "{scene}/carbon", .tree, .says("carbon/emissions.csv"))]),
        Trial(
            name: "a place", base: plain,
            effects: [Effect("carbon.zone", "NO", .file("carbon.json"), .says("NO"))]),
        Trial(
            name: "an intensity", base: plain,
            effects: [
                Effect("carbon.source", "fixed", .file("carbon.json"), .matches(#""source" ?: ?"fixed""#)),
                Effect("carbon.intensity", "123.5", .file("carbon.json"), .says("123.5")),
                Effect("carbon.pue", "1.25", .file("carbon.json"), .says("1.25")),
                Effect("carbon.wue", "0.375", .file("carbon.json"), .says("0.375")),
                Effect("carbon.grid_wue", "3.125", .file("carbon.json"), .says("3.125")),
                Effect("carbon.electricity_price", "{per_kwh: 0.25, currency: EUR}", .terminal, .says("EUR")),
                Effect("carbon.embodied", "{lifetime: 4y, devices: [{name: slab, kgco2e: 100}]}", .file("carbon.json"), .says("slab")),
            ]),
        Trial(
            name: "an intensity alone", base: plain,
            effects: [Effect("carbon.intensity", "123.5", .file("carbon.json"), .matches(#""source" ?: ?"fixed""#))]),
        Trial(
            name: "a series alone", base: plain, files: ["one.csv": "2020-01-01T00:00:00Z,111.5\n2090-01-01T00:00:00Z,111.5\n"],
            effects: [Effect("carbon.file", "{scene}/one.csv", .file("carbon.json"), .says("111.5"))]),
        Trial(
            name: "a series of one's own", base: worker("carbon: {source: csv, file: '{scene}/one.csv'}"),
            files: [
                "one.csv": "2020-01-01T00:00:00Z,111.5\n2090-01-01T00:00:00Z,111.5\n",
                "two.csv": "2020-01-01T00:00:00Z,222.5\n2090-01-01T00:00:00Z,222.5\n",
            ],
            effects: [Effect("carbon.file", "{scene}/two.csv", .file("carbon.json"), .says("222.5"))]),
        Trial(
            name: "a service for a point on the map", base: worker("carbon: {source: electricity-maps, zone: DE, intensity: 300}"),
            environment: ["JOULEBENCH_ELECTRICITYMAPS_URL": "{stub}", "MAPS_KEY": "k", "ELECTRICITYMAPS_API_KEY": "j"], stub: [],
            way: .ofFile(worker("carbon: {source: electricity-maps, lat: 48.5, lon: 11.5, intensity: 300, api_key_env: MAPS_KEY}")),
            effects: [
                Effect("carbon.lat", "48.5", .wire, .says("lat=48.5")), Effect("carbon.lon", "11.5", .wire, .says("lon=11.5")),
                Effect("carbon.api_key_env", "MAPS_KEY", .wire, .says("auth-token: k")),
            ]),
        Trial(
            name: "a place for results", base: plain,
            effects: [Effect("reporter", "[csv, {type: html, output_file: '{scene}/page.html'}]", .tree, .says("page.html"))]),
    ]

    static let studies: [Trial] = [
        Trial(
            name: "repetitions", base: plain.replacing("preset: none", with: "preset: none") + "study: {cooldown: 0s}\n",
            effects: [Effect("repetitions", "2", .tree, .matches("results/studies/.*summary.json"))]),
        Trial(
            name: "a sweep", base: plain + "study: {cooldown: 0s}\n",
            way: .ofFile(plain + "study: {cooldown: 0s}\nsweep: {batch_size: [1, 2]}\n"),
            effects: [Effect("sweep", "{batch_size: [1, 2]}", .tree, .matches("results/studies/.*table.csv"))]),
        Trial(
            name: "the order of a sweep", base: plain + "study: {cooldown: 0s}\nsweep: {batch_size: [1, 2]}\n",
            effects: [Effect("order", "reversed", .worker, .differs(#""op": "generate", "requests": (\[\{[^}]*\}.)"#))]),
        Trial(
            name: "a rest between runs", base: plain + "repetitions: 2\n", options: ["--set", "study.cooldown=0s"],
            effects: [Effect("study.cooldown", "3s", .rest, .says("at least 3.0 s"))]),
        Trial(
            name: "another try at what failed", base: study("", values: "[1]"), environment: ["STAND_IN_DIE_AT": "1"],
            effects: [Effect("study.retries", "0", .tree, .counts("requests.jsonl"))]),
        Trial(
            name: "enough failures", base: study("retries: 0", values: "[1, 2, 4]"), environment: ["STAND_IN_DIE_AT": "1"],
            effects: [Effect("study.max_failures", "1", .tree, .counts("requests.jsonl"))]),
        Trial(
            name: "runs enough", base: study("retries: 0", values: "[1]"),
            effects: [Effect("study.until_cv", "{below: 0.0000001, at_most: 4}", .tree, .counts("requests.jsonl"))]),
        Trial(
            name: "some members", base: study("retries: 0", values: "[1, 2, 4]"),
            effects: [Effect("study.only", "[sweep_batch_size_2]", .tree, .counts("requests.jsonl"))]),
        Trial(
            name: "tasks of Slurm", base: plain + "sweep: {seed: [1, 2]}\n",
            way: .ofFile(
                plain + """
                    sweep: {seed: [1, 2]}
                    slurm: {partition: gpu, gres: "gpu:2", time: 2h, account: me, environment: [module load cuda], tasks_per_job: 2}
                    """),
            command: ["sweep", "submit", "--slurm", "--dry-run"],
            effects: [
                Effect("slurm.partition", "gpu", .terminal, .says("#SBATCH --partition=gpu")),
                Effect("slurm.gres", "gpu:2", .terminal, .says("#SBATCH --gres=gpu:2")),
                Effect("slurm.time", "2h", .terminal, .says("#SBATCH --time=0-02:00:00")),
                Effect("slurm.account", "me", .terminal, .says("#SBATCH --account=me")),
                Effect("slurm.environment", "[module load cuda]", .terminal, .says("module load cuda")),
                Effect("slurm.tasks_per_job", "2", .terminal, .says("for 2 runs in 1 task")),
            ]),
        Trial(
            name: "more than one node", base: plain + "sweep: {seed: [1, 2]}\n",
            way: .ofFile(plain + "sweep: {seed: [1, 2]}\nslurm: {nodes: 2}\n"), command: ["sweep", "submit", "--slurm", "--dry-run"],
            effects: [Effect("slurm.nodes", "2", .terminal, .says("slurm.nodes"))]),
        Trial(
            name: "a base", base: plain, files: ["low.yaml": "name: of-low\n"], way: .ofFile("extends: low.yaml\n" + plain),
            effects: [Effect("extends", "low.yaml", .terminal, .says("of-low"))]),
        Trial(
            name: "a base by its other name", base: plain, files: ["low.yaml": "name: of-low\n"],
            way: .ofFile("_extends: low.yaml\n" + plain),
            effects: [Effect("_extends", "low.yaml", .terminal, .says("of-low"))]),
        Trial(
            name: "a composition", base: plain, files: ["scenario/many.yaml": "num_samples: 5\n"],
            way: .ofFile("defaults: [{scenario: many}, _self_]\n" + plain.replacing("num_samples: 2, ", with: "")),
            effects: [Effect("defaults", "[{scenario: many}]", .worker, .says(#""index": 4"#))]),
    ]
}
