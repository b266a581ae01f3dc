import JouleModel
import JouleUnits

/// The intensities that hold inside a window, each with its part of the window; together the parts are the window.
package struct IntensitySteps: Sendable, Hashable {
    package struct Step: Sendable, Hashable {
        package let window: Range<Instant>
        package let intensity: CarbonIntensity
    }

    package let steps: [Step]

    /// - Parameters:
    ///   - points: stepwise and ascending; the first holds before itself too.
    ///   - anchor: where wall-clock time lies on the monotonic clock.
    /// - Returns: nil without points.
    package init?(_ points: [CarbonRecord.Point], in window: Range<Instant>, anchor: ClockAnchor) {
        guard let first = points.first else { return nil }
        var steps: [Step] = []
        var begin = window.lowerBound
        var intensity = first.intensity
        for point in points.dropFirst() {
            // To the nanosecond: no part may be lost between two steps.
            let offset = (point.unixSeconds - anchor.unixSeconds) * 1e9
            guard offset.magnitude < 9e18 else { continue }
            let instant = Instant(nanoseconds: anchor.monotonic.nanoseconds + Int64(offset.rounded()))
            if instant >= window.upperBound { break }
            if instant > begin, intensity != point.intensity {
                steps.append(Step(window: begin..<instant, intensity: intensity))
                begin = instant
            }
            intensity = point.intensity
        }
        steps.append(Step(window: begin..<window.upperBound, intensity: intensity))
        self.steps = steps
    }

    package var isConstant: Bool { steps.count == 1 }

    /// Weighted by time.
    package var mean: CarbonIntensity {
        let seconds = steps.map { $0.window.duration.seconds }
        let total = seconds.reduce(0, +)
        guard total > 0 else { return steps[0].intensity }
        return zip(steps, seconds).map { $0.intensity * ($1 / total) }.sum()
    }
}

/// From energy to carbon, water and money.
package enum CarbonFormula {
    /// `CO2e = Σ E · PUE · CI`, slice by slice.
    package static func emissions(_ slices: [(energy: Joules, intensity: CarbonIntensity)], pue: Double) -> CarbonMass {
        slices.map { $0.energy * $0.intensity }.sum() * pue
    }

    /// `E · (WUE on site + PUE · WUE of the grid)`; without one of the two, what the other says.
    ///
    /// - Parameters:
    ///   - site: litres for each kWh of the machines.
    ///   - grid: litres for each kWh that is made.
    /// - Returns: nil when neither is known.
    package static func water(_ energy: Joules, site: Double?, grid: Double?, pue: Double) -> Litres? {
        let parts = [site, grid.map { $0 * pue }].compactMap(\.self)
        return parts.isEmpty ? nil : Litres(energy.kilowattHours * parts.reduce(0, +))
    }

    /// What of the devices' making falls to a time of use: `Δt / lifetime · Σ kgCO2e`.
    package static func embodied(_ total: CarbonMass, used: Duration, lifetimeSeconds: Double) -> CarbonMass {
        total * (used.seconds / lifetimeSeconds)
    }

    /// Software Carbon Intensity: `(E·I + M)/R` (ISO/IEC 21031:2024).
    package static func score(operational: CarbonMass, embodied: CarbonMass, units: Double) -> CarbonMass {
        (operational + embodied) / units
    }
}
