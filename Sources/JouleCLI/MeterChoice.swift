import Foundation
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
    func apply(to metrics: MetricsSpec) throws(Failure) -> MetricsSpec {
        var result = metrics
        if let meters { result.meters = try Self.selectors(meters) }
        try addAgents(to: &result)
        if let samplePeriod { result.samplePeriod = try DurationOption.parse(samplePeriod, name: "--sample-period") }
        return result
    }

    /// The meters of a command that has no configuration.
    func selection(deviceIDs: [DeviceSelector]? = nil) async throws -> (MeterSelection, MetricsSpec) {
        let metrics = try apply(to: MetricsSpec())
        let selection = try await MeterSelection.discover(metrics: metrics, deviceIDs: deviceIDs, host: .current)
        if requireEnergy { try selection.requireMeasured() }
        return (selection, metrics)
    }

    private static func selectors(_ text: String) throws(Failure) -> [MeterSelector] {
        if text == "auto" { return [] }
        var result: [MeterSelector] = []
        for name in text.split(separator: ",") {
            let name = name.trimmingCharacters(in: .whitespaces)
            guard let family = MeterSelector.Family(rawValue: name), family != .csv else {
                throw Failure(
                    "usage.meters", "`\(name)` is no meter",
                    remedy: "choose from auto, none, nvml, nvidia-smi, rapl, hwmon, model, separated by commas")
            }
            result.append(MeterSelector(family))
        }
        return result
    }
}

enum DurationOption {
    /// `250ms`, `5s`, `10 min`, `1h`; a bare number is taken as seconds on the command line, as the older tools do.
    static func parse(_ text: String, name: String) throws(Failure) -> Duration {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        let digits = trimmed.prefix { $0.isNumber || $0 == "." }
        let unit = trimmed.dropFirst(digits.count).trimmingCharacters(in: .whitespaces)
        let factors = ["": 1.0, "us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "m": 60, "h": 3_600]
        guard let value = Double(digits), value > 0, let factor = factors[unit] else {
            throw Failure("usage.duration", "`\(text)` is no duration for \(name)", remedy: "write a number with a unit: 100ms, 5s, 10min")
        }
        return .seconds(value * factor)
    }
}
