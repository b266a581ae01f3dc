import JouleModel

/// What the figures and latencies of a summary are called in reports, and in which order they stand.
enum FigureNames {
    private static let figures: [(key: String, label: String)] = [
        ("joules_per_output_token", "energy per output token"),
        ("output_tokens_per_joule", "output tokens per joule"),
        ("joules_per_request", "energy per request"),
        ("watt_hours_per_request", "energy per request, Wh"),
        ("watt_hours_per_1000_requests", "energy per 1,000 requests"),
        ("mean_power", "mean power"),
        ("peak_power", "peak power"),
        ("net_joules_per_output_token", "net energy per output token"),
        ("idle_share", "idle share of the energy"),
        ("joules_per_input_token", "energy per input token"),
        ("joules_per_total_token", "energy per token, input and output"),
        ("joules_per_useful_token", "energy per useful token"),
        ("output_tokens_per_second", "output tokens per second"),
        ("total_tokens_per_second", "all tokens per second"),
        ("requests_per_second", "requests per second"),
        ("cpu_process_share", "share of busy processor time that was the worker’s"),
        ("model_memory", "memory of the model"),
        ("peak_memory", "peak memory"),
    ]

    /// Figures that only runs against servers have, and those that came later; their columns follow the older ones.
    private static let furtherFigures: [(key: String, label: String)] = [
        ("joules_per_answer_token", "energy per answer token"),
        ("prefill_joules_per_input_token", "prefill energy per input token"),
        ("decode_joules_per_output_token", "decode energy per output token"),
        ("goodput", "goodput"),
        ("goodput_per_joule", "goodput per joule"),
        ("client_cpu_energy", "processor energy of the load client, modelled"),
        ("grams_co2e", "carbon"),
        ("grams_co2e_per_request", "carbon per request"),
        ("grams_co2e_per_1000_output_tokens", "carbon per 1,000 output tokens"),
        ("system_joules_per_output_token", "energy per output token, all parts"),
        ("node_joules_per_output_token", "energy per output token, node"),
        ("facility_joules_per_output_token", "energy per output token, facility"),
    ]

    private static let latencies: [(key: String, label: String)] = [
        ("time_to_first_token", "time to first token (TTFT)"),
        ("time_per_output_token", "time per output token (TPOT)"),
        ("inter_token_latency", "inter-token latency (ITL)"),
        ("response_latency", "response, from schedule"),
        ("service_latency", "service, from sending"),
    ]

    private static let furtherLatencies: [(key: String, label: String)] = [
        ("time_to_first_output_token", "time to first answer token"), ("chunk_gap", "gap between chunks"),
    ]

    /// The order of reading: as a request goes.
    private static let latencyOrder = [
        "time_to_first_token", "time_to_first_output_token", "time_per_output_token", "inter_token_latency", "chunk_gap",
        "response_latency", "service_latency",
    ]

    static func label(of key: String) -> String {
        (figures + furtherFigures + latencies + furtherLatencies).first { $0.key == key }?.label
            ?? key.split(separator: "_").joined(separator: " ")
    }

    /// The keys of a summary's figures: the known ones in their order, then the others by name.
    static func ordered(figures keys: some Collection<String>) -> [String] {
        ordered(keys, by: (figures + furtherFigures).map(\.key))
    }

    static func ordered(latencies keys: some Collection<String>) -> [String] { ordered(keys, by: latencyOrder) }

    /// The name of a figure's column in a table: with the unit, where the key does not say it.
    static func column(of key: String) -> String {
        switch key {
        case "mean_power", "peak_power": key + "_watts"
        case "model_memory", "peak_memory": key + "_bytes"
        case "client_cpu_energy": key + "_joules"
        case "goodput": "goodput_requests_per_second"
        case "goodput_per_joule": "goodput_requests_per_joule"
        default: key
        }
    }

    /// The keys every summary of a run is expected to carry; columns of the run table.
    static var knownFigures: [String] { figures.map(\.key) }
    /// What stands beside the headline: the same energy of the whole machine.
    static let perTokenOfWholes = Scope.wholes.map { "\($0.rawValue)_joules_per_output_token" }
    static var furtherKnownFigures: [String] { furtherFigures.map(\.key) }
    static var knownLatencies: [String] { latencies.map(\.key) }
    static var furtherKnownLatencies: [String] { furtherLatencies.map(\.key) }

    private static func ordered(_ keys: some Collection<String>, by order: [String]) -> [String] {
        order.filter { keys.contains($0) } + keys.filter { !order.contains($0) }.sorted()
    }
}
