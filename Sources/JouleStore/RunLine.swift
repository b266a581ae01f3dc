import JouleModel
import JouleReport

/// One run as one line of `results.jsonl`: what was asked for, the digests that name it, and every figure.
package struct RunLine: Hashable, Sendable, Codable {
    package static let schemaVersion = 1

    package var schemaVersion = RunLine.schemaVersion
    package var id: String
    /// SHA-256 of every key and value of the configuration, of the prompts, and of the send times, as `experiment.json` has them.
    package var digest: String
    package var promptsDigest: String?
    package var arrivalsDigest: String?
    /// The resolved configuration, without secrets.
    package var experiment: JSONValue
    /// What `summary.json` holds.
    package var summary: Summary

    package init(summary: Summary, experiment: JSONValue, digests: RunDigests) {
        id = summary.runID
        digest = digests.configuration
        promptsDigest = digests.prompts
        arrivalsDigest = digests.arrivals
        self.experiment = experiment
        self.summary = summary
    }

    private enum CodingKeys: String, CodingKey {
        case id, digest, experiment, summary
        case schemaVersion = "schema_version"
        case promptsDigest = "prompts_sha256"
        case arrivalsDigest = "arrivals_sha256"
    }
}
