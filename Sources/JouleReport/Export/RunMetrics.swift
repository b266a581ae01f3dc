import JouleModel
import JouleUnits

/// Every number of a run's summary under a name of its own, for services that keep numbers by name.
///
/// A name says the quantity, the unit, and the scope where there are several: `energy_joules_gpu`. Half the 95 % interval has the same name
/// and `_plus_minus`. What could not be had is left out.
package enum RunMetrics {
    package struct Metric: Hashable, Sendable {
        package let name: String
        package let value: Double
    }

    package static func all(of summary: Summary) -> [Metric] {
        var list = List()
        list.add("window_duration_seconds", summary.windowDurationSeconds)
        requests(summary.requests, into: &list)
        for key in FigureNames.ordered(figures: summary.figures.keys) { list.add(FigureNames.column(of: key), summary.figures[key]) }
        for energy in summary.energies { scope(energy, into: &list) }
        for key in FigureNames.ordered(latencies: summary.latencies.keys) {
            list.add(key, summary.latencies[key], unit: "seconds")
        }
        if let serving = summary.serving { self.serving(serving, into: &list) }
        if let attribution = summary.attribution { self.attribution(attribution, into: &list) }
        if let carbon = summary.carbon { self.carbon(carbon, into: &list) }
        if let compute = summary.compute { self.compute(compute, into: &list) }
        for phase in summary.phases {
            let name = "phase_\(phase.phase.rawValue)"
            list.add("\(name)_duration_seconds", phase.durationSeconds)
            list.add("\(name)_energy_joules", phase.energy)
            list.add("\(name)_mean_power_watts", phase.meanPower)
        }
        for gpu in summary.gpus { device(gpu, into: &list) }
        for (key, value) in summary.ownCost.sorted(by: { $0.key < $1.key }) { list.add("own_cost_\(key)", value) }
        return list.metrics
    }

    /// Metrics in the order of their adding; a name that is there already keeps its first value.
    private struct List {
        private(set) var metrics: [Metric] = []
        private var names: Set<String> = []

        mutating func add(_ name: String, _ value: Double?) {
            guard let value, value.isFinite, names.insert(name).inserted else { return }
            metrics.append(Metric(name: name, value: value))
        }

        mutating func add(_ name: String, _ value: Int?) { add(name, value.map(Double.init)) }

        mutating func add(_ name: String, _ figure: Figure?) {
            guard let figure, let value = figure.value else { return }
            let name = figure.unit == "%" && !name.hasSuffix("_percent") ? name + "_percent" : name
            add(name, value)
            add("\(name)_plus_minus", figure.plusMinus)
        }

        mutating func add(_ name: String, _ distribution: Summary.Distribution?, unit: String) {
            guard let distribution, distribution.count > 0 else { return }
            add("\(name)_count", distribution.count)
            let parts: [(String, Double?)] = [
                ("mean", distribution.mean), ("standard_deviation", distribution.standardDeviation), ("min", distribution.minimum),
                ("p50", distribution.p50), ("p90", distribution.p90), ("p95", distribution.p95), ("p99", distribution.p99),
                ("max", distribution.maximum),
            ]
            for (part, value) in parts { add("\(name)_\(part)_\(unit)", value) }
        }
    }

    private static func requests(_ requests: Summary.Requests, into list: inout List) {
        list.add("requests_planned", requests.planned)
        list.add("requests_completed", requests.completed)
        list.add("requests_failed", requests.failed)
        list.add("input_tokens", requests.inputTokens)
        list.add("cached_input_tokens", requests.cachedInputTokens)
        list.add("output_tokens", requests.outputTokens)
        list.add("reasoning_tokens", requests.reasoningTokens)
        list.add("wasted_tokens", requests.wastedTokens)
    }

    private static func scope(_ energy: Summary.ScopeEnergy, into list: inout List) {
        let scope = energy.scope.rawValue
        list.add("energy_joules_\(scope)", energy.gross)
        list.add("net_over_idle_host_joules_\(scope)", energy.netOverIdleHost)
        list.add("net_over_idle_loaded_joules_\(scope)", energy.netOverIdleLoaded)
        list.add("net_over_idle_after_joules_\(scope)", energy.netOverIdleAfter)
        list.add("mean_power_watts_\(scope)", energy.meanPower)
        list.add("peak_power_watts_\(scope)", energy.peakPower)
        list.add("idle_host_power_watts_\(scope)", energy.idleHostPower)
        list.add("idle_loaded_power_watts_\(scope)", energy.idleLoadedPower)
        list.add("idle_after_power_watts_\(scope)", energy.idleAfterPower)
    }

    private static func serving(_ serving: Summary.Serving, into list: inout List) {
        list.add("load_achieved_rate_per_second", serving.load.achievedRate)
        list.add("load_mean_in_flight", serving.load.meanInFlight)
        list.add("crossing_requests", serving.crossing)
        list.add("goodput_requests", serving.goodput?.good)
        list.add("goodput_undefined_requests", serving.goodput?.undefined)
        list.add("goodput_requests_per_second", serving.goodput?.requestsPerSecond)
        list.add("goodput_requests_per_joule", serving.goodput?.requestsPerJoule)
        for (key, distribution) in serving.censoredLatencies.sorted(by: { $0.key < $1.key }) {
            list.add("censored_\(key)", distribution, unit: "seconds")
        }
        list.add("client_lateness", serving.client.lateness, unit: "seconds")
        list.add("client_loop_lag_p99_seconds", serving.client.report?.loopLagP99)
        list.add("client_cpu_seconds", serving.client.report?.cpuSeconds)
        list.add("server_mean_running", serving.server?.meanRunning)
        list.add("server_mean_waiting", serving.server?.meanWaiting)
        list.add("server_peak_cache_usage", serving.server?.peakCacheUsage)
        list.add("server_preemptions", serving.server?.preemptions)
        list.add("server_reported_energy_joules", serving.serverEnergy?.energy)
        list.add("server_reported_joules_per_request", serving.serverEnergy?.perRequest)
        list.add("server_reported_joules_per_output_token", serving.serverEnergy?.perOutputToken)
    }

    private static func attribution(_ attribution: Summary.Attribution, into list: inout List) {
        for (name, figure) in [
            ("gross", attribution.gross), ("requests", attribution.requests), ("unattributed", attribution.unattributed),
            ("prefill", attribution.prefill), ("decode", attribution.decode), ("reasoning", attribution.reasoning),
            ("answer", attribution.answer), ("wasted", attribution.wasted),
        ] { list.add("attribution_\(name)_joules", figure) }
        list.add("attribution_per_request", attribution.perRequest, unit: "joules")
    }

    private static func carbon(_ carbon: Summary.Carbon, into list: inout List) {
        list.add("carbon_intensity_grams_co2e_per_kwh", carbon.intensity)
        let currency = carbon.record.price?.currency.lowercased() ?? "currency"
        for row in carbon.rows {
            let scope = row.scope.rawValue
            list.add("facility_energy_joules_\(scope)", row.facilityEnergy)
            list.add("it_energy_joules_\(scope)", row.itEnergy)
            list.add("grams_co2e_\(scope)", row.emissions)
            list.add("grams_co2e_per_request_\(scope)", row.perRequest)
            list.add("grams_co2e_per_1000_output_tokens_\(scope)", row.perThousandOutputTokens)
            list.add("water_litres_\(scope)", row.water)
            list.add("cost_\(currency)_\(scope)", row.cost)
            list.add("cost_\(currency)_per_1000_requests_\(scope)", row.costPerThousandRequests)
        }
        list.add("embodied_grams_co2e", carbon.embodied)
        for score in carbon.scores {
            let unit = String(score.functionalUnit.lowercased().filter { $0 != "," }.map { $0.isLetter || $0.isNumber ? $0 : "_" })
            list.add("sci_grams_co2e_per_\(unit)", score.score)
        }
    }

    private static func compute(_ compute: Summary.Compute, into list: inout List) {
        list.add("compute_flops_total", compute.flops)
        list.add("compute_flops_per_second", compute.flopsPerSecond)
        list.add("compute_flops_per_token", compute.flopsPerToken)
        list.add("compute_flops_per_joule", compute.flopsPerJoule)
        list.add("compute_mfu_percent", compute.utilization)
        list.add("compute_bandwidth_utilization_percent", compute.bandwidthUtilization)
    }

    private static func device(_ gpu: Summary.GPUStatistics, into list: inout List) {
        let name = "gpu_" + (gpu.host.map { "\($0)_" } ?? "") + "\(gpu.index)_"
        list.add(name + "power_watts", gpu.powerWatts)
        list.add(name + "utilization_percent", gpu.utilizationPercent)
        list.add(name + "memory_used_mebibytes", gpu.memoryUsedMebibytes)
        list.add(name + "temperature_celsius", gpu.temperatureCelsius)
        list.add(name + "sm_clock_mhz", gpu.smClockMHz)
        list.add(name + "memory_clock_mhz", gpu.memoryClockMHz)
        list.add(name + "power_limit_watts", gpu.powerLimitWatts)
    }
}
