import JouleConfiguration
import JouleModel
import Testing

struct `Meters in one argument` {
    @Test func `names and maps stand beside each other`() throws {
        let text =
            "nvml,{plug: {url: http://192.0.2.1, kind: shelly}},{prometheus: {url: 'http://h:1/metrics', metric: a_watts, labels: {x: y}}}"
        let meters = try MeterArgument.parse(text, option: "--meters")
        #expect(meters.map(\.family) == [.nvml, .plug, .prometheus])
        #expect(meters[1].url == "http://192.0.2.1" && meters[1].plug == .shelly && meters[2].labels == ["x": "y"])
    }

    @Test(arguments: ["auto", "[auto]"]) func `auto names none`(text: String) throws {
        #expect(try MeterArgument.parse(text, option: "--meters").isEmpty)
    }

    @Test func `brackets around it change nothing`() throws {
        #expect(try MeterArgument.parse("[rapl, nvml]", option: "--meters").map(\.family) == [.rapl, .nvml])
    }

    @Test(
        arguments: [
            ("nvml,{plug: {url: x}}", "config.missing-key", 7), ("{plug: {url: x, kind: shelby}}", "config.invalid-value", 23),
            ("nvml,nvlm", "config.invalid-value", 6), ("{nvml: {gian: 1}}", "config.unknown-key", 9), ("{nvml", "config.yaml", nil),
        ] as [(String, String, Int?)])
    func `a mistake names its place in the argument`(text: String, code: String, column: Int?) throws {
        let failures = #expect(throws: Failures.self) { try MeterArgument.parse(text, option: "--meters") }
        let first = try #require(failures?.all.first)
        #expect(first.source?.file == "--meters", "\(first)")
        if let column { #expect(first.code == code && first.source?.column == column, "\(first)") }
    }
}
