import Foundation

@testable import JouleMeters

/// A machine's `/proc` and `/sys` in a temporary folder, removed when the test process ends.
struct HostTree {
    let root: HostRoot

    init(_ files: [String: String] = [:]) throws {
        let path = Self.folder.appendingPathComponent(UUID().uuidString).path
        root = HostRoot(path: path)
        // Others must be able to walk in, or a test of permissions would be refused at the door.
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        for (file, text) in files { try write(file, text) }
    }

    private static let folder: URL = {
        atexit { try? FileManager.default.removeItem(at: HostTree.folder) }
        return FileManager.default.temporaryDirectory.appendingPathComponent("joule-host-\(getpid())")
    }()

    /// Writes into the same file when it is there, as the kernel changes a value under an open descriptor.
    func write(_ file: String, _ text: String) throws {
        let path = root.resolve(file)
        if let handle = FileHandle(forUpdatingAtPath: path) {
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: Data(text.utf8))
            try handle.close()
            return
        }
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: root.resolve(file)) }

    func link(_ file: String, to target: String) throws {
        let path = root.resolve(file)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }

    func setMode(_ file: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: root.resolve(file))
    }
}

/// Runs a synchronous body as a user without rights over others' files.
///
/// Linux keeps the user for file access by thread: for root it is set to `nobody` and back, so that the kernel itself refuses.
func withoutRootRights<Result>(_ body: () throws -> Result) throws -> Result {
    guard geteuid() == 0 else { return try body() }
    guard let symbol = dlsym(nil, "setfsuid") else { throw CocoaError(.featureUnsupported) }
    let setUser = unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> Int32).self)
    _ = setUser(65_534)
    defer { _ = setUser(0) }
    return try body()
}

/// One read into fresh slots.
func slots(_ count: Int, _ read: (UnsafeMutableBufferPointer<RawSample>) -> Void) -> [RawSample] {
    var samples = [RawSample](repeating: RawSample(), count: count)
    samples.withUnsafeMutableBufferPointer { read($0) }
    return samples
}
