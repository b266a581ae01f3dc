import JouleModel

/// What of a scenario asks for something that its data set does not have: a rule for configurations and for the command line alike, which
/// call the options by different names.
package struct DatasetComplaint: Hashable, Sendable {
    /// Keys about the rows of a data set.
    package enum Option: String, Sendable, Hashable, CaseIterable {
        case config = "dataset_config"
        case split
        case column = "text_column_name"
        case template
    }

    private enum Problem: Hashable, Sendable { case noColumns, noSplits, bothChoose }

    package let option: Option
    private let problem: Problem
    private let dataset: String

    package static func all(of scenario: ScenarioSpec) -> [DatasetComplaint] {
        guard let reference = try? DatasetReference(scenario.datasetName) else { return [] }
        let (hasColumns, hasSplits) =
            switch reference {
            case .folder, .hub: (true, true)
            case .file(_, .jsonLines), .file(_, .csv), .file(_, .json), .file(_, .parquet): (true, false)
            case .quickstart, .synthetic, .file(_, .text): (false, false)
            }
        func complaints(_ problem: Problem, _ values: [(Option, String?)]) -> [DatasetComplaint] {
            values.filter { $0.1 != nil }.map { DatasetComplaint(option: $0.0, problem: problem, dataset: scenario.datasetName) }
        }
        var found: [DatasetComplaint] = []
        if !hasColumns {
            found += complaints(.noColumns, [(.column, scenario.textColumnName), (.template, scenario.template)])
        } else if scenario.textColumnName != nil {
            found += complaints(.bothChoose, [(.template, scenario.template)])
        }
        if !hasSplits { found += complaints(.noSplits, [(.config, scenario.datasetConfig), (.split, scenario.split)]) }
        return found
    }

    /// - Parameter name: what an option is called where it was given.
    package func message(_ name: (Option) -> String) -> String {
        switch problem {
        case .noColumns: "\(name(option)) chooses among columns, and `\(dataset)` has none"
        case .noSplits: "\(name(option)) is for data sets on the hub and folders, and the data set is `\(dataset)`"
        case .bothChoose: "\(name(.template)) and \(name(.column)) both say what of a row is the prompt"
        }
    }

    package var remedy: String { problem == .bothChoose ? "keep one of the two" : "remove it" }
}
