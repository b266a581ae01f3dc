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
    /// The folder of the `emissions.csv` that the `codecarbon` reporter writes; nil for that of the results.
    package var outputDirectory: String?
    package var countryISOCode: String?
    package var region: String?

    package init() {}
}

/// A meter family a user may name, with its options.
package struct MeterSelector: Hashable, Sendable {
    package enum Family: String, Sendable, Hashable, CaseIterable {
        case nvml, nvidiaSMI = "nvidia-smi", amd, rapl, hwmon, jetson, powermetrics, ipmi, cray = "pm_counters"
        case dcgm, prometheus, plug, zeusd, energyMetrics = "energy_metrics", agent, csv, model, none
    }

    /// The firmware of a smart plug, which says how it is asked.
    package enum PlugKind: String, Sendable, Hashable, CaseIterable { case shelly, tasmota }

    package var family: Family
    /// Sensor gain that replaces the meter's own: half the 95 % interval, as a fraction.
    package var gain: Double?
    /// The log of a `csv` meter.
    package var file: String?
    /// The page that is read: of `prometheus`, `dcgm`, `plug`, `zeusd`, `energy_metrics`; the endpoint of an `agent`.
    package var url: String?
    /// The name of a `prometheus` metric, and the labels that its series must have; without a name, every well-known one.
    package var metric: String?
    package var labels: [String: String] = [:]
    /// Its unit: `J`, `mJ`, `uJ`, `kJ`, `Wmin`, `Wh`, `kWh` for a counter, `W`, `mW`, `uW`, `kW` for a gauge; nil reads it off the name.
    package var unit: String?
    /// What it covers.
    package var scope: Scope?
    package var plug: PlugKind?
    /// The environment variable that holds the token of an `agent`.
    package var tokenVariable: String?

    package init(_ family: Family, gain: Double? = nil, file: String? = nil) {
        self.family = family
        self.gain = gain
        self.file = file
    }
}
