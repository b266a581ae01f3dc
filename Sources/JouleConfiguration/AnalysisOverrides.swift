import JouleModel

/// Keys that can be set anew after a run, because they only say what is made of the recording and not how it was taken.
package enum AnalysisOverrides {
    private static let sections = ["carbon", "compute", "attribution"]
    /// Other names of `carbon.zone`.
    private static let zoneNames = ["metrics.country_iso_code", "metrics.region"]
    private static let position = ["carbon.lat", "carbon.lon"]
    /// What names its source by itself, with what else the record may say of the source.
    private static let meaningSource = ["carbon.intensity": ["carbon.source", "carbon.file"], "carbon.file": ["carbon.source"]]

    /// Assignments as they are to be laid over the record of a run.
    ///
    /// The names of the zone and a position are one thing: setting one of them takes back what the record says by another. So does an
    /// intensity or a file, for the source, where no source is set.
    ///
    /// - Throws: `usage.analyze-set` for a key that the recording depends on. Keys that do not exist are left to the reading of the record.
    package static func prepared(_ assignments: [String]) throws(Failures) -> [String] {
        var failures: [Failure] = []
        var resets: [String] = []
        let names = assignments.map { assignment in assignment.prefix { $0 != "=" }.filter { $0 != " " } }
        for name in names {
            let path = ConfigurationKey.split(name)
            if !names.contains("carbon.source") { resets += (meaningSource[name] ?? []).filter { !names.contains($0) }.map { "\($0)=" } }
            if zoneNames.contains(name) {
                resets += (["carbon.zone"] + position).map { "\($0)=" }
            } else if name == "carbon.zone" {
                resets += (zoneNames + position).map { "\($0)=" }
            } else if let first = path.first, sections.contains(first) {
                continue
            } else if ConfigurationKeys.byPath[path] != nil || ConfigurationKeys.sections.contains(path) {
                failures.append(
                    Failure(
                        "usage.analyze-set", "`\(name)` cannot be set for a run that is over: the recording was taken with it",
                        cause: "analyze computes from what was written down, and measures nothing",
                        remedy: "set keys of \(sections.map { "\($0).*" }.joined(separator: ", ")), or run the experiment again"))
            }
        }
        guard failures.isEmpty else { throw Failures(failures) }
        return resets + assignments
    }
}
