import JouleModel

/// Why something could not be done: every problem at once, as the command line tells them.
public struct KitError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One problem, with its remedy.
    public struct Problem: Sendable, Hashable {
        /// Stable, such as `config.unknown-key`; texts may change, codes do not.
        public let code: String
        public let message: String
        public let cause: String?
        public let remedy: String?
        /// `file:line:column`, where a file is to blame.
        public let place: String?

        init(_ failure: Failure) {
            code = failure.code
            message = failure.message
            cause = failure.cause
            remedy = failure.remedy
            place = failure.source?.description
        }
    }

    public let problems: [Problem]

    init(_ failures: [Failure]) { problems = failures.map(Problem.init) }

    public var description: String {
        problems.map { problem in
            (problem.place.map { "\($0): " } ?? "") + "\(problem.message) [\(problem.code)]" + (problem.remedy.map { " (\($0))" } ?? "")
        }.joined(separator: "\n")
    }

    /// Turns what the inner library throws into this error; cancellations stay what they are.
    static func translating<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let failures as Failures {
            throw KitError(failures.all)
        } catch let failure as Failure {
            throw KitError([failure])
        }
    }
}
