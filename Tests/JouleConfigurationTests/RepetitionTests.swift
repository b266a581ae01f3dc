import JouleModel
import JouleUnits
import Testing

@testable import JouleConfiguration

/// One experiment that is made several times.
struct RepetitionTests {
    private func load(_ text: String, overrides: [String] = []) throws -> LoadedFile {
        try ConfigurationLoader(environment: [:], readFile: files(["bench.yaml": text])).loadStudy("bench.yaml", overrides: overrides)
    }

    @Test func `an experiment with repetitions is a study of one member`() throws {
        let text = minimal + "repetitions: 3\nstudy: {cooldown: 2s}\nname: thrice"
        guard case .study(let study) = try load(text) else { throw NotRepeated() }
        #expect(study.isRepetition)
        #expect(study.study.name == "thrice" && study.study.members.map(\.name) == ["thrice"])
        #expect(study.study.members[0].values.isEmpty)
        #expect(study.study.members[0].experiment == (try experiment(text)))
        #expect(study.slots.map { [$0.member, $0.repetition] } == [[0, 1], [0, 2], [0, 3]])
        #expect(study.rules.cooldown == .seconds(2))
    }

    @Test func `once is no study, and a sweep is no repetition`() throws {
        guard case .experiment = try load(minimal + "repetitions: 3", overrides: ["repetitions=1"]) else { throw NotRepeated() }
        guard case .study(let study) = try load(minimal + "repetitions: 3\nsweep: {batch_size: [1]}") else { throw NotRepeated() }
        #expect(!study.isRepetition && study.repetitions == 3)
    }

    private struct NotRepeated: Error {}
}
