import JouleModel

/// What a server tells about itself, in the manner of its dialect.
struct Pages {
    let settings: Settings
    let rates: Rates
    let books: Books

    func document(for request: IncomingRequest) -> Document {
        guard let methods = methods(of: request.path) else { return .json(#"{"detail":"Not Found"}"#, status: 404) }
        guard methods == request.method else { return .json(#"{"detail":"Method Not Allowed"}"#, status: 405) }
        if request.method == "POST" { return tokenized(request) }
        switch request.path {
        case "/v1/models": return models
        case "/metrics": return settings.dialect == .trtllm ? iterationMetrics : metrics
        case "/prometheus/metrics": return metrics
        case "/energy_metrics": return energy
        default: return .json(facts(request.path) ?? "")
        }
    }

    private func methods(of path: String) -> String? {
        switch path {
        case "/v1/models": return "GET"
        case "/v1/chat/completions", "/v1/completions": return "POST"
        case "/tokenize":
            return switch settings.dialect {
            case .vllm, .sglang, .llamacpp, .tgi: "POST"
            case .openai, .ollama, .trtllm: nil
            }
        case "/metrics":
            return switch settings.dialect {
            case .vllm, .sglang, .llamacpp, .tgi, .trtllm: "GET"
            case .openai, .ollama: nil
            }
        case "/prometheus/metrics", "/energy_metrics": return settings.dialect == .trtllm ? "GET" : nil
        default: return facts(path) == nil ? nil : "GET"
        }
    }

    /// Pages that say something about the server; nil where this dialect has no such page.
    private func facts(_ path: String) -> String? {
        let model = quoted(settings.model)
        return switch (settings.dialect, path) {
        case (.vllm, "/health"), (.sglang, "/health"), (.tgi, "/health"), (.trtllm, "/health"): ""
        case (.llamacpp, "/health"): #"{"status":"ok"}"#
        case (.vllm, "/version"), (.trtllm, "/version"): #"{"version":"0.0.0+stub"}"#
        case (.sglang, "/get_server_info"), (.sglang, "/server_info"):
            #"{"version":"0.0.0+stub","model_path":\#(model),"served_model_name":\#(model),"context_length":\#(settings.contextLength),"#
                + #""max_running_requests":\#(rates.maxConcurrent.map(String.init) ?? "null"),"tp_size":1}"#
        case (.sglang, "/get_model_info"): #"{"model_path":\#(model),"is_generation":true}"#
        case (.llamacpp, "/props"):
            #"{"default_generation_settings":{"n_ctx":\#(settings.contextLength)},"total_slots":\#(rates.maxConcurrent ?? 1),"#
                + #""model_path":\#(model),"chat_template":"","build_info":"stub"}"#
        case (.tgi, "/info"):
            #"{"model_id":\#(model),"model_sha":null,"model_dtype":"float16","max_concurrent_requests":\#(rates.maxConcurrent ?? 128),"#
                + #""max_input_tokens":\#(settings.contextLength - 1),"max_total_tokens":\#(settings.contextLength),"version":"0.0.0+stub"}"#
        case (.ollama, "/api/version"): #"{"version":"0.0.0-stub"}"#
        case (.ollama, "/api/tags"): #"{"models":[{"name":\#(model),"model":\#(model),"size":0}]}"#
        case (.ollama, "/"): "Ollama is running"
        default: nil
        }
    }

    private var models: Document {
        let owner = settings.dialect.rawValue
        let length = settings.dialect == .vllm || settings.dialect == .sglang ? ",\"max_model_len\":\(settings.contextLength)" : ""
        let created = Int(books.started)
        return .json(
            #"{"object":"list","data":[{"id":\#(quoted(settings.model)),"object":"model","created":\#(created),"owned_by":"\#(owner)"\#(length)}]}"#
        )
    }

    /// Token numbers of the words, counted from 0.
    private func tokenized(_ request: IncomingRequest) -> Document {
        guard request.path == "/tokenize" else { return .json(#"{"detail":"Not Found"}"#, status: 404) }
        guard let body = TokenizeRequest(request.body) else {
            return .error(400, "one of prompt, messages, content and inputs is needed", style: settings.dialect.errorStyle)
        }
        // llama.cpp leaves it out unless asked, the others put it there.
        let addsSpecial = body.addsSpecial ?? (settings.dialect != .llamacpp)
        let count = settings.tokenizer.count(body.text) + (addsSpecial ? settings.tokenizer.special : 0)
        let numbers = (0..<count).map(String.init).joined(separator: ",")
        return switch settings.dialect {
        case .llamacpp: .json("{\"tokens\":[\(numbers)]}")
        case .tgi:
            .json("[" + (0..<count).map { #"{"id":\#($0),"text":"","start":0,"stop":0}"# }.joined(separator: ",") + "]")
        case .vllm, .openai, .sglang, .ollama, .trtllm:
            .json(#"{"count":\#(count),"max_model_len":\#(settings.contextLength),"tokens":[\#(numbers)],"token_strs":null}"#)
        }
    }

    // MARK: Metrics

    private var metrics: Document {
        var metrics = MetricsText()
        switch settings.dialect {
        case .vllm: appendVLLM(to: &metrics)
        case .sglang: appendSGLang(to: &metrics)
        case .llamacpp: appendLlama(to: &metrics)
        case .tgi: appendTGI(to: &metrics)
        case .trtllm:
            metrics.counter("trtllm_request_success_total", "\(books.sum(\.finished))")
            metrics.counter("trtllm_generation_tokens_total", "\(books.sum(\.generatedTokens))")
        case .openai, .ollama: break
        }
        return Document(contentType: "text/plain; version=0.0.4; charset=utf-8", text: metrics.text)
    }

    private func appendVLLM(to metrics: inout MetricsText) {
        func family(_ name: String, _ kind: String, labels: String = "", _ value: (Books.Engine) -> String) {
            metrics.family(
                "vllm:" + name, kind,
                books.engines.enumerated().map { index, engine in
                    ("{engine=\"\(index)\",model_name=\(quoted(settings.model))\(labels)}", value(engine))
                })
        }
        // Blocks are not modelled: a request at work takes an equal share of what the server can hold.
        let capacity = Double(rates.maxConcurrent ?? 1_000)
        family("num_requests_running", "gauge") { "\($0.running)" }
        family("num_requests_waiting", "gauge") { "\($0.waiting)" }
        family("kv_cache_usage_perc", "gauge") { "\(min(1, Double($0.running) / capacity))" }
        family("num_preemptions_total", "counter") { _ in "0.0" }
        family("prompt_tokens_total", "counter") { "\($0.promptTokens)" }
        family("prompt_tokens_cached_total", "counter") { _ in "0.0" }
        family("generation_tokens_total", "counter") { "\($0.generatedTokens)" }
        family("request_success_total", "counter", labels: ",finished_reason=\"stop\"") { "\($0.finished)" }
        for (name, time) in [
            ("request_prefill_time_seconds", \Books.Engine.prefill), ("request_decode_time_seconds", \.decode),
            ("time_to_first_token_seconds", \.timeToFirstToken),
        ] {
            metrics.histogram(
                "vllm:" + name,
                books.engines.enumerated().map { index, engine in
                    let labels = "engine=\"\(index)\",model_name=\(quoted(settings.model))"
                    return (labels, seconds(engine[keyPath: time]), engine.finished + engine.broken)
                })
        }
        metrics.gauge("process_start_time_seconds", "\(books.started)")
    }

    private func appendSGLang(to metrics: inout MetricsText) {
        let labels = "{model_name=\(quoted(settings.model))}"
        metrics.family("sglang:num_running_reqs", "gauge", [(labels, "\(books.sum(\.running))")])
        metrics.family("sglang:num_queue_reqs", "gauge", [(labels, "\(books.sum(\.waiting))")])
        metrics.family("sglang:token_usage", "gauge", [(labels, "0.0")])
        metrics.family("sglang:prompt_tokens_total", "counter", [(labels, "\(books.sum(\.promptTokens))")])
        metrics.family("sglang:cached_tokens_total", "counter", [(labels, "0")])
        metrics.family("sglang:generation_tokens_total", "counter", [(labels, "\(books.sum(\.generatedTokens))")])
        metrics.gauge("process_start_time_seconds", "\(books.started)")
    }

    private func appendLlama(to metrics: inout MetricsText) {
        metrics.counter("llamacpp:prompt_tokens_total", "\(books.sum(\.promptTokens))")
        metrics.counter("llamacpp:prompt_seconds_total", seconds(books.sum(\.prefill)))
        metrics.counter("llamacpp:tokens_predicted_total", "\(books.sum(\.generatedTokens))")
        metrics.counter("llamacpp:tokens_predicted_seconds_total", seconds(books.sum(\.decode)))
        metrics.gauge("llamacpp:requests_processing", "\(books.sum(\.running))")
        metrics.gauge("llamacpp:requests_deferred", "\(books.sum(\.waiting))")
    }

    private func appendTGI(to metrics: inout MetricsText) {
        metrics.gauge("tgi_batch_current_size", "\(books.sum(\.running))")
        metrics.gauge("tgi_queue_size", "\(books.sum(\.waiting))")
        metrics.counter("tgi_request_count", "\(books.sum(\.finished) + books.sum(\.broken))")
        metrics.counter("tgi_request_success", "\(books.sum(\.finished))")
        metrics.counter("tgi_request_input_length_sum", "\(books.sum(\.promptTokens))")
        metrics.counter("tgi_request_generated_tokens_sum", "\(books.sum(\.generatedTokens))")
    }

    private var iterationMetrics: Document {
        .json(
            #"[{"iter":\#(books.sum(\.generatedTokens)),"numActiveRequests":\#(books.sum(\.running)),"numQueuedRequests":\#(books.sum(\.waiting))}]"#
        )
    }

    /// A server whose accelerator takes one joule a token.
    private var energy: Document { .json(#"{"total_energy_j":\#(books.sum(\.generatedTokens)).0,"query_time":\#(books.started)}"#) }
}
