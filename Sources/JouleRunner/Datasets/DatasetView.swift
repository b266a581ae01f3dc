import Foundation
import JouleModel
import JouleStore
import JouleWorkload

/// Some prompts of a data set, as `datasets show` shows them.
package struct DatasetView: Encodable, Sendable {
    private struct Shown: Encodable {
        let id: String
        let text: String
    }

    private let origin: DatasetOrigin
    private let columns: [String]?
    private let choice: PromptChoice?
    private let prompts: [Shown]
    package let warnings: [Failure]

    private enum CodingKeys: String, CodingKey {
        case origin, columns, prompts
        case choice = "prompt_from"
    }

    /// - Parameter isCounted: whether somebody asked for this many prompts: then fewer are worth a warning.
    /// - Throws: what is wrong with the data set, the template or the network.
    package init(_ scenario: ScenarioSpec, seed: UInt64, supply: PromptSupply, isCounted: Bool = false) async throws {
        /// Who looks at a small data set wants to see what there is of it.
        func meant(_ warnings: [Failure]) -> [Failure] { warnings.filter { isCounted || $0.code != Plan.fewPrompts } }
        let chosen: [Prompt]
        if let sample = try await supply.sample(scenario, count: scenario.sampleCount, seed: seed) {
            chosen = sample.selection.prompts
            origin = sample.selection.origin ?? DatasetOrigin(name: scenario.datasetName, via: "unknown")
            columns = sample.columns
            choice = sample.choice
            warnings = meant(sample.selection.warnings)
        } else if scenario.isSynthetic {
            throw Failure(
                "workload.no-lengths", "synthetic prompts are made for a run, and have no rows to show",
                remedy: "see them with `joulebench run CONFIG --dry-run`")
        } else {
            let readFile = { (path: String) throws(Failure) in try FileSystem.read(path) }
            let source = try PromptSource(scenario)
            let table = try source.table(readFile: readFile)
            let plan = try Plan(scenario: scenario, seed: seed, readFile: readFile)
            chosen = plan.requests.map { Prompt(id: $0.promptID, text: $0.text) }
            let isBuiltIn = source == .quickstart
            origin = DatasetOrigin(name: scenario.datasetName, rows: table.prompts.count, via: isBuiltIn ? "built in" : "file")
            columns = table.columns
            choice = table.template.map { PromptChoice($0, for: scenario) }
            warnings = meant(plan.warnings)
        }
        prompts = chosen.map { Shown(id: $0.id, text: $0.text) }
    }

    package var text: String {
        let rows = origin.rows.map { $0 == 1 ? "1 row" : "\($0) rows" } ?? "unknown number of rows"
        var lines = ["\(origin.name): \(rows), from \(origin.via)"]
        let facts = [("configuration", origin.config), ("split", origin.split), ("commit", origin.revision)]
        let said = facts.compactMap { name, value in value.map { "\(name) \($0)" } }
        if !said.isEmpty { lines.append(said.joined(separator: ", ")) }
        if let columns { lines.append("columns: \(columns.joined(separator: ", "))") }
        if let choice { lines.append("prompt: \(choice.words)") }
        for prompt in prompts { lines += ["", "[\(prompt.id)]", prompt.text] }
        return lines.joined(separator: "\n")
    }
}
