/// Experiments that belong together: one base with its variations, in the order in which the file names them.
package struct Study: Hashable, Sendable {
    /// One variation.
    package struct Member: Hashable, Sendable {
        /// Unique in the study: `sweep_concurrency_8`.
        package var name: String
        /// The swept keys with their values as text, in the order of the file.
        package var values: [SweptValue]
        package var experiment: Experiment

        package init(name: String, values: [SweptValue], experiment: Experiment) {
            self.name = name
            self.values = values
            self.experiment = experiment
        }
    }

    /// A key that a study varies, with its value in one member.
    package struct SweptValue: Hashable, Sendable, Codable {
        package var key: String
        package var value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    package var name: String
    package var members: [Member]

    package init(name: String, members: [Member]) {
        self.name = name
        self.members = members
    }
}
