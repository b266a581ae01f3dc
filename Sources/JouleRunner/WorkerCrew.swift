import JouleBackends
import JouleModel
import JouleUnits
import JouleWorkload
import Synchronization

/// One of the workers of a run, and what it said of itself.
struct CrewMember: Sendable {
    let number: Int
    let session: WorkerSession
    let notes: WorkerNotes
}

/// Which GPUs each of several workers has.
enum CrewDevices {
    /// The GPUs dealt out in their order; a worker has at least one of its own.
    ///
    /// - Throws: when there are fewer GPUs than workers. On the processor they share it, where the experiment says so.
    static func shares(of visibleGPUs: [String]?, for backend: BackendSpec) throws(Failure) -> [[String]?] {
        let workers = max(1, backend.processes)
        guard workers > 1, backend.device != "cpu" else { return Array(repeating: visibleGPUs, count: workers) }
        let there = visibleGPUs ?? []
        guard workers <= there.count else {
            throw Failure(
                "config.conflict",
                "num_processes must be <= len(gpu_list), but `backend.processes` is \(workers) and \(there.count) GPUs are to be used",
                remedy: "lower backend.processes; with device: cpu the workers share the processor")
        }
        return (0..<workers).map { number in
            Array(there[number * there.count / workers..<(number + 1) * there.count / workers])
        }
    }
}

/// How far the workers of a phase have come together.
final class CrewProgress: Sendable {
    private let total: Int
    private let start = Instant.now
    private let counts = Mutex((done: 0, tokens: 0))

    init(total: Int) { self.total = total }

    func note(done: Int, tokens: Int, phase: Phase) -> RunProgress {
        let (done, tokens) = counts.withLock {
            $0.done += done
            $0.tokens += tokens
            return $0
        }
        let elapsed = Instant.now - start
        let fraction = Double(done) / Double(total)
        return RunProgress(
            phase: phase, fraction: fraction, remaining: elapsed * ((1 - fraction) / fraction),
            tokensPerSecond: Double(tokens) / elapsed.seconds)
    }
}

/// The batches of one worker in one phase.
struct WorkerBatches: Sendable {
    let plan: BatchPlan
    private let member: Int
    private let workers: Int

    /// What is measured: every worker answers its share of the requests.
    ///
    /// - Parameter lengths: of all requests in their order; nil where the batches go without.
    init(_ requests: [Plan.Request], lengths: [Int?]?, rule: BatchRule, member: Int, of workers: Int) {
        let share = Plan.share(member, of: workers, requests)
        if let lengths {
            let own = stride(from: member, to: lengths.count, by: workers).map { lengths[$0] }
            plan = BatchPlan(share, lengths: own, rule: rule)
        } else {
            plan = BatchPlan(share, rule: rule)
        }
        self.member = member
        self.workers = workers
    }

    /// A warm-up, which each worker needs whole; their requests are told apart by their numbers.
    init(warmup requests: [Plan.Request], lengths: [Int?]?, rule: BatchRule, member: Int, of workers: Int) {
        let own = requests.map { $0.numbered(member * requests.count + $0.index) }
        // The prompts of a plan come round again.
        let lengths = lengths.map { lengths in own.indices.map { lengths[$0 % lengths.count] } }
        plan = lengths.map { BatchPlan(own, lengths: $0, rule: rule) } ?? BatchPlan(own, rule: rule)
        self.member = member
        self.workers = workers
    }

    /// The number of a batch in the run, by its place among this worker's; the same in every repetition.
    func number(_ place: Int) -> Int { place * workers + member }
}

extension BatchPlan {
    /// For people: how many batches, how large, how much of them is padding.
    static func words(_ plans: [BatchPlan]) -> String? {
        let sizes = plans.flatMap { $0.batches.map(\.count) }
        let tokens = plans.compactMap(\.tokens).reduce(0, +)
        let padded = plans.compactMap(\.paddedTokens).reduce(0, +)
        guard let least = sizes.min(), let most = sizes.max(), padded > 0 else { return nil }
        let prompts = least == most ? "\(most)" : "\(least) to \(most)"
        let share = (Double(padded - tokens) / Double(padded) * 100).rounded()
        let oversized = plans.reduce(0) { $0 + $1.oversized }
        return "\(sizes.count) batches of \(prompts) prompts, \(Int(share)) % padding"
            + (oversized > 0 ? "; \(oversized) prompts are alone longer than max_batch_tokens" : "")
    }
}
