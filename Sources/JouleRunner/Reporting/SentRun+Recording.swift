import JouleConfiguration
import JouleModel
import JouleSinks
import JouleStore

extension SentRun {
    /// A run as its folder has it.
    init(_ directory: RunDirectory, summary: Summary, recording: Recording) {
        let files = ["summary.json", "experiment.json", "environment.json", "report.html"].filter { FileSystem.exists(directory.file($0)) }
        self.init(
            summary: summary, recording: recording, parameters: ConfigurationRenderer.parameters(recording.experiment),
            digest: ConfigurationRenderer.digest(of: recording.experiment), directory: directory.path,
            files: files.map { File(name: $0, path: directory.file($0)) })
    }
}
