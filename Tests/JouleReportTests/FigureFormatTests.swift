import JouleModel
import Testing

@testable import JouleReport

@Suite struct `Numbers and figures` {
    static func figure(_ value: Double?, _ plusMinus: Double? = nil, _ unit: String = "J", method: String = "measured-counter") -> Figure {
        Figure(value: value, unit: unit, plusMinus: plusMinus, method: method, scope: .gpu, reason: value == nil ? "no meter" : nil)
    }

    @Test(arguments: [
        (1_234_567.891, 2, "1,234,567.89"), (-0.004, 2, "0.00"), (-1_234.5, 0, "-1,235"), (0.05, 1, "0.1"), (999.96, 1, "1,000.0"),
        (1_234.0, -2, "1,200"), (0, 3, "0.000"), (12, 0, "12"),
    ])
    func `a number is written with its decimals and separators`(value: Double, decimals: Int, text: String) {
        #expect(NumberText.fixed(value, decimals: decimals) == text)
    }

    @Test(arguments: [(9.996, 3, "10.0"), (0.0123456, 4, "0.01235"), (183.44, 4, "183.4"), (12_345.6, 4, "12,346"), (0, 4, "0.000")])
    func `significant digits survive rounding up`(value: Double, digits: Int, text: String) {
        #expect(NumberText.significant(value, digits: digits) == text)
    }

    @Test func `what is no number is a dash`() {
        #expect(NumberText.fixed(.nan, decimals: 2) == "—")
        #expect(NumberText.significant(.infinity) == "—")
    }

    @Test func `every power of ten has its own exponent`() {
        for exponent in -300...300 {
            #expect(NumberText.exponent(of: NumberText.powerOfTen(exponent)) == exponent)
            #expect(NumberText.exponent(of: NumberText.powerOfTen(exponent) * 9.99) == exponent)
        }
    }

    @Test(arguments: [
        (1.7901698, 0.0895085, "J/token", "1.790 ± 0.090 J/token"), (0.01420, 0.00071, "J/token", "14.20 ± 0.71 mJ/token"),
        (212_340.995, 10_617.0, "J", "212 ± 11 kJ"), (1_447, 786, "J", "1,450 ± 790 J"), (3.0, 120.0, "J", "0 ± 120 J"),
        (41.9, 0.0996, "W", "41.90 ± 0.10 W"), (0.31, 0.0155, "1", "31.0 ± 1.6 %"), (0.0247, 0.001, "s", "24.7 ± 1.0 ms"),
        (183.4, 12.0, "token/s", "183 ± 12 token/s"), (-12.0, 3.0, "J", "-12.0 ± 3.0 J"), (5.0, 0.0, "J", "5.000 ± 0 J"),
        (100, 0.000_012_3, "W", "100.00000 ± 0.00001 W"), (0, 0, "J", "0 ± 0 J"), (3.6e-15, 1.8e-15, "J", "0 ± 0 J"),
    ])
    func `the interval has two digits and the value the same decimals`(value: Double, interval: Double, unit: String, text: String) {
        #expect(FigureFormat.text(Self.figure(value, interval, unit)).sentence == text)
    }

    @Test func `the value never has decimals that its interval lacks`() {
        var chance = Chance(seed: 42)
        for _ in 0..<2_000 {
            let value = (chance.next() - 0.3) * NumberText.powerOfTen(Int(chance.next() * 12) - 6)
            let interval = chance.next() * NumberText.powerOfTen(Int(chance.next() * 8) - 6)
            let text = FigureFormat.text(Self.figure(value, interval, "W"))
            let decimals = { (text: String) in text.split(separator: ".").dropFirst().first?.count ?? 0 }
            #expect(decimals(text.value) == decimals(text.plusMinus ?? ""), "\(value) ± \(interval): \(text)")
            let digits = (text.plusMinus ?? "").filter(\.isNumber).drop { $0 == "0" }.reversed().drop { $0 == "0" }
            #expect(digits.count <= 2, "\(value) ± \(interval): \(text)")
        }
    }

    @Test func `a missing figure is a dash with its reason and never a zero`() {
        let text = FigureFormat.text(Self.figure(nil))
        #expect(text.sentence == "— (no meter)")
        #expect(!text.number.contains("0"))
        #expect(FigureFormat.text(Self.figure(.nan)).isAbsent)
    }

    @Test func `a count is whole and a time has four digits`() {
        #expect(FigureFormat.text(Self.figure(118_615, nil, "token", method: "counted")).sentence == "118,615 token")
        #expect(FigureFormat.text(Self.figure(146_028_888_064, nil, "B", method: "counted")).sentence == "136 GiB")
        #expect(FigureFormat.text(Self.figure(0.2984, nil, "s", method: "timed")).sentence == "298.4 ms")
    }

    @Test func `a column shares one unit`() {
        let scale = UnitScale.common(for: [Self.figure(12_340, 620), Self.figure(300, 150), Self.figure(nil)])
        #expect(scale?.unit == "kJ")
        #expect(FigureFormat.text(Self.figure(300, 150), in: scale).number == "0.30 ± 0.15")
        #expect(UnitScale.common(for: [Self.figure(1, nil, "J"), Self.figure(1, nil, "W")]) == nil)
    }

    @Test func `rounding errors in a column of large figures are nothing`() {
        let scale = UnitScale(unit: "kJ", factor: 1e-3)
        #expect(FigureFormat.text(Self.figure(2.3e-13, 1.1e-13), in: scale).number == "0 ± 0")
        #expect(FigureFormat.text(Self.figure(2.3e-13, 820), in: scale).number == "0.00 ± 0.82")
        #expect(FigureFormat.text(Self.figure(7.105e-15, nil, "J")).number == "0")
        #expect(FigureFormat.text(Self.figure(100, 2.1e-14, "%")).number == "100.0 ± 0")
        #expect(FigureFormat.text(Self.figure(7.1e-9, nil, "request/J")).number != "0")
    }

    @Test func `a relative interval needs a value`() {
        #expect(FigureFormat.relative(Self.figure(200, 150)) == "± 75 %")
        #expect(FigureFormat.relative(Self.figure(200, 10)) == "± 5.0 %")
        #expect(FigureFormat.relative(Self.figure(0, 10)) == nil)
        #expect(FigureFormat.relative(Self.figure(nil)) == nil)
    }
}
