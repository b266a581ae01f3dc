import ArgumentParser
import Foundation
import JouleConfiguration
import JouleModel
import JouleRunner
import JouleStore

struct DatasetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datasets", abstract: "Where prompts come from, and what would be sent.", subcommands: [List.self, Show.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the data sets that have a name here, and those whose rows are in the cache.")
        @OptionGroup var global: GlobalOptions

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                let listing = DatasetListing(PromptSupply())
                console.result(json ? String(decoding: try JSONText.encode(listing), as: UTF8.self) : listing.text)
                return ExitStatus.success
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the prompts that would be sent, the columns, the number of rows, and where they are from.")
        @OptionGroup var global: GlobalOptions

        @Argument(help: ArgumentHelp("As in `scenario.dataset_name`.", valueName: "name"))
        var name: String

        @Option(name: .long, help: ArgumentHelp("How many prompts; 3 by default.", valueName: "n"))
        var num: Int?

        @Option(name: .long, help: ArgumentHelp("Configuration (subset) on the hub.", valueName: "name"))
        var config: String?

        @Option(name: .long, help: ArgumentHelp("Split on the hub.", valueName: "name"))
        var split: String?

        @Option(name: .long, help: ArgumentHelp("As in `scenario.template`.", valueName: "text"))
        var template: String?

        @Option(name: .long, help: ArgumentHelp("The column that holds the prompt.", valueName: "name"))
        var column: String?

        @Option(name: .long, help: ArgumentHelp("first, shuffled or random.", valueName: "how"))
        var selection = "first"

        @Option(name: .long, help: ArgumentHelp("Of an order by chance, as `seed` of a run.", valueName: "n"))
        var seed: UInt64 = 0

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        func run() async throws {
            let console = global.console
            try await reporting(console) {
                guard let selection = ScenarioSpec.Selection(rawValue: selection) else {
                    throw Failure("usage.selection", "`\(selection)` is no selection", remedy: "take first, shuffled or random")
                }
                if let num, num < 1 { throw Failure("usage.number", "--num is \(num), and must be at least 1") }
                var scenario = ScenarioSpec()
                (scenario.datasetName, scenario.datasetConfig, scenario.split) = (name, config, split)
                (scenario.template, scenario.textColumnName, scenario.selection) = (template, column, selection)
                scenario.sampleCount = num ?? 3
                let complaints = DatasetComplaint.all(of: scenario)
                guard complaints.isEmpty else {
                    throw Failures(complaints.map { Failure("usage.dataset", $0.message(Self.option), remedy: $0.remedy) })
                }
                let view = try await DatasetView(scenario, seed: seed, supply: PromptSupply(), isCounted: num != nil)
                view.warnings.forEach(console.warning)
                console.result(json ? String(decoding: try JSONText.encode(view), as: UTF8.self) : view.text)
                return ExitStatus.success
            }
        }

        private static func option(_ option: DatasetComplaint.Option) -> String {
            switch option {
            case .config: "--config"
            case .split: "--split"
            case .column: "--column"
            case .template: "--template"
            }
        }
    }
}
