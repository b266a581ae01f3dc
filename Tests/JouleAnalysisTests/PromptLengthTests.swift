import JouleAnalysis
import JouleModel
import Testing

/// Lengths asked for beside those reported, and conversations by their turns.
struct PromptLengthTests {
    /// Twelve answers of prompts that were to have 90 tokens and are reported with more.
    private func summary(
        _ record: PromptLengthRecord?, more: (Int) -> Int, _ change: (inout Recording) -> Void = { _ in }
    ) -> Summary {
        let requests = (0..<12).map { index in
            var request = answer(index, sent: Double(index) * 3, input: 90 + more(index))
            request.inputTokensAsked = 90
            return request
        }
        return JouleAnalysisTests.summary(
            of: serving(requests, arrival: .sequential) {
                $0.environment.promptLengths = record
                change(&$0)
            })
    }

    private func detail(_ summary: Summary) -> String? { summary.flags.first { $0.flag == .promptLengthMismatch }?.detail }

    @Test func `prompts that were counted must be reported with that number`() {
        let record = PromptLengthRecord(countedBy: "/tokenize", extent: .prompt)
        let exact = summary(record, more: { _ in 0 })
        #expect(detail(exact) == nil && exact.promptLengths?.equal == 12 && exact.promptLengths?.compared == 12)
        let wrong = summary(record, more: { $0 == 3 ? -1 : $0 == 4 ? 2 : 0 })
        #expect(detail(wrong) == "2 of 12 prompts, by -1 to 2 tokens beside what was asked")
        #expect(wrong.promptLengths?.leastDifference == -1 && wrong.promptLengths?.greatestDifference == 2)
        #expect(detail(summary(nil, more: { $0 })) == nil, "nothing was made to a length")
    }

    @Test func `a template is the same around every prompt`() {
        var record = PromptLengthRecord(countedBy: "/tokenize", extent: .text)
        #expect(detail(summary(record, more: { _ in 31 })) == nil)
        #expect(detail(summary(record, more: { $0 == 5 ? 32 : 31 })) == "1 of 12 prompts, by 32 tokens beside what was asked")
        record.templateTokens = 30
        #expect(detail(summary(record, more: { _ in 31 }))?.contains("where the template has 30") == true)
    }

    @Test func `without a tokenizer the tolerance is allowed, and said`() {
        let record = PromptLengthRecord(extent: .prompt, reason: "nobody counts")
        let near = summary(record, more: { $0 % 3 })
        #expect(detail(near) == nil)
        #expect(near.notes.contains { $0.contains("nobody counts") && $0.contains("within 2 % (at least 2 tokens)") })
        #expect(detail(summary(record, more: { $0 == 2 ? 3 : 0 })) == "1 of 12 prompts, by 3 tokens beside what was asked")
    }

    @Test func `what could not be made is said, once`() {
        var record = PromptLengthRecord(countedBy: "worker", extent: .prompt)
        (record.counted, record.unreached) = (12, 2)
        let short = summary(record, more: { $0 < 2 ? -1 : 0 })
        #expect(
            short.flags.filter { $0.flag == .promptLengthMismatch }.map(\.detail) == [
                "2 of 12 prompts could not be given their length by worker"
            ])
    }

    @Test func `later turns of conversations are no prompts of their own length`() throws {
        let record = PromptLengthRecord(countedBy: "/tokenize", extent: .text)
        let talk = summary(record, more: { $0 % 3 == 0 ? 31 : 200 * ($0 % 3) }) { recording in
            for index in recording.requests.indices {
                recording.requests[index].conversationTurn = ConversationTurn(conversation: index / 3, turn: index % 3 + 1)
                if index % 3 == 2 { recording.requests[index].cachedInputTokens = 128 }
            }
            recording.requests[11].outcome = .dropped
        }
        #expect(detail(talk) == nil && talk.promptLengths?.compared == 4)
        let turns = try #require(talk.serving?.turns)
        #expect(turns.map(\.turn) == [1, 2, 3] && turns.map(\.completed) == [4, 4, 3] && turns.map(\.failed) == [0, 0, 1])
        #expect(turns.map(\.inputTokens.mean) == [121, 290, 490])
        #expect(turns.map(\.cachedInputTokens.mean) == [nil, nil, 128] && turns[0].timeToFirstToken.count == 4)
        #expect(summary(record, more: { _ in 31 }).serving?.turns == nil)
    }

    @Test func `turns after one that failed do not count as dropped at the cap`() {
        let requests = (0..<240).map { index -> RequestTimeline in
            let isDropped = index % 10 == 9
            var request =
                isDropped
                ? RequestTimeline(index: index, promptID: "p", phase: .measure, outcome: .dropped, scheduled: at(Double(index) / 4))
                : answer(index, sent: Double(index) / 4, outcome: index % 10 == 8 ? .httpError : .completed)
            request.conversationTurn = ConversationTurn(conversation: index / 2, turn: index % 2 + 1)
            return request
        }
        #expect(JouleAnalysisTests.summary(of: serving(requests, arrival: .constant, rate: 4)).windowVerdict != .saturated)
    }
}
