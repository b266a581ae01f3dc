import Foundation
import JouleModel
import Testing

/// What an agent and a recording say of a channel.
struct MeterChannelTests {
    private static func decoded(_ change: (inout [String: Any]) -> Void) throws -> MeterChannel {
        var fields: [String: Any] = [
            "meter": "nvml", "scope": "gpu", "device": "GPU-0", "name": "GPU 0", "kind": "counter", "has_energy": true, "has_power": true,
            "gain": 0.05, "counts_in_totals": true,
        ]
        change(&fields)
        return try JSONDecoder().decode(MeterChannel.self, from: JSONSerialization.data(withJSONObject: fields))
    }

    @Test func `a channel without a gain is none: missing is not exact`() throws {
        #expect(try Self.decoded { _ in }.gain == 0.05)
        #expect(throws: DecodingError.self) { try Self.decoded { $0["gain"] = nil } }
    }

    @Test(arguments: ["gain", "update_period_seconds", "averaging_window_seconds"])
    func `a number that no meter has is refused`(key: String) throws {
        for value in [1e300, -1] { #expect(throws: DecodingError.self) { try Self.decoded { $0[key] = value } } }
    }

    @Test func `a period may be missing`() throws {
        #expect(try Self.decoded { _ in }.updatePeriod == nil)
        #expect(try Self.decoded { $0["update_period_seconds"] = 0.1 }.updatePeriod == .milliseconds(100))
    }
}
