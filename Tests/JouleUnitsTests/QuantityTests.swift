import Foundation
import JouleTestSupport
import JouleUnits
import Testing

struct QuantityTests {
    private static func isClose(_ left: Double, _ right: Double) -> Bool {
        abs(left - right) <= 1e-12 * max(1, abs(left), abs(right))
    }

    @Test(arguments: [1, 20_261_121] as [UInt64]) func `quantities of one kind add and scale as numbers do`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let (a, b) = (Double.random(in: -1e6...1e6, using: &random), Double.random(in: -1e6...1e6, using: &random))
            let factor = Double.random(in: -1e3...1e3, using: &random)
            #expect(Joules(a) + Joules(b) == Joules(b) + Joules(a))
            #expect(Joules(a) - Joules(b) == -(Joules(b) - Joules(a)))
            #expect(Joules(a) * factor == factor * Joules(a))
            #expect(Self.isClose((Joules(a) * factor / factor).rawValue, a))
            #expect(Self.isClose(Joules(a) / Joules(b) * b, a))
            #expect((Joules(a) < Joules(b)) == (a < b))
            #expect(Joules(a).magnitude == Joules(abs(a)))
            var sum = Joules(a)
            sum += Joules(b)
            #expect(sum == Joules(a) + Joules(b))
            sum -= Joules(b)
            #expect(Self.isClose(sum.rawValue, a))
        }
    }

    @Test(arguments: [1, 20_261_121] as [UInt64]) func `power times time is energy, and energy over time is power`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let watts = Watts(Double.random(in: 0...1e4, using: &random))
            let time = Duration.nanoseconds(Int64.random(in: 1...1_000_000_000_000_000, using: &random))
            #expect(watts * time == time * watts)
            #expect(Self.isClose((watts * time / time).rawValue, watts.rawValue))
            let part = Duration.nanoseconds(Int64.random(in: 0...time.nanoseconds, using: &random))
            #expect(Self.isClose((watts * part + watts * (time - part)).rawValue, (watts * time).rawValue))
        }
    }

    @Test func `units are converted where values enter and leave`() {
        #expect(Joules.millijoules(1_500) == Joules(1.5))
        #expect(Self.isClose(Joules.microjoules(2_000_000).rawValue, 2))
        #expect(Joules.wattHours(1) == Joules(3_600))
        #expect(Joules.kilowattHours(1).wattHours == 1_000)
        #expect(Joules(7_200).kilowattHours == 0.002)
        #expect(Watts.milliwatts(71_800) == Watts(71.8))
        #expect(Self.isClose(Watts.microwatts(1_000_000).rawValue, 1))
        #expect(Watts(100) * .seconds(36) == .wattHours(1))
        #expect(ByteCount.mebibytes(3) + .kibibytes(1) == ByteCount(3_146_752))
        #expect(ByteCount(3_221_225_472).gibibytes == 3)
        #expect(ByteCount.kibibytes(512).mebibytes == 0.5)
    }

    @Test func `a sum of nothing is zero, and a value says its unit`() {
        #expect([Joules]().sum() == .zero)
        #expect([Watts(1), Watts(2.5)].sum() == Watts(3.5))
        #expect("\(Joules(1.5)) \(Watts(2)) \(Celsius(40))" == "1.5 J 2.0 W 40.0 °C")
        #expect(!Joules(.nan).isFinite && Watts(1).isFinite)
    }

    @Test func `a quantity is a plain number in JSON`() throws {
        let values = [Joules(1.25), Joules(-3), Joules(1e300)]
        let text = try JSONEncoder().encode(values)
        #expect(String(decoding: text, as: UTF8.self) == "[1.25,-3,1e+300]")
        #expect(try JSONDecoder().decode([Joules].self, from: text) == values)
        let counts = [ByteCount(.max), ByteCount(0)]
        let bytes = try JSONEncoder().encode(counts)
        #expect(String(decoding: bytes, as: UTF8.self) == "[9223372036854775807,0]")
        #expect(try JSONDecoder().decode([ByteCount].self, from: bytes) == counts)
    }
}

struct InstantTests {
    @Test(arguments: [1, 20_261_121] as [UInt64]) func `instants and durations are exact to the nanosecond`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<1_000 {
            let start = Instant(nanoseconds: Int64.random(in: 0...1 << 60, using: &random))
            let length = Duration.nanoseconds(Int64.random(in: -(1 << 59)...1 << 59, using: &random))
            #expect(start + length - start == length)
            #expect(start + length - length == start)
            #expect((start + length).nanoseconds == start.nanoseconds + length.nanoseconds)
            #expect((start < start + length) == (length > .zero))
        }
    }

    @Test func `durations say themselves in seconds, milliseconds and nanoseconds`() {
        #expect(Duration.milliseconds(1_500).seconds == 1.5)
        #expect(Duration.microseconds(-250).milliseconds == -0.25)
        #expect(Duration(secondsComponent: 1, attosecondsComponent: 999_999_999).nanoseconds == 1_000_000_000, "rounded towards zero")
        #expect((Instant(nanoseconds: 5)..<Instant(nanoseconds: 12)).duration == .nanoseconds(7))
    }

    @Test func `the clock is the one of SuspendingClock and does not go back`() {
        let stamps = (0..<1_000).map { _ in Instant.now }
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0 <= $1 })
        let before = Instant.now
        let reference = SuspendingClock.now
        let after = Instant.now
        // What the standard library's clock says between two of ours lies between them.
        let offset = reference.duration(to: SuspendingClock.now)
        #expect(offset <= Instant.now - before)
        #expect(before <= after)
    }

    @Test func `a wall-clock time comes from the anchor alone`() throws {
        let anchor = ClockAnchor(monotonic: Instant(nanoseconds: 1_000_000_000), unixSeconds: 1_795_253_400, bootNanoseconds: 7)
        #expect(anchor.unixSeconds(at: Instant(nanoseconds: 3_500_000_000)) == 1_795_253_402.5)
        #expect(anchor.unixSeconds(at: Instant(nanoseconds: 0)) == 1_795_253_399)
        let text = try JSONEncoder().encode(anchor)
        let keys = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any]).keys
        #expect(Set(keys) == ["monotonic_ns", "unix_seconds", "boot_ns"])
        #expect(try JSONDecoder().decode(ClockAnchor.self, from: text) == anchor)
        let now = ClockAnchor.now
        #expect(abs(now.unixSeconds(at: .now) - Date().timeIntervalSince1970) < 5)
    }
}
