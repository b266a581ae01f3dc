import JouleModel

/// Finds runs, studies and fits by the names that people give them.
package enum StoredRuns {
    /// A run by its folder, or by its id below the results.
    ///
    /// - Throws: `store.no-run` when there is neither.
    package static func find(_ name: String, results: String) throws(Failure) -> RunDirectory {
        for path in [name, "\(results)/raw/\(name)"] where FileSystem.exists("\(path)/experiment.json") {
            return RunDirectory(path: path.hasSuffix("/") ? String(path.dropLast()) : path)
        }
        throw Failure(
            "store.no-run", "there is no run `\(name)`", remedy: "name the folder of a run, or its id below \(results)/raw (--results-dir)")
    }

    /// The runs of a study with the names of its members, by its folder or its name below the results; nil when it is no study.
    package static func runs(ofStudy name: String, results: String) throws(Failure) -> [(member: String, run: RunDirectory)]? {
        for path in [name, "\(results)/studies/\(name)"] where FileSystem.exists("\(path)/table.csv") {
            let file = "\(path)/summary.json"
            let study = try JSONText.decode(StudySummary.self, from: try FileSystem.read(file), path: file)
            var runs: [(member: String, run: RunDirectory)] = []
            for row in study.rows where row.failure == nil {
                if let id = row.runID { runs.append((row.member, try find(id, results: results))) }
            }
            return runs
        }
        return nil
    }

    /// Where the fit of a model is kept: `fits/<model>.json` below the results.
    package static func fitPath(model: String, results: String) -> String {
        let stem = String(model.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" })
        return "\(results)/fits/\(stem).json"
    }

    /// The kept fit of a model; nil when there is none.
    package static func fit(model: String, results: String) throws(Failure) -> EnergyFit? {
        let path = fitPath(model: model, results: results)
        guard FileSystem.exists(path) else { return nil }
        return try JSONText.decode(EnergyFit.self, from: try FileSystem.read(path), path: path)
    }
}
