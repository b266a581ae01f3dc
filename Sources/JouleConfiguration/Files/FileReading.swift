import Foundation

/// Reads a whole file; throws an error whose description is the reason in words.
package typealias FileReading = @Sendable (String) throws -> [UInt8]

/// Why a file could not be read.
package struct UnreadableFile: Error, Hashable, CustomStringConvertible {
    package let description: String

    static let missing = UnreadableFile(description: "no such file")

    /// The real file system.
    package static let fileSystem: FileReading = { path in
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch let error as CocoaError {
            throw UnreadableFile(description: reason(error))
        }
    }

    private static func reason(_ error: CocoaError) -> String {
        switch error.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: return missing.description
        case .fileReadNoPermission: return "permission denied"
        default:
            let system = error.userInfo[NSUnderlyingErrorKey] as? POSIXError
            return system.map { String(cString: strerror($0.code.rawValue)) } ?? error.localizedDescription
        }
    }
}
