import JouleBackends
import JouleModel
import JouleWorkload

/// Gives synthetic prompts exactly their lengths, with the tokenizer of whoever will answer them; before anything is measured.
struct PromptFitting: Sendable {
    /// Of a load whose number of requests is not known so many are counted; those after them are made of the same words.
    static let countedOfEndless = 2_048
    private static let countedOfWarmup = 256

    private let experiment: Experiment
    private let reasoning: ReasoningInstruction?
    private let observer: RunObserver

    init(_ experiment: Experiment, reasoning: ReasoningInstruction?, observer: @escaping RunObserver) {
        self.experiment = experiment
        self.reasoning = reasoning
        self.observer = observer
    }

    /// - Throws: only a cancellation. A server that does not count leaves the plan as it is, and the record says why.
    func fit(
        _ plan: LoadPlan, to target: ServerTarget, post: @escaping ServerTokenizer.Post
    ) async throws -> (LoadPlan, PromptLengthRecord?) {
        guard plan.measure.feed.isSynthetic else { return (plan, nil) }
        // With a template, or with a flag of the model's thinking, there is more in the prompt than the text that has the length.
        let extent: PromptLengthRecord.Extent = target.spec.api == .completions && reasoning == nil ? .prompt : .text
        guard
            let tokenizer = ServerTokenizer(
                dialect: target.dialect, model: target.model, addsSpecial: extent == .prompt, post: post)
        else {
            return (plan, PromptLengthRecord(extent: extent, reason: "servers of the kind \(target.dialect.rawValue) do not count tokens"))
        }
        var record = PromptLengthRecord(countedBy: ServerTokenizer.path, extent: extent)
        do {
            let counter: TokenCounter = { try await tokenizer.counts(of: $0) }
            let vocabulary = try await vocabulary(counter)
            let count = plan.measure.plannedRequests ?? plan.measure.stop.requests ?? Self.countedOfEndless
            let measure = try await fit(plan.measure.feed, vocabulary, count, counter, &record)
            var warmup: PromptFeed?
            if let program = plan.warmup {
                var ignored = record
                let count = min(program.plannedRequests ?? Self.countedOfWarmup, Self.countedOfWarmup)
                warmup = try await fit(program.feed, vocabulary, count, counter, &ignored)
            }
            if target.spec.api == .chat, reasoning == nil {
                let text = measure.request(number: 0).text
                if let own = try await counter([text])[0], let whole = await tokenizer.countOfChat(text) {
                    record.templateTokens = whole - own
                }
            }
            return (plan.with(measure: measure, warmup: warmup), record)
        } catch let failure as Failure {
            return (plan, notCounted(extent, failure))
        }
    }

    /// As for a server; all workers of a run have the same tokenizer.
    func fit(_ plan: Plan, to session: WorkerSession) async throws -> (Plan, PromptLengthRecord?) {
        guard plan.feed.isSynthetic else { return (plan, nil) }
        let extent: PromptLengthRecord.Extent = reasoning == nil ? .prompt : .text
        guard await session.countsTokens else {
            return (plan, PromptLengthRecord(extent: extent, reason: "the worker does not announce `count_tokens`"))
        }
        var record = PromptLengthRecord(countedBy: "worker", extent: extent)
        let scenario = experiment.scenario
        let counter: TokenCounter = { texts in
            let prompts = texts.enumerated().map { WorkerSession.Prompt(index: $0, text: $1) }
            return try await session.countTokens(prompts, scenario: scenario)
        }
        do {
            let feed = try await fit(plan.feed, vocabulary(counter), plan.requests.count, counter, &record)
            return (plan.with(feed), record)
        } catch let failure as Failure where failure.code == "workload.tokenizer" {
            return (plan, notCounted(extent, failure))
        }
    }

    private func vocabulary(_ counter: TokenCounter) async throws -> TokenVocabulary {
        observer(.step("asking the tokenizer for the lengths of prompts"))
        return try await TokenVocabulary(counting: counter)
    }

    private func fit(
        _ feed: PromptFeed, _ vocabulary: TokenVocabulary, _ count: Int, _ counter: TokenCounter, _ record: inout PromptLengthRecord
    ) async throws -> PromptFeed {
        var done = 0
        let (fitted, mended, unreached) = try await feed.fitted(to: vocabulary, count: count, counting: counter) { more in
            done += more
            if count > more { observer(.step("\(done) of \(count) prompts have their length")) }
        }
        record.wholeWords = vocabulary.wholeWords
        (record.counted, record.mended, record.unreached) = (count, mended, unreached)
        return fitted
    }

    private func notCounted(_ extent: PromptLengthRecord.Extent, _ failure: Failure) -> PromptLengthRecord {
        let reason = [failure.message, failure.cause].compactMap(\.self).joined(separator: ": ")
        observer(.step("the prompts are not counted: \(reason)"))
        return PromptLengthRecord(extent: extent, reason: reason)
    }
}
