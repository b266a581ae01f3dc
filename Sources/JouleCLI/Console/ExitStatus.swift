import JouleModel

/// The exit codes of every command, as the README lists them.
enum ExitStatus {
    static let success: Int32 = 0
    /// Failed, or no request completed; files are written all the same.
    static let failed: Int32 = 1
    /// Finished, but some requests failed, a scope of `metrics.require` was lost on the way, or `--strict` met a flag of grade invalid.
    static let partial: Int32 = 3
    /// The command line or the configuration is wrong.
    static let usage: Int32 = 64
    /// A needed meter, backend or server is not available.
    static let unavailable: Int32 = 69

    /// The code for a failure that ended the command.
    static func of(_ failure: Failure) -> Int32 {
        switch failure.blame {
        case .usage: usage
        case .unavailable: unavailable
        case .run: failed
        }
    }

    static func interrupted(by signal: Int32) -> Int32 { 128 + signal }
}
