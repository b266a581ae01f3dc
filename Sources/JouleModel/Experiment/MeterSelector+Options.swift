extension MeterSelector.Family {
    /// Whether the family must be told where its readings are: a file, an address. The others are found by themselves.
    package var needsOptions: Bool {
        switch self {
        case .csv, .dcgm, .prometheus, .plug, .zeusd, .energyMetrics, .agent: true
        case .nvml, .nvidiaSMI, .amd, .rapl, .hwmon, .jetson, .powermetrics, .ipmi, .cray, .model, .none: false
        }
    }
}
