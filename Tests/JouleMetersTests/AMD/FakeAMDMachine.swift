import Foundation
import JouleMeters
import JouleModel
import JouleUnits
import Testing

/// A machine with AMD GPUs of its own: a copy of `libFakeAMDSMI.so`, because the stand-in's state belongs to the loaded file.
///
/// Owns the copy; the library is opened by the code under test through the same `dlopen` as the real one.
final class FakeAMDMachine {
    let path: String
    let tree: HostTree
    private let handle: UnsafeMutableRawPointer

    /// - Parameters:
    ///   - unique: the number of each GPU that the kernel's driver shows; those without one are cards of old.
    ///   - symbols: exported names that this copy shall lack.
    init(
        _ settings: [String: String] = [:], unique: [String] = ["e1f0c0de00000001", "e1f0c0de00000002", "e1f0c0de00000003"],
        hiding symbols: [String] = []
    ) throws {
        tree = try HostTree(
            Dictionary(
                uniqueKeysWithValues: unique.enumerated().map { ("/sys/bus/pci/devices/0000:c\($0 + 1):00.0/unique_id", $1 + "\n") }))
        var bytes = try Data(contentsOf: Self.original)
        for symbol in symbols {
            // Renamed in the string table, the function is no longer found under the hash of its old name.
            let found = try #require(bytes.range(of: Data("\0\(symbol)\0".utf8)), "the stand-in does not export \(symbol)")
            bytes[found.upperBound - 2] = UInt8(ascii: "~")
        }
        path = FileManager.default.temporaryDirectory.appending(path: "libFakeAMDSMI-\(UUID().uuidString).so").path
        try bytes.write(to: URL(filePath: path))
        handle = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL), "the stand-in cannot be opened")
        try configure(settings)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Where the build leaves the library: beside the test program.
    private static let original = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "libFakeAMDSMI.so")

    /// Replaces the settings at once, also while the library is in use.
    func configure(_ settings: [String: String]) throws {
        typealias Configure = @convention(c) (UnsafePointer<CChar>) -> Void
        let configure = unsafeBitCast(try #require(dlsym(handle, "fakeAmdsmiConfigure")), to: Configure.self)
        configure(settings.map { "FAKE_AMDSMI_\($0)=\($1)" }.joined(separator: "\n"))
    }

    /// What a GPU truly drew.
    func truth(of device: UInt32 = 0, from start: Instant, to end: Instant) throws -> Joules {
        typealias Truth = @convention(c) (UInt32, Int64, Int64) -> Double
        let truth = unsafeBitCast(try #require(dlsym(handle, "fakeAmdsmiTruthJoules")), to: Truth.self)
        return Joules(truth(device, start.nanoseconds, end.nanoseconds))
    }

    func discover(_ selectors: [DeviceSelector]? = nil, variables: [String: String] = [:]) throws -> AMDDiscovery {
        try AMDMeter.discover(selectors: selectors, variables: variables, root: tree.root, libraryNames: [path])
    }

    /// The one meter that a machine with one GPU has.
    func meter() throws -> any Meter { try #require(try discover().found.meters.first) }
}
