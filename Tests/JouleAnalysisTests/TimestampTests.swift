import JouleAnalysis
import Testing

struct TimestampTests {
    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"), (951_868_799.9996, "2000-03-01T00:00:00.000Z"),
        (1_795_253_400.25, "2026-11-21T09:30:00.250Z"), (4_107_542_399, "2100-02-28T23:59:59.000Z"), (-0.5, "1969-12-31T23:59:59.500Z"),
    ])
    func `seconds since 1970 are written as UTC`(seconds: Double, text: String) {
        #expect(isoTimestamp(unixSeconds: seconds) == text)
    }
}
