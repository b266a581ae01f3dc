/// SHA-256 of what a run was asked for, as its `experiment.json` has them: equal digests are equal inputs.
package struct RunDigests: Hashable, Sendable {
    /// Of every key and value of the configuration.
    package var configuration: String
    /// Of the sequence of prompts; nil where none was resolved.
    package var prompts: String?
    /// Of the times of sending; nil where nothing is scheduled in advance.
    package var arrivals: String?

    package init(configuration: String, prompts: String?, arrivals: String?) {
        self.configuration = configuration
        self.prompts = prompts
        self.arrivals = arrivals
    }
}
