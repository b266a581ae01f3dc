import JouleUnits

/// Which meters are read, and how.
package struct MetricsSpec: Hashable, Sendable {
    package var enabled = true
    /// Empty means `auto`: whatever the machine has, the best source for each scope.
    package var meters: [MeterSelector] = []
    package var samplePeriod: Duration = .milliseconds(100)
    /// Scopes that must be measured, or the run does not start.
    package var require: [Scope] = []
    package var projectName: String?
    package var countryISOCode: String?
    package var region: String?

    package init() {}
}

/// A meter family a user may name, with its options.
package struct MeterSelector: Hashable, Sendable {
    package enum Family: String, Sendable, Hashable, CaseIterable {
        case nvml, nvidiaSMI = "nvidia-smi", rapl, hwmon, model, csv, none
    }

    package var family: Family
    /// Sensor gain that replaces the meter's own, as a fraction.
    package var gain: Double?
    /// The log of a `csv` meter.
    package var file: String?

    package init(_ family: Family, gain: Double? = nil, file: String? = nil) {
        self.family = family
        self.gain = gain
        self.file = file
    }
}
