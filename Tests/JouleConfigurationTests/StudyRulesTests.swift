import JouleModel
import Testing

@testable import JouleConfiguration

/// The keys below `study`.
struct StudyRulesTests {
    private func load(_ text: String, overrides: [String] = []) throws -> LoadedFile {
        try ConfigurationLoader(environment: [:], readFile: files(["bench.yaml": text])).loadStudy("bench.yaml", overrides: overrides)
    }

    private func study(_ text: String, overrides: [String] = []) throws -> LoadedStudy {
        guard case .study(let study) = try load(minimal + text, overrides: overrides) else { throw NoStudy() }
        return study
    }

    private struct NoStudy: Error {}

    private let sweep = "sweep: {batch_size: [1, 2, 16], max_new_tokens: [5]}\n"

    @Test func `left out they have their defaults, and each can be set in the file and from outside`() throws {
        let usual = try study(sweep).rules
        #expect(usual == StudyRules())
        #expect(usual.cooldown == .seconds(5) && usual.retries == 2 && usual.maxFailures == 10 && usual.until == nil && usual.only.isEmpty)
        let rules = try study(
            sweep + "study: {cooldown: 1s, retries: 0, max_failures: 1, until_cv: 5%, only: sweep_batch_size_1}",
            overrides: ["study.retries=7"]
        ).rules
        #expect(rules.cooldown == .seconds(1) && rules.retries == 7 && rules.maxFailures == 1 && rules.only == ["sweep_batch_size_1"])
        #expect(rules.until == VariationGoal(limit: 0.05, most: 10))
        #expect(try study(sweep + "study:\n  retries: null\n").rules == StudyRules())
    }

    @Test(arguments: [("5%", 0.05), ("5 %", 0.05), ("0.05", 0.05), ("0.5%", 0.005), ("100%", 1), ("1", 1)])
    func `a variation is a fraction or a percentage`(text: String, limit: Double) throws {
        #expect(try study("study: {until_cv: \(text)}").rules.until == VariationGoal(limit: limit, most: 10))
        #expect(try study("study: {until_cv: {below: \(text), at_most: 20}}").rules.until == VariationGoal(limit: limit, most: 20))
    }

    @Test func `one experiment with a goal is a study of one member`() throws {
        let loaded = try study("study: {until_cv: 5%}")
        #expect(loaded.isRepetition && loaded.slots.count == 3 && loaded.mostRuns == 10)
        let more = try study("repetitions: 12\nstudy: {until_cv: 5%}")
        #expect(more.fewestRuns == 12 && more.mostRuns == 12, "without a maximum of its own it is not below the repetitions")
    }

    @Test func `only keeps the members that a name or a pattern matches, in the order of the file`() throws {
        func names(_ only: String) throws -> [String] { try study(sweep + "study: {only: \(only)}").study.members.map(\.name) }
        #expect(try names("[sweep_max*, sweep_batch_size_1]") == ["sweep_batch_size_1", "sweep_max_new_tokens_5"])
        #expect(try names("sweep_batch_size_1*") == ["sweep_batch_size_1", "sweep_batch_size_16"])
        #expect(try names("'*_?'") == ["sweep_batch_size_1", "sweep_batch_size_2", "sweep_max_new_tokens_5"])
        guard case .experiment = try load(minimal + "name: alone\nstudy: {only: alone}") else { throw NoStudy() }
    }

    @Test(arguments: ["", "*", "a", "a*", "*a*b", "?b", "**", "a?c*", "*.*", "aab", "*ab"])
    func `a pattern matches as its definition says`(pattern: String) {
        func matches(_ pattern: Substring, _ name: Substring) -> Bool {
            guard let first = pattern.first else { return name.isEmpty }
            if first == "*" { return matches(pattern.dropFirst(), name) || (!name.isEmpty && matches(pattern, name.dropFirst())) }
            guard let letter = name.first, first == "?" || first == letter else { return false }
            return matches(pattern.dropFirst(), name.dropFirst())
        }
        for name in ["", "a", "b", "ab", "aab", "abc", "abcab", "a.b", "bbb", "aaab"] {
            #expect(NamePattern(pattern).matches(name) == matches(pattern[...], name[...]), "\(pattern) \(name)")
        }
    }

    @Test func `the plan says which runs load the model`() throws {
        let text = """
            repetitions: 2
            sweep: {batch_size: [1, 2], quantization: [int4, none], model: [m, n]}
            backend: {type: pytorch, model: m}
            """
        func loads(_ order: String) throws -> [Bool] {
            guard case .study(let study) = try load(text + "\norder: \(order)") else { throw NoStudy() }
            return study.plannedRuns().map(\.loadsModel)
        }
        // Batch sizes, int4, none and m, n; then all again.
        #expect(try loads("interleaved") == [true, false, true, true, false, true, true, false, true, true, false, true])
        #expect(try loads("sequential").count(where: { $0 }) == 4)
        guard case .study(let serving) = try load(serving + "sweep: {concurrency: [1, 2]}") else { throw NoStudy() }
        #expect(serving.plannedRuns().map(\.loadsModel) == [false, false])
        #expect(serving.plannedRuns().map(\.number) == [1, 2])
    }

    struct Case: Sendable {
        let text: String
        let code: String
        let says: String
    }

    @Test(arguments: [
        Case(text: "study: {retries: -1}", code: "config.out-of-range", says: "retries must be >= 0"),
        Case(text: "study: {max_failures: 0}", code: "config.out-of-range", says: "max_failures must be >= 1"),
        Case(text: "study: {until_cv: 0}", code: "config.out-of-range", says: "above 0"),
        Case(text: "study: {until_cv: 5}", code: "config.out-of-range", says: "up to 1"),
        Case(text: "study: {until_cv: little}", code: "config.wrong-type", says: "a fraction such as"),
        Case(text: "study: {until_cv: {at_most: 5}}", code: "config.missing-key", says: "`study.until_cv.below` is missing"),
        Case(text: "study: {until_cv: {below: 5%, most: 5}}", code: "config.unknown-key", says: "unknown option `most`"),
        Case(text: "study: {until_cv: {below: 5%, at_most: 2}}", code: "config.out-of-range", says: "at_most must be >= 3"),
        Case(
            text: "repetitions: 5\nstudy: {until_cv: {below: 5%, at_most: 4}}", code: "config.conflict",
            says: "at_most must be >= repetitions"),
        Case(text: "study: {only: []}", code: "config.invalid-value", says: "is an empty list"),
        Case(text: "study: {only: [nothing]}", code: "config.study", says: "`study.only` names `nothing`"),
        Case(text: "study: {retry: 1}", code: "config.unknown-key", says: "unknown key `study.retry`"),
        Case(text: "study: 5", code: "config.wrong-type", says: "`study` is a section of keys"),
    ])
    func `mistakes are named with their place`(mistake: Case) {
        let error = #expect(throws: Failures.self) { try load(minimal + mistake.text) }
        #expect(error?.all.count == 1, "\(error?.all ?? [])")
        #expect(error?.all.first?.code == mistake.code, "\(error?.all ?? [])")
        #expect(error?.all.first?.message.contains(mistake.says) == true, "\(error?.all ?? [])")
        #expect(error?.all.first?.source != nil)
    }
}
