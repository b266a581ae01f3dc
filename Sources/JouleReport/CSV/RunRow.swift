import JouleModel
import JouleUnits

/// One run as one row of the results table: the older runner's columns in its order, then what we know beyond them, then the time.
///
/// Values carry all their digits, since a table is read by programs; what is missing is `NA`, never zero.
package enum RunRow {
    package static let missing = "NA"

    /// Names and values in the order in which a new file has them. `swept` holds the values of the sweep that this run belongs to.
    package static func columns(
        for summary: Summary, recording: Recording, swept: [(String, String)] = []
    ) -> [(String, String)] {
        var row = CSVRow()
        configuration(recording.experiment, into: &row)
        outcome(summary, into: &row)
        energy(summary, recording.experiment, into: &row)
        row.add("metrics_metadata_name", "joulebench")
        row.add("metrics_metadata_version", recording.environment.joulebench)
        let capabilities = recording.environment.meters.map { "\($0.meter):\($0.scope.rawValue)" }
        row.add("metrics_metadata_capabilities", CSVRow.list(capabilities.firstOfEach))
        for gpu in summary.gpus { self.gpu(gpu, into: &row) }
        backend(recording, into: &row)
        for (name, value) in swept { row.add(name, value) }
        further(summary, recording: recording, into: &row)
        row.add("timestamp", summary.startedAt)
        return row.columns
    }

    private static func configuration(_ experiment: Experiment, into row: inout CSVRow) {
        row.add("config_name", experiment.name)
        row.add("config_backend", experiment.backend.kind.rawValue)
        row.add("config_model", experiment.backend.model)
        row.add("config_dataset", experiment.scenario.datasetName)
        row.add("config_num_samples", experiment.scenario.sampleCount)
        row.add("config_device_ids", CSVRow.list(experiment.backend.deviceIDs?.map(\.description) ?? []))
    }

    private static func outcome(_ summary: Summary, into row: inout CSVRow) {
        let requests = summary.requests
        row.add("summary_total_prompts", requests.planned)
        row.add("summary_successful_prompts", requests.completed)
        row.add("summary_failed_prompts", requests.failed)
        row.add("summary_total_duration_seconds", summary.windowDurationSeconds)
        // The older runner timed from sending, without the time a prompt waited for its turn.
        row.add("summary_avg_latency_seconds", summary.latencies["service_latency"]?.mean)
        row.add("summary_avg_time_to_first_token", summary.latencies["time_to_first_token"]?.mean)
        row.add("summary_total_tokens", requests.inputTokens + requests.outputTokens)
        row.add("summary_total_prompt_tokens", requests.inputTokens)
        row.add("summary_total_completion_tokens", requests.outputTokens)
        row.add("summary_throughput_tokens_per_second", summary.figures["total_tokens_per_second"]?.value)
    }

    private static func energy(_ summary: Summary, _ experiment: Experiment, into row: inout CSVRow) {
        func gross(_ scopes: Scope...) -> Joules? {
            // Only joules may enter a column of kWh; a figure in another unit would be a fault upstream.
            scopes.lazy.compactMap { summary.energy(of: $0)?.gross }.first { $0.value != nil && $0.unit == Joules.symbol }?.value.map(
                Joules.init)
        }
        let gpu = gross(.gpu)
        for (name, energy) in [
            ("gpu_", gpu), ("cpu_", gross(.package, .cpu)), ("ram_", gross(.dram)), ("total_", gross(summary.totalScope)), ("", gpu),
        ] {
            row.add("energy_\(name)energy_kwh", energy?.kilowattHours)
            row.add("energy_\(name)energy_wh", energy?.wattHours)
        }
        emissions(summary, into: &row)
        row.add("energy_duration_seconds", summary.windowDurationSeconds)
        place(summary, experiment, into: &row)
        row.add("energy_error", summary.headlineEnergy?.gross.value == nil ? summary.energyReason : nil)
    }

    private static func gpu(_ gpu: Summary.GPUStatistics, into row: inout CSVRow) {
        let prefix = "gpu_stats_gpu_\(gpu.index)_"
        row.add(prefix + "utilization_percent", gpu.utilizationPercent)
        row.add(prefix + "memory_used_mb", gpu.memoryUsedMebibytes)
        row.add(prefix + "memory_total_mb", gpu.memoryTotalMebibytes)
        row.add(prefix + "memory_percent", gpu.memoryPercent)
        row.add(prefix + "temperature_c", gpu.temperatureCelsius)
        row.add(prefix + "power_draw_w", gpu.powerWatts)
    }

    private static func backend(_ recording: Recording, into row: inout CSVRow) {
        let backend = recording.experiment.backend
        let process = recording.process
        row.add("backend_info_type", backend.kind.rawValue)
        row.add("backend_info_model", backend.model)
        row.add("backend_info_model_class", process?.modelClass)
        row.add("backend_info_model_revision", process?.modelRevision ?? backend.revision)
        row.add("backend_info_parameters", process?.parameters.map { "\($0)" })
        row.add("backend_info_context_length", process?.contextLength)
        row.add("backend_info_dtype", process?.dtype)
        row.add("backend_info_quantization", backend.quantization.map { "int\($0.bits)" })
        row.add("backend_info_device", backend.device)
        row.add("backend_info_devices", CSVRow.list(process?.devices ?? []))
        for name in ["python", "torch", "transformers"] {
            row.add("backend_info_\(name)_version", recording.environment.versions[name])
        }
    }

    private static func further(_ summary: Summary, recording: Recording, into row: inout CSVRow) {
        row.add("run_id", summary.runID)
        row.add("status", summary.status.rawValue)
        row.add("status_reason", summary.statusReason)
        row.add("window_kind", summary.windowKind)
        row.add("window_duration_seconds", summary.windowDurationSeconds)
        row.add("headline_scope", summary.headlineScope.rawValue)
        let gross = summary.headlineEnergy?.gross
        row.add("energy_method", gross.map(FigureFormat.method) ?? EnergyMethod.unavailable.rawValue)
        row.add("energy_joules", gross?.value)
        row.add("energy_plus_minus_joules", gross?.value == nil ? nil : gross?.plusMinus)
        row.add("net_over_idle_host_joules", summary.headlineEnergy?.netOverIdleHost.value)
        row.add("net_over_idle_loaded_joules", summary.headlineEnergy?.netOverIdleLoaded.value)
        // Every run has the known figures as columns, so that rows of different runs line up.
        for key in FigureNames.knownFigures { figure(key, of: summary, into: &row) }
        for key in FigureNames.knownLatencies { latency(key, of: summary, into: &row) }
        row.add("wasted_tokens", summary.requests.wastedTokens)
        row.add("batch_size", recording.experiment.scenario.batchSize)
        row.add("seed", "\(recording.experiment.seed)")
        row.add("flags", CSVRow.list(summary.flags.map(\.flag.rawValue).firstOfEach))
        // What came later stands behind what older tables have.
        serving(summary, into: &row)
        carbon(summary, into: &row)
        let latencies = Set(FigureNames.furtherKnownLatencies).union(summary.latencies.keys).subtracting(FigureNames.knownLatencies)
        for key in FigureNames.ordered(latencies: latencies) { latency(key, of: summary, into: &row) }
        let figures = Set(FigureNames.furtherKnownFigures).union(summary.figures.keys).subtracting(FigureNames.knownFigures)
        for key in FigureNames.ordered(figures: figures) { figure(key, of: summary, into: &row) }
        compute(summary, into: &row)
    }
}

extension RunRow {
    private static func figure(_ key: String, of summary: Summary, into row: inout CSVRow) {
        let figure = summary.figures[key]
        let column = FigureNames.column(of: key)
        row.add(column, figure?.value)
        row.add("\(column)_plus_minus", figure?.value == nil ? nil : figure?.plusMinus)
    }

    private static func latency(_ key: String, of summary: Summary, into row: inout CSVRow) {
        let distribution = summary.latencies[key]
        for (name, value) in [
            ("mean", distribution?.mean), ("p50", distribution?.p50), ("p90", distribution?.p90), ("p95", distribution?.p95),
            ("p99", distribution?.p99),
        ] { row.add("\(key)_\(name)_seconds", value) }
    }
}

extension [String] {
    /// The elements without later repetitions.
    fileprivate var firstOfEach: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
