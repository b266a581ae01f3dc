import JouleBackends
import JouleModel
import JouleUnits

/// What the worker said of itself during a run.
actor WorkerNotes {
    private(set) var versions: [String: String] = [:]
    private var pid: Int32?
    /// The worker's standard error; nil before a model was loaded.
    private(set) var errorFile: String?
    private var model: LoadedModel?
    private var peakMemory: ByteCount?
    private var modelMemory: ByteCount?
    private var batches = 0
    private var paddingTokens: Int? = 0
    /// What became of the chat template; the same for every batch.
    private(set) var chat: GeneratedBatch.Chat?
    private var profile: OperationProfile?
    private var profileReason: String?
    private var inputTokens = 0
    private var outputTokens = 0
    private var counted = 0

    /// Steps beyond which a profile learns nothing new.
    static let longestProfile = 32

    func note(lengths results: [GeneratedBatch.Result]) {
        for result in results where result.outcome == .completed {
            guard let input = result.inputTokens, let output = result.outputTokens else { continue }
            inputTokens += input
            outputTokens += output
            counted += 1
        }
    }

    /// Means over the measured requests that completed; nil without one.
    var meanLengths: (input: Int, output: Int)? {
        counted > 0 ? (max(inputTokens / counted, 1), max(outputTokens / counted, 1)) : nil
    }

    func note(profile: OperationProfile) { self.profile = profile }
    func note(profileReason: String) { self.profileReason = profileReason }

    /// The model's configuration as the worker told it; nil before a model was loaded.
    var configuration: ModelConfiguration? {
        guard let model else { return nil }
        return model.config.map { ModelConfiguration(source: "worker", config: $0) }
            ?? ModelConfiguration(reason: "the worker does not tell the configuration of its model")
    }

    func note(pid: Int32, versions: [String: String]) {
        self.pid = pid
        self.versions = versions
    }

    func note(_ worker: LoadedWorker, versions: [String: String]) {
        note(pid: worker.session.pid, versions: versions)
        model = worker.model
        modelMemory = worker.model.modelMemory
        errorFile = worker.errorFile
    }

    func note(batch: GeneratedBatch, phase: Phase) {
        peak(batch.peakMemory)
        if phase == .measure {
            batches += 1
            // A prompt that was refused was not padded; a worker that does not say leaves the sum unknown.
            let padding = batch.results.filter { $0.outcome == .completed }.map(\.paddingTokens)
            if let sum = paddingTokens, !padding.contains(nil) {
                paddingTokens = padding.compactMap(\.self).reduce(sum, +)
            } else {
                paddingTokens = nil
            }
        }
        chat = batch.chat ?? chat
    }

    func note(stats: WorkerStats) {
        peak(stats.peakMemory)
        modelMemory = modelMemory ?? stats.modelMemory
    }

    private func peak(_ value: ByteCount?) {
        guard let value else { return }
        peakMemory = max(peakMemory ?? value, value)
    }

    func process(id: String, number: Int) -> ProcessResult {
        var result = ProcessResult(experimentID: id, processIndex: number)
        result.pid = pid
        result.batches = batches
        result.paddingTokens = paddingTokens
        result.modelClass = model?.modelClass
        result.parameters = model?.parameters
        result.modelRevision = model?.revision
        result.contextLength = model?.contextLength
        result.dtype = model?.dtype
        result.devices = model?.devices ?? []
        result.modelMemory = modelMemory
        result.peakMemory = peakMemory
        result.operationProfile = profile
        result.operationProfileReason = profileReason
        return result
    }
}
