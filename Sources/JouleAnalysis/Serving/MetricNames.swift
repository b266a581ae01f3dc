import JouleModel

/// What a server calls the numbers on its metrics page; of several names the first that a page has.
struct MetricNames {
    var running: [String] = []
    var waiting: [String] = []
    /// From 0 to 1.
    var cacheUsage: [String] = []
    var promptTokens: [String] = []
    /// Whether `promptTokens` leaves out what came from the prefix cache.
    var promptTokensAreUncached = false
    var cachedTokens: [String] = []
    var outputTokens: [String] = []
    /// Summed over requests, in seconds.
    var prefillSeconds: [String] = []
    var decodeSeconds: [String] = []
    var preemptions: [String] = []

    /// What tells a restart.
    static let processStart = "process_start_time_seconds"

    static let vllm = MetricNames(
        running: ["vllm:num_requests_running"], waiting: ["vllm:num_requests_waiting"],
        cacheUsage: ["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"], promptTokens: ["vllm:prompt_tokens_total"],
        cachedTokens: ["vllm:prompt_tokens_cached_total", "vllm:prefix_cache_hits_total"], outputTokens: ["vllm:generation_tokens_total"],
        prefillSeconds: ["vllm:request_prefill_time_seconds_sum"], decodeSeconds: ["vllm:request_decode_time_seconds_sum"],
        preemptions: ["vllm:num_preemptions_total"])

    static let sglang = MetricNames(
        running: ["sglang:num_running_reqs"], waiting: ["sglang:num_queue_reqs"], cacheUsage: ["sglang:token_usage"],
        promptTokens: ["sglang:prompt_tokens_total"], cachedTokens: ["sglang:cached_tokens_total"],
        outputTokens: ["sglang:generation_tokens_total"])

    static let llamacpp = MetricNames(
        running: ["llamacpp:requests_processing"], waiting: ["llamacpp:requests_deferred"], cacheUsage: ["llamacpp:kv_cache_usage_ratio"],
        promptTokens: ["llamacpp:prompt_tokens_total"], promptTokensAreUncached: true, outputTokens: ["llamacpp:tokens_predicted_total"],
        prefillSeconds: ["llamacpp:prompt_seconds_total"], decodeSeconds: ["llamacpp:tokens_predicted_seconds_total"])

    static let tgi = MetricNames(
        running: ["tgi_batch_current_size"], waiting: ["tgi_queue_size"], promptTokens: ["tgi_request_input_length_sum"],
        outputTokens: ["tgi_request_generated_tokens_sum"])

    /// By what the page says, not by the dialect that was asked for: a gateway may stand before another server. Nil for a page of
    /// none of these.
    static func of(_ metrics: ServerMetrics) -> MetricNames? {
        guard let keys = metrics.scrapes.first(where: { $0.failure == nil && !$0.values.isEmpty })?.values.keys else { return nil }
        if keys.contains(where: { $0.hasPrefix("vllm:") }) { return vllm }
        if keys.contains(where: { $0.hasPrefix("sglang:") }) { return sglang }
        if keys.contains(where: { $0.hasPrefix("llamacpp:") }) { return llamacpp }
        if keys.contains(where: { $0.hasPrefix("tgi_") }) { return tgi }
        return nil
    }
}
