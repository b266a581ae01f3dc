/// Guesses what somebody meant to write.
enum Spelling {
    /// The number of insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
    ///
    /// Optimal string alignment: F. J. Damerau, "A technique for computer detection and correction of spelling errors",
    /// CACM 7 (1964). O(n·m).
    static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in 0...a.count { rows[i][0] = i }
        for j in 0...b.count { rows[0][j] = j }
        for i in 1...a.count {
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
                }
            }
        }
        return rows[a.count][b.count]
    }

    /// The nearest of the candidates, when it is near enough to be worth saying: a third of the letters may differ. In a word of up to three
    /// letters another letter makes another word (`log` is no slip for `lon`); a missing, a further or a swapped one does not.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        nearest(to: word, among: candidates, within: max(1, word.count / 3))
    }

    private static func nearest(to word: String, among candidates: [String], within limit: Int) -> String? {
        let word = word.lowercased()
        let near = candidates.filter { word.count > 3 || !isReplacement($0.lowercased(), of: word) }
        let ranked = near.map { (candidate: $0, distance: distance(word, $0.lowercased())) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= limit ? best.candidate : nil
    }

    /// Whether two words of equal length hold other letters.
    private static func isReplacement(_ candidate: String, of word: String) -> Bool {
        candidate.count == word.count && candidate.sorted() != word.sorted()
    }

    // MARK: Keys

    /// `did you mean …?` about a key that is not among those that can stand there.
    static func hint(for path: [String], among keys: [[String]]) -> String? {
        let guesses = nearestKeys(to: path, among: keys).map { "`\($0)`" }
        return guesses.isEmpty ? nil : "did you mean \(guesses.joined(separator: " or "))?"
    }

    /// The known keys that a wrong path most likely stands for; more than one where its name has several meanings. First what the word is
    /// called here and a neighbour in the same section, then a key of the same or nearly the same name in another one.
    static func nearestKeys(to path: [String], among keys: [[String]]) -> [String] {
        guard let name = path.last?.lowercased() else { return [] }
        let section = Array(path.dropLast())
        func spelled(_ key: [String]) -> String { key.joined(separator: ".") }

        let all = Set(keys)
        let meant = (synonyms[name] ?? []).map(ConfigurationKey.split).filter(all.contains)
        let meantHere = meant.filter { Array($0.dropLast()) == section && !section.isEmpty }
        if !meantHere.isEmpty { return meantHere.map(spelled) }
        let nextNames = keys.filter { $0.count > section.count && $0.starts(with: section) }.map { $0[section.count] }
        if let guess = nearest(to: name, among: nextNames) { return [spelled(section + [guess])] }
        let elsewhere = keys.first { $0.last == name }
        if elsewhere == nil, !section.isEmpty, let guess = onlyOne(with: name, among: nextNames) { return [spelled(section + [guess])] }
        if !meant.isEmpty { return meant.map(spelled) }
        if let elsewhere { return [spelled(elsewhere)] }
        // Among the names of all sections a nearer one is asked for.
        let lastNames = keys.compactMap(\.last)
        let guess = nearest(to: name, among: lastNames, within: max(1, name.count / 5)) ?? onlyOne(with: name, among: lastNames)
        if let guess, let key = keys.first(where: { $0.last == guess }) { return [spelled(key)] }
        guard !section.isEmpty else { return [] }
        // A slip in the section's name; a long path does not make far keys near.
        return nearest(to: spelled(path), among: keys.map(spelled), within: 2).map { [$0] } ?? []
    }

    /// The only name of which the word is a part between underscores: `samples` of `num_samples`.
    private static func onlyOne(with word: String, among names: [String]) -> String? {
        guard word.count > 3 else { return nil }
        let found = Set(names.filter { "_\($0)_".contains("_\(word)_") })
        return found.count == 1 ? found.first : nil
    }

    /// What other tools call the keys; the first is the likeliest.
    static let synonyms: [String: [String]] = [
        "dtype": ["backend.torch_dtype"], "precision": ["backend.torch_dtype", "backend.quantization"],
        "fp_precision": ["backend.torch_dtype"], "load_in_4bit": ["backend.quantization"], "load_in_8bit": ["backend.quantization"],
        "model_name": ["backend.model"], "model_id": ["backend.model"], "model_path": ["backend.model"],
        "base_url": ["backend.endpoint"], "url": ["backend.endpoint"], "host": ["backend.endpoint"],
        "api_key": ["backend.api_key_env"], "gpus": ["backend.device_ids"], "gpu_ids": ["backend.device_ids"],
        "devices": ["backend.device_ids"], "tensor_parallel_size": ["backend.tensor_parallel"], "tp": ["backend.tensor_parallel"],
        "pipeline_parallel_size": ["backend.pipeline_parallel"], "pp": ["backend.pipeline_parallel"],
        "data_parallel_size": ["backend.processes"], "timeout": ["backend.timeouts.total"],
        "prompts": ["scenario.dataset_name", "scenario.num_samples"], "dataset_path": ["scenario.dataset_name"],
        "num_prompts": ["scenario.num_samples"], "num_input_prompts": ["scenario.num_samples"], "limit": ["scenario.num_samples"],
        "max_tokens": ["scenario.generate_kwargs.max_new_tokens"], "max_output_tokens": ["scenario.generate_kwargs.max_new_tokens"],
        "min_tokens": ["scenario.generate_kwargs.min_new_tokens"], "min_output_tokens": ["scenario.generate_kwargs.min_new_tokens"],
        "input_len": ["scenario.input_length", "scenario.prompt_lengths"],
        "output_len": ["scenario.output_lengths", "scenario.generate_kwargs.max_new_tokens"],
        "qps": ["load.rate"], "rps": ["load.rate"], "query_rate": ["load.rate"], "request_rate": ["load.rate"],
        "users": ["load.concurrency"], "max_concurrency": ["load.concurrency"], "num_requests": ["load.requests", "scenario.num_samples"],
        "interval": ["metrics.sample_period"], "sampling_interval": ["metrics.sample_period"],
        "measure_power_secs": ["metrics.sample_period"], "country": ["metrics.country_iso_code", "carbon.zone"],
        "carbon_intensity": ["carbon.intensity"], "runs": ["repetitions"], "repeats": ["repetitions"], "repeat": ["repetitions"],
        "iterations": ["repetitions"], "results_dir": ["output_dir"],
    ]
}
