import JouleKit

/// Asks a backend one prompt, twice: as it is, and asked to think; prints answers with their energy.
///
///     swift run ask configs/quickstart.yaml "Why is the sky blue?"
@main
struct Ask {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let file = arguments.first, let prompt = arguments.last else {
            return print("usage: ask CONFIG PROMPT")
        }
        do {
            let experiment = try Experiment(file: file)
            try await experiment.withBackend { backend in
                for reasoning in [nil, Reasoning(effort: .high)] {
                    let answer = try await backend.ask(prompt, reasoning: reasoning)
                    print("\(reasoning == nil ? "as it is" : "asked to think"): \(answer.error ?? answer.text ?? "no text")")
                    let tokens = [("output", answer.outputTokens), ("reasoning", answer.reasoningTokens)].compactMap { name, count in
                        count.map { "\($0) \(name) tokens" }
                    }.joined(separator: ", ")
                    let joules = answer.energy.joules.map { "\($0) J (\(answer.energy.method))" } ?? answer.energy.reason ?? "no energy"
                    print("  \(tokens); \(answer.latency.map { "\($0) s" } ?? "no latency"); \(joules)")
                }
            }
        } catch {
            print("error: \(error)")
        }
    }
}
