/// What became of a run's results at each of its reporters: `reporters.json`.
package struct ReporterRecord: Hashable, Sendable, Codable {
    package static let file = "reporters.json"
    package static let schemaVersion = 1

    package struct Entry: Hashable, Sendable, Codable {
        package enum Status: String, Hashable, Sendable, Codable { case delivered, failed }

        /// The kind of the reporter, as `reporter.type` names it.
        package var type: String
        /// The file or the service; nil where it is the run's own folder.
        package var destination: String?
        package var status: Status
        /// Of a failure: its code, what happened, what lies behind it, and what to do.
        package var code: String?
        package var message: String?
        package var cause: String?
        package var remedy: String?
        /// What else there is to know, such as a cut line that was dropped.
        package var note: String?

        package init(type: String, destination: String?, note: String?) {
            self.type = type
            self.destination = destination
            self.note = note
            status = .delivered
        }

        package init(type: String, destination: String?, failure: Failure) {
            self.type = type
            self.destination = destination
            status = .failed
            code = failure.code
            message = failure.message
            cause = failure.cause
            remedy = failure.remedy
        }
    }

    package var schemaVersion = ReporterRecord.schemaVersion
    package var reporters: [Entry]

    package init(reporters: [Entry]) { self.reporters = reporters }

    private enum CodingKeys: String, CodingKey {
        case schemaVersion = "schema_version"
        case reporters
    }
}
