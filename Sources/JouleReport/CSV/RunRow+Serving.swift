import JouleModel

extension RunRow {
    /// Columns of runs against servers; every run has them, so that rows of all kinds line up.
    static func serving(_ summary: Summary?, into row: inout CSVRow) {
        let serving = summary?.serving
        row.add("window_verdict", summary?.windowVerdict.rawValue)
        row.add("load_arrival", serving?.load.arrival)
        row.add("load_concurrency", serving?.load.concurrency)
        row.add("load_rate_per_second", serving?.load.rate)
        row.add("load_burstiness", serving?.load.burstiness)
        row.add("load_achieved_rate_per_second", serving?.load.achievedRate)
        row.add("load_mean_in_flight", serving?.load.meanInFlight)
        row.add("outcomes", counts(summary?.requests.outcomes))
        row.add("finish_reasons", counts(serving?.finishReasons))
        row.add("anomalies", counts(serving?.anomalies))
        row.add("crossing_requests", serving?.crossing)
        row.add("cached_input_tokens", summary?.requests.cachedInputTokens)
        row.add("reasoning_tokens", summary?.requests.reasoningTokens)
        row.add("goodput_requests", serving?.goodput?.good)
        row.add("goodput_undefined_requests", serving?.goodput?.undefined)
        for (key, name) in [("time_to_first_token", "time_to_first_token"), ("service_latency", "service_latency")] {
            // Missing for want of such requests, or because so many failed that the quantile is infinite: a table has no word for that.
            let distribution = serving?.censoredLatencies[key]
            row.add("censored_\(name)_p50_seconds", distribution?.p50)
            row.add("censored_\(name)_p99_seconds", distribution?.p99)
        }
        attribution(summary?.attribution, into: &row)
        row.add("client_is_limiting", serving.map { $0.client.isLimiting ? "true" : "false" })
        row.add("client_lateness_p50_seconds", serving?.client.lateness.p50)
        row.add("client_lateness_p99_seconds", serving?.client.lateness.p99)
        row.add("client_loop_lag_p99_seconds", serving?.client.report?.loopLagP99)
        row.add("client_cpu_seconds", serving?.client.report?.cpuSeconds)
        row.add("server_mean_running", serving?.server?.meanRunning)
        row.add("server_mean_waiting", serving?.server?.meanWaiting)
        row.add("server_peak_cache_usage", serving?.server?.peakCacheUsage)
        row.add("server_preemptions", serving?.server?.preemptions)
    }

    private static func attribution(_ attribution: Summary.Attribution?, into row: inout CSVRow) {
        row.add("attribution_method", attribution?.method)
        row.add("attribution_alpha_joules", attribution?.alpha)
        row.add("attribution_beta_joules", attribution?.beta)
        row.add("attribution_origin", attribution?.origin)
        for (name, figure) in [
            ("prefill", attribution?.prefill), ("decode", attribution?.decode), ("reasoning", attribution?.reasoning),
            ("answer", attribution?.answer), ("unattributed", attribution?.unattributed), ("wasted", attribution?.wasted),
        ] { row.add("\(name)_joules", figure?.value) }
        row.add("joules_per_request_p50", attribution?.perRequest.p50)
        row.add("joules_per_request_p99", attribution?.perRequest.p99)
    }

    /// `rejected:7,timeout_idle:1`.
    private static func counts(_ counts: [String: Int]?) -> String? {
        CSVRow.list(ServingText.ordered(counts ?? [:]).map { "\($0.name):\($0.count)" })
    }
}
