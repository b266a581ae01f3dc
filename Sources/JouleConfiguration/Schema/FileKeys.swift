import JouleModel

/// A key of a file that is no property of one experiment: what it builds on, and what makes it a study.
struct FileKey: Sendable {
    let path: [String]
    let type: String
    let fallback: String
    let summary: String
    let schema: ValueSchema
}

enum FileKeys {
    static let all: [FileKey] =
        [
            FileKey(
                path: ["extends"], type: "path or list of paths", fallback: "–",
                summary: "Files that this one is laid over, relative to it; later ones over earlier ones. `_extends` is the same key.",
                schema: .any(of: [.text, .list(of: .text, atLeast: 0)])),
            FileKey(
                path: ["_extends"], type: "path or list of paths", fallback: "–", summary: "The same as `extends`.",
                schema: .any(of: [.text, .list(of: .text, atLeast: 0)])),
            FileKey(
                path: ["defaults"], type: "list of `group: option`, `file` or `_self_`", fallback: "–",
                summary:
                    "Composition as Hydra has it: `- backend: vllm` takes `backend/vllm.yaml` beside the file as the section `backend`.",
                schema: .list(of: .any(of: [.text, .object]), atLeast: 0)),
            FileKey(
                path: StudyKeys.sweep, type: "map of keys to lists; `grid: {…}`; `suites: [{…}]`", fallback: "–",
                summary: "What a study varies: one variable at a time around the base, all combinations of a grid, or suites of settings.",
                schema: .object),
            FileKey(
                path: StudyKeys.order, type: "`sequential`, `interleaved`, `shuffled`, `reversed`", fallback: "interleaved",
                summary: "The order of a study's runs.", schema: .names(StudyOrder.allCases.map(\.rawValue))),
            FileKey(
                path: StudyKeys.cooldown, type: "duration", fallback: "5s", summary: "Time between two runs of a study.",
                schema: .text(examples: ["5s"])),
            FileKey(
                path: StudyKeys.retries, type: StudyKeys.retriesShape.description, fallback: "2",
                summary:
                    "How often a run that failed is made again before its member counts as failed. Mistakes of the configuration, what is "
                    + "not there (a device, a meter, a package) and interruptions are not tried again.",
                schema: StudyKeys.retriesShape.schema),
            FileKey(
                path: StudyKeys.maxFailures, type: StudyKeys.maxFailuresShape.description, fallback: "10",
                summary: "Failed members after which the rest is not run.", schema: StudyKeys.maxFailuresShape.schema),
            FileKey(
                path: StudyKeys.until, type: Shape<VariationGoal>.variationGoal().description, fallback: "–",
                summary:
                    "Repeat each member until the coefficient of variation of `joules_per_output_token` over its completed runs is no more "
                    + "than this: at least `repetitions` and \(VariationGoal.fewest) runs, `at_most` (\(VariationGoal.usualMost)) of them.",
                schema: Shape<VariationGoal>.variationGoal().schema),
            FileKey(
                path: StudyKeys.only, type: StudyKeys.onlyShape.description, fallback: "all",
                summary: "Members that are run, by name; `*` stands for any characters, `?` for one: `[sweep_batch_size_*]`.",
                schema: StudyKeys.onlyShape.schema),
        ] + SlurmKeys.all.map { FileKey(path: $0.path, type: $0.type, fallback: $0.fallback, summary: $0.summary, schema: $0.schema) }
}
