import Foundation
import JouleModel
import JouleTestSupport
import Testing

@testable import JouleConfiguration

/// What the pages about configuration say is so.
struct DocumentationTests {
    private func page(_ name: String) throws -> String {
        try String(contentsOf: repository.appending(path: "docs/\(name)"), encoding: .utf8)
    }

    /// The cells of the tables' rows below a heading.
    private func rows(of page: String, below heading: String) throws -> [[String]] {
        let start = try #require(page.firstRange(of: "\n## \(heading)\n")).upperBound
        let part = page[start...].firstRange(of: "\n## ").map { page[start..<$0.lowerBound] } ?? page[start...]
        return part.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    private func quoted(_ text: String) -> [String] { text.matches(of: /`([^`]+)`/).map { String($0.1) } }

    private func converted(_ text: String) throws -> [String: String] {
        let yaml = try ConfigurationLoader(environment: [:], readFile: files(["old.yaml": text])).convert("old.yaml").yaml
        return Dictionary(uniqueKeysWithValues: ConfigurationRenderer.parameters(try experiment(yaml)).map { ($0.name, $0.value) })
    }

    @Test func `the page about older tools has every key of a flat file`() throws {
        let rows = try rows(of: page("older-tools.md"), below: "The flat kind")
        let named = Set(rows.joined().flatMap(quoted).map { text in String(text.prefix { $0 != ":" }) })
        var reading = Reading()
        let node = try #require(YAMLReader.read(golden.text("older_flat.yaml"), file: "f", reading: &reading))
        for entry in node.entries ?? [] {
            #expect(named.contains(entry.key), "\(entry.key)")
            for option in entry.key == "extra_metadata" ? [] : entry.value.entries ?? [] {
                let plain = option.key.hasPrefix("decoder_") ? String(option.key.dropFirst(8)) : option.key
                #expect(named.contains(plain), "\(entry.key).\(option.key)")
            }
        }
    }

    @Test(arguments: ["older-tools.md", "configuration-files.md"]) func `a key that a page names is one`(name: String) throws {
        let paths = Array(ConfigurationKeys.byPath.keys) + StudyKeys.names + Array(ConfigurationKeys.sections)
        let known = Set(paths.map { $0.joined(separator: ".") })
        let roots = Set(known.compactMap { $0.split(separator: ".").first.map(String.init) })
        let whole = try page(name).matches(of: /`((?:[a-z_0-9]+\.)+[a-z_0-9]+)[:`]/).map { String($0.1) }
        let keys = whole.filter { key in roots.contains(String(key.prefix { $0 != "." })) && !key.hasSuffix(".yaml") }
        #expect(keys.count > 5 && Set(keys).subtracting(known) == [])
    }

    @Test func `the older defaults are those that the page names`() throws {
        let page = try page("older-tools.md")
        let plans = [
            ("The nested kind", "backend: {type: pytorch, model: m}\n", 3), ("The flat kind", "model_name: m\n", 8),
        ]
        for (heading, text, count) in plans {
            let shown = try converted(text)
            // The last table that has three columns, of which the first is a key.
            let table = try rows(of: page, below: heading).split { $0 == ["key", "there", "today"] }.last ?? []
            let known = ConfigurationKeys.byPath
            let defaults = table.filter { $0.count == 3 && known[ConfigurationKey.split(quoted($0[0]).first ?? "")] != nil }.prefix(count)
            #expect(defaults.count == count, "\(heading)")
            for row in defaults {
                let value = row[1].prefix { $0 != ";" }.trimmingCharacters(in: ["`"])
                #expect(shown[quoted(row[0])[0]] == value, "\(row)")
            }
        }
    }

    @Test func `each variable of the page sets the key beside it`() throws {
        let rows = try rows(of: page("configuration-files.md"), below: "The environment").filter { $0[0].contains("BENCHMARK_") }
        let samples = [
            "backend.type": "openai", "backend.model": "other", "backend.endpoint": "http://h:9", "scenario.num_samples": "7",
            "output_dir": "elsewhere",
        ]
        #expect(rows.count == samples.count)
        for row in rows {
            let (variable, key) = (quoted(row[0])[0], quoted(row[1])[0])
            let sample = try #require(samples[key])
            let loaded = try experiment("backend: {type: vllm, model: m}\n", environment: [variable: sample])
            #expect(ConfigurationRenderer.parameters(loaded).contains { $0.name == key && $0.value == sample }, "\(variable)")
        }
    }

    @Test func `a nested file that is run has today's defaults, and one that is converted the older ones`() throws {
        let text = "backend: {type: pytorch, model: m}\n"
        let run = try load(text)
        #expect(run.warnings.isEmpty && run.experiment.scenario.generation == GenerationSpec())
        #expect(try converted(text)["scenario.generate_kwargs.temperature"] == "0.7")
    }

    @Test func `a bare rate is so many a second`() throws {
        let serving = "backend: {type: vllm, model: m}\n"
        #expect(try experiment(serving + "load: {rate: 64}") == experiment(serving + "load: {rate: 64/s}"))
    }
}
