import Foundation
import JouleTestSupport
import JouleUnits
import Testing

/// Numbers from elsewhere: whatever they are, nothing ends the program.
struct SaturatingTests {
    @Test func `a number that fits is cut towards zero, and one that does not becomes the end of the range`() {
        for (value, whole) in [
            (0.9, 0), (-0.9, 0), (1e15, 1_000_000_000_000_000), (1e300, .max), (-1e300, .min), (.infinity, .max), (-.infinity, .min),
            (.nan, 0), (9.3e18, .max), (-9_223_372_036_854_775_808, .min),
        ] as [(Double, Int)] {
            #expect(Int(saturating: value) == whole, "\(value)")
        }
        #expect(UInt8(saturating: -3) == 0 && UInt8(saturating: 255.9) == 255 && UInt8(saturating: 1e9) == 255)
    }

    @Test(arguments: [1, 20_261_121] as [UInt64]) func `sums, differences and products are right or at an end`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let ends: [Int8] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
        func draw() -> Int8 {
            Bool.random(using: &random) ? Int8.random(in: .min ... .max, using: &random) : ends.randomElement(using: &random) ?? 0
        }
        for _ in 0..<2_000 {
            let (left, right) = (draw(), draw())
            #expect(left.saturatingAdd(right) == Int8(clamping: Int(left) + Int(right)))
            #expect(left.saturatingSubtract(right) == Int8(clamping: Int(left) - Int(right)))
            #expect(left.saturatingMultiply(right) == Int8(clamping: Int(left) * Int(right)))
        }
    }

    @Test func `instants and durations at the ends of their range can be calculated with`() {
        let (first, last) = (Instant(nanoseconds: .min), Instant(nanoseconds: .max))
        #expect((last - first).nanoseconds == .max && (first - last).nanoseconds == .min)
        #expect(last + .seconds(1) == last && first - .seconds(1) == first)
        #expect(Duration.seconds(1e12).nanoseconds == .max && Duration.seconds(-1e12).nanoseconds == .min)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Instant].self, from: Data("[-9223372036854775808]".utf8)) }
        #expect(!first.isPlausible && !last.isPlausible && Instant.now.isPlausible)
    }

    @Test func `a time beyond the year 9999 is no time`() {
        for text in ["1e300", "-1e300", "1e18", "inf", "nan"] { #expect(WallTime.parse(text) == nil, "\(text)") }
        #expect(WallTime.parse("1789000000") == 1_789_000_000 && WallTime.parse("1789000000000") == 1_789_000_000)
        #expect(!WallTime.text(1e300).isEmpty && !WallTime.text(-.infinity).isEmpty)
    }
}
