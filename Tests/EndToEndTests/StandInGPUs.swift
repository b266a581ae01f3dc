import Foundation
import Testing

/// NVIDIA GPUs for a child process, whose true energy is known in this one: the same stand-in with the same settings.
///
/// The child opens it as `libnvidia-ml.so.1`; here a copy of the file is opened, which is a machine of its own. Its power is a function
/// of the absolute monotonic clock, so both see the same truth.
final class StandInGPUs: Sendable {
    /// Settings without their prefix, see `FakeNVML.h`.
    let settings: [String: String]
    private let folder: String
    private let truth: @convention(c) (UInt32, Int64, Int64) -> Double

    static let library = Tool.products.appending(path: "libFakeNVML.so").path

    init(_ settings: [String: String]) throws {
        self.settings = settings
        folder = FileManager.default.temporaryDirectory.appending(path: "joule-gpus-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: folder + "/libnvidia-ml.so.1", withDestinationPath: Self.library)
        let copy = folder + "/truth.so"
        try FileManager.default.copyItem(atPath: Self.library, toPath: copy)
        let handle = try #require(dlopen(copy, RTLD_NOW | RTLD_LOCAL), "the stand-in cannot be opened")
        let configure = unsafeBitCast(
            try #require(dlsym(handle, "fakeNvmlConfigure")), to: (@convention(c) (UnsafePointer<CChar>) -> Void).self)
        configure(settings.map { "FAKE_NVML_\($0)=\($1)" }.joined(separator: "\n"))
        truth = unsafeBitCast(
            try #require(dlsym(handle, "fakeNvmlTruthJoules")), to: (@convention(c) (UInt32, Int64, Int64) -> Double).self)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// What makes a child see these GPUs.
    var environment: [String: String] {
        let own = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"].map { ":" + $0 } ?? ""
        return Dictionary(uniqueKeysWithValues: settings.map { ("FAKE_NVML_\($0)", $1) }).merging(["LD_LIBRARY_PATH": folder + own]) {
            _, new in new
        }
    }

    /// What a device truly drew, in joules.
    func joules(of device: Int = 0, in window: Range<Int64>) -> Double { truth(UInt32(device), window.lowerBound, window.upperBound) }
}

/// An energy figure against the truth.
enum Accuracy {
    /// The gain of NVML's sensor, which the stand-in does not have: what is left of the interval is what the readings leave open.
    static let gain = 0.05

    /// Within its interval, and within a percent but for the part of the interval that comes from when readings were taken.
    ///
    /// That part grows when the machine is too busy to read in time, so the comparison does not depend on load.
    static func check(_ value: Double?, plusMinus: Double?, truth: Double, gain: Double = gain, slack: Double = 0, _ what: String) throws {
        let value = try #require(value, "\(what) has no value")
        let plusMinus = try #require(plusMinus, "\(what) has no interval")
        let error = abs(value - truth)
        let edges = max(0, plusMinus * plusMinus - gain * gain * value * value).squareRoot()
        #expect(plusMinus > 0)
        #expect(error <= plusMinus + slack, "\(what): \(value) ± \(plusMinus) J, truly \(truth) J")
        #expect(error <= 0.01 * truth + edges + slack, "\(what): \(value) J, truly \(truth) J; the edges leave \(edges) J open")
    }
}

/// Instants of the monotonic clock.
enum Clock {
    static var now: Int64 { nanoseconds(CLOCK_MONOTONIC) }

    /// The monotonic instant of a wall-clock time of this boot.
    static func instant(unixSeconds: Double) -> Int64 {
        let (monotonic, unix) = (nanoseconds(CLOCK_MONOTONIC), nanoseconds(CLOCK_REALTIME))
        return monotonic + Int64(unixSeconds * 1e9) - unix
    }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
