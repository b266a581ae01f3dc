import JouleModel

extension RunRow {
    /// Columns of a run's operations; every run has them.
    static func compute(_ summary: Summary?, into row: inout CSVRow) {
        let compute = summary?.compute
        row.add("compute_flops_total", compute?.flops.value)
        row.add("compute_flops_per_second", compute?.flopsPerSecond.value)
        row.add("compute_flops_per_token", compute?.flopsPerToken.value)
        row.add("compute_flops_per_joule", compute?.flopsPerJoule.value)
        row.add("compute_mfu_percent", compute?.utilization.value)
        row.add("compute_bandwidth_utilization_percent", compute?.bandwidthUtilization.value)
        row.add("compute_flops_method", compute?.method?.rawValue)
        row.add("compute_flops_confidence", compute?.confidence?.rawValue)
        row.add("compute_precision", compute?.precision)
        row.add("compute_active_parameters", compute?.activeParameters.map { "\($0)" })
    }
}
