import Foundation
import JouleMeters
import JouleModel
import JouleUnits
import Testing

/// A machine with NVIDIA GPUs of its own: a copy of `libFakeNVML.so`, because the stand-in's state belongs to the loaded file.
///
/// Owns the copy; the library is opened by the code under test through the same `dlopen` as the real one.
final class FakeMachine {
    let path: String
    private let handle: UnsafeMutableRawPointer

    /// - Parameter hiding: exported names that this copy shall lack.
    init(_ settings: [String: String] = [:], hiding symbols: [String] = []) throws {
        var bytes = try Data(contentsOf: Self.original)
        for symbol in symbols {
            // Renamed in the string table, the function is no longer found under the hash of its old name.
            let name = Data("\0\(symbol)\0".utf8)
            let found = try #require(bytes.range(of: name), "the stand-in does not export \(symbol)")
            bytes[found.upperBound - 2] = UInt8(ascii: "~")
        }
        let copy = FileManager.default.temporaryDirectory.appending(path: "libFakeNVML-\(UUID().uuidString).so")
        try bytes.write(to: copy)
        path = copy.path
        handle = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL), "the stand-in cannot be opened")
        try configure(settings)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Where the build leaves the library: beside the test program, unless the environment says otherwise.
    private static var original: URL {
        if let named = ProcessInfo.processInfo.environment["JOULEBENCH_FAKE_NVML"] { return URL(filePath: named) }
        return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "libFakeNVML.so")
    }

    /// Replaces the settings at once, also while the library is in use.
    func configure(_ settings: [String: String]) throws {
        typealias Configure = @convention(c) (UnsafePointer<CChar>) -> Void
        let configure = unsafeBitCast(try #require(dlsym(handle, "fakeNvmlConfigure")), to: Configure.self)
        configure(settings.map { "FAKE_NVML_\($0)=\($1)" }.joined(separator: "\n"))
    }

    /// What a device truly drew.
    func truth(of device: UInt32 = 0, from start: Instant, to end: Instant) throws -> Joules {
        typealias Truth = @convention(c) (UInt32, Int64, Int64) -> Double
        let truth = unsafeBitCast(try #require(dlsym(handle, "fakeNvmlTruthJoules")), to: Truth.self)
        return Joules(truth(device, start.nanoseconds, end.nanoseconds))
    }

    func discover(_ selectors: [DeviceSelector]? = nil, cudaVisibleDevices: String? = nil) throws -> NVIDIADiscovery {
        try NVMLMeter.discover(selectors: selectors, cudaVisibleDevices: cudaVisibleDevices, libraryNames: [path])
    }

    /// The one meter that a machine with one GPU has.
    func meter() throws -> any Meter { try #require(try discover().found.meters.first) }
}

extension MeterReader {
    /// One read of a meter with one channel.
    func sample(_ detail: ReadDetail) -> RawSample {
        var slot = RawSample()
        withUnsafeMutablePointer(to: &slot) { read(detail, into: UnsafeMutableBufferPointer(start: $0, count: 1)) }
        return slot
    }

    /// One read of a meter with several channels.
    func samples(_ count: Int, _ detail: ReadDetail = .full) -> [RawSample] {
        var slots = Array(repeating: RawSample(), count: count)
        slots.withUnsafeMutableBufferPointer { read(detail, into: $0) }
        return slots
    }
}
