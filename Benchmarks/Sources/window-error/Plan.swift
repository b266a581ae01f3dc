import Foundation

/// The windows of one recording, in seconds from an origin that lies at a multiple of the wave's period on the monotonic clock.
///
/// The origin's rule gives every tool that follows the plan the same phases.
struct Plan: Decodable {
    struct Window: Decodable {
        let start: Double
        let length: Double
    }

    let period: Double
    let windows: [Window]

    /// The first multiple of the period that lies behind an instant, in nanoseconds on the monotonic clock.
    func origin(after nanoseconds: Int64) -> Int64 {
        let period = Int64((period * 1e9).rounded())
        return (nanoseconds / period + 1) * period
    }
}
