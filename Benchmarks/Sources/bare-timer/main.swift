// Wakes up to an absolute schedule and does nothing: what no sampler at this rate can fall below on this machine.
//
//   bare-timer HERTZ SECONDS
import Foundation

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

guard CommandLine.arguments.count == 3, let hertz = Int(CommandLine.arguments[1]), let seconds = Int(CommandLine.arguments[2]), hertz > 0
else {
    FileHandle.standardError.write(Data("usage: bare-timer HERTZ SECONDS\n".utf8))
    exit(64)
}

var deadline = timespec()
clock_gettime(CLOCK_MONOTONIC, &deadline)
for _ in 0..<(hertz * seconds) {
    deadline.tv_nsec += 1_000_000_000 / hertz
    if deadline.tv_nsec >= 1_000_000_000 {
        deadline.tv_nsec -= 1_000_000_000
        deadline.tv_sec += 1
    }
    #if canImport(Darwin)
    let left = Double(deadline.tv_sec) + Double(deadline.tv_nsec) * 1e-9 - Double(clock_gettime_nsec_np(CLOCK_MONOTONIC)) * 1e-9
    if left > 0 { Thread.sleep(forTimeInterval: left) }
    #else
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nil)
    #endif
}
