import JouleHub
import JouleModel

/// The data sets that have a name here, as `datasets list` shows them.
package struct DatasetListing: Encodable, Sendable {
    private struct Row: Encodable {
        let name: String
        let aliases: [String]
        let config: String?
        let template: String?
        let summary: String
    }

    private let datasets: [Row]
    private let templates: [String]
    private let cached: [HubDescription]
    private let cacheFolder: String

    private enum CodingKeys: String, CodingKey {
        case datasets, templates, cached
        case cacheFolder = "cache_folder"
    }

    package init(_ supply: PromptSupply) {
        let own = [
            Row(name: "builtin:quickstart", aliases: [], config: nil, template: nil, summary: "twenty general tasks; no file, no network"),
            Row(
                name: "synthetic", aliases: [], config: nil, template: nil,
                summary: "made-up prompts of wanted lengths (scenario.prompt_lengths)"),
        ]
        datasets =
            own
            + KnownDataset.all.map {
                Row(name: $0.id, aliases: $0.aliases, config: $0.config, template: $0.template, summary: $0.summary)
            }
        templates = PromptTemplate.names
        cached = HubDataset.cached(supply.hub)
        cacheFolder = supply.hub.cache
    }

    package var text: String {
        let header = ["name", "also", "template", "what it is"]
        let cells = datasets.map { [$0.name, $0.aliases.joined(separator: ", "), $0.template ?? "", $0.summary] }
        var lines = Self.table([header] + cells)
        lines += ["", "also: .txt, .jsonl, .csv, .json and .parquet files, folders, and any owner/name on the Hugging Face hub"]
        lines.append("templates: \(templates.joined(separator: ", ")), or text with {column}")
        guard !cached.isEmpty else { return (lines + ["nothing of the hub is in the cache"]).joined(separator: "\n") }
        lines += ["", "in the cache (\(cacheFolder)):"]
        let rows = cached.map { ["  " + $0.id, $0.config, $0.split, "\($0.rows) rows", $0.revision.map { String($0.prefix(12)) } ?? ""] }
        return (lines + Self.table(rows)).joined(separator: "\n")
    }

    private static func table(_ cells: [[String]]) -> [String] {
        guard let first = cells.first else { return [] }
        let widths = first.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { line in
            // The last cell that says something ends the line.
            let used = line.lastIndex { !$0.isEmpty } ?? 0
            return line[...used].enumerated().map { column, cell in
                column == used ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }.joined(separator: "  ")
        }
    }
}
