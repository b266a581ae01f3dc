import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The energy that the NVML stand-in really drew, asked of the very copy that the meters read.
struct Truth {
    /// The name under which the meters open the library: the same name gives the same copy.
    private static let library = "libnvidia-ml.so.1"
    private typealias Integral = @convention(c) (UInt32, Int64, Int64) -> Double

    private let integral: Integral

    /// Fails when the library is not loaded, or is no stand-in.
    init() throws {
        guard let handle = dlopen(Self.library, RTLD_NOW | RTLD_NOLOAD), let symbol = dlsym(handle, "fakeNvmlTruthJoules") else {
            throw BenchmarkError("the meters read no NVML stand-in: put it as \(Self.library) on LD_LIBRARY_PATH")
        }
        integral = unsafeBitCast(symbol, to: Integral.self)
    }

    /// Joules of the first device between two instants of the monotonic clock, in nanoseconds.
    func joules(from start: Int64, to end: Int64) -> Double { integral(0, start, end) }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
