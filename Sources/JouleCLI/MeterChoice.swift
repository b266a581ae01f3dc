import Foundation
import JouleConfiguration
import JouleMeters
import JouleModel
import JouleRunner
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension MeterOptions {
    /// The options laid over what a configuration says.
    func apply(to metrics: MetricsSpec) throws -> MetricsSpec {
        var result = metrics
        if let meters { result.meters = try Self.selectors(meters) }
        try addAgents(to: &result)
        if let samplePeriod { result.samplePeriod = try DurationOption.period(samplePeriod, name: "--sample-period") }
        return result
    }

    /// Whether single meters were asked for, and not whatever there is.
    var namesMeters: Bool {
        guard let meters else { return !agent.isEmpty }
        return !["auto", "none"].contains(meters.trimmingCharacters(in: .whitespaces))
    }

    /// The meters of a command that has no configuration.
    func selection(deviceIDs: [DeviceSelector]? = nil) async throws -> (MeterSelection, MetricsSpec) {
        let metrics = try apply(to: MetricsSpec())
        let selection = try await MeterSelection.discover(metrics: metrics, deviceIDs: deviceIDs, host: .current)
        if requireEnergy { try selection.requireMeasured() }
        return (selection, metrics)
    }

    /// Names alone as ever; with a bracket in it, the argument is a list as in a configuration, with the options of each meter.
    static func selectors(_ text: String) throws -> [MeterSelector] {
        if text == "auto" { return [] }
        if text.contains(where: { "{[".contains($0) }) { return try MeterArgument.parse(text, option: "--meters") }
        var result: [MeterSelector] = []
        for name in text.split(separator: ",") {
            let name = name.trimmingCharacters(in: .whitespaces)
            guard let family = MeterSelector.Family(rawValue: name) else {
                throw Failure(
                    "usage.meters", "`\(name)` is no meter",
                    remedy:
                        "choose from auto, \(MeterSelector.Family.allCases.map(\.rawValue).joined(separator: ", ")), separated by commas")
            }
            // The decoder knows which meters need options, and says which.
            result += try MeterArgument.parse(family.rawValue, option: "--meters")
        }
        return result
    }
}

extension RunEnvironment.Unavailable {
    /// Said before anything is measured.
    var warning: Failure { Failure("meter.unavailable", "\(meter) is not measured: \(reason)", remedy: remedy) }
}

enum DurationOption {
    /// `250ms`, `5s`, `10 min`, `1h`; a bare number is taken as seconds on the command line, as the older tools do.
    static func parse(_ text: String, name: String) throws(Failure) -> Duration {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        let digits = trimmed.prefix { $0.isNumber || $0 == "." }
        let unit = trimmed.dropFirst(digits.count).trimmingCharacters(in: .whitespaces)
        let factors = ["": 1.0, "us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "m": 60, "h": 3_600]
        guard let value = Double(digits), let factor = factors[unit], (1e-9...Duration.longestAsked.seconds).contains(value * factor) else {
            throw Failure("usage.duration", "`\(text)` is no duration for \(name)", remedy: "write a number with a unit: 100ms, 5s, 10min")
        }
        return .seconds(value * factor)
    }

    /// A time between two readings, within what `metrics.sample_period` takes.
    static func period(_ text: String, name: String) throws(Failure) -> Duration {
        let period = try parse(text, name: name)
        guard (.milliseconds(1)...(.seconds(60))).contains(period) else {
            throw Failure("usage.range", "\(name) is \(text), and may be from 1ms to 60s", remedy: "write 100ms, or 1s for long runs")
        }
        return period
    }
}
