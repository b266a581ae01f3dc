import JouleMeters
import JouleModel
import JouleStore
import JouleUnits

/// Drains the sampler's rings into `samples.csv` and appends finished requests to `requests.jsonl` and `chunks.bin`.
///
/// Owns both logs. It runs on the cooperative pool, which may be busy: the rings hold at least 60 s.
actor Recorder {
    private let sampler: Sampler
    private let samples: AppendLog
    private let requests: RequestLog
    /// `outputs.jsonl`, made when the first answer is to be saved.
    private var outputs: AppendLog?
    /// `server_metrics.csv`, made at the first scrape.
    private var serverMetrics: ServerMetricsLog?
    private let directory: RunDirectory
    private let observer: RunObserver
    private let prefixes: [[UInt8]]
    private var live: LivePower
    private(set) var sampleCount = 0

    init(sampler: Sampler, directory: RunDirectory, observer: @escaping RunObserver) throws(Failure) {
        self.sampler = sampler
        self.observer = observer
        self.directory = directory
        samples = try AppendLog(path: directory.file("samples.csv"))
        requests = try RequestLog(in: directory)
        prefixes = sampler.channels.map(SampleJournal.prefix(of:))
        live = LivePower(channels: sampler.channels)
        try samples.append { $0 += Array(SampleJournal.header.utf8) }
        try samples.flush()
    }

    /// Drains until the task is cancelled; throws when a log cannot be written any more.
    func run() async throws {
        while !Task.isCancelled {
            try drain()
            observer(.power(watts))
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Moves everything that waits in the rings to the journal.
    func drain() throws(Failure) {
        var failure: Failure?
        sampler.drain { raw in
            let sample = raw.sample
            live.note(sample, channel: Int(raw.channel))
            sampleCount += 1
            // After a failed write the rings are still emptied; what is left of the run is only its end.
            guard failure == nil else { return }
            do throws(Failure) {
                try samples.append { SampleJournal.append(sample, prefix: prefixes[Int(raw.channel)], to: &$0) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        try samples.flush()
    }

    /// - Parameter flushes: whether the line goes to the kernel at once; else with the next `flushRequests`.
    func append(_ request: RequestTimeline, flushes: Bool = true) throws(Failure) {
        try requests.append(request)
        if flushes { try requests.flush() }
        guard request.text != nil || request.tokenIDs != nil else { return }
        try save(SavedOutput(index: request.index, promptID: request.promptID, text: request.text, tokenIDs: request.tokenIDs))
    }

    func flushRequests() throws(Failure) { try requests.flush() }

    func append(_ scrape: ServerMetrics.Scrape) throws(Failure) {
        let log: ServerMetricsLog
        if let serverMetrics { log = serverMetrics } else { log = try ServerMetricsLog(in: directory) }
        serverMetrics = log
        try log.append(scrape)
    }

    private func save(_ output: SavedOutput) throws(Failure) {
        let log: AppendLog
        if let outputs { log = outputs } else { log = try AppendLog(path: directory.file("outputs.jsonl")) }
        outputs = log
        let line = try JSONText.encodeLine(output)
        try log.append { $0 += line }
        try log.flush()
    }

    /// Watts at the moment, over the scopes that add up; nil before anything was read.
    var watts: Watts? { live.total }

    /// The last drain, after the sampler has stopped.
    func finish() throws(Failure) {
        try drain()
        try samples.sync()
        try requests.sync()
        try serverMetrics?.sync()
    }
}

/// A line of `outputs.jsonl`.
private struct SavedOutput: Encodable {
    let index: Int
    let promptID: String
    let text: String?
    let tokenIDs: [Int]?
    private enum CodingKeys: String, CodingKey { case index, promptID = "prompt_id", text, tokenIDs = "token_ids" }
}

/// The latest power of every channel, for the progress line only.
struct LivePower {
    private let channels: [MeterChannel]
    private var power: [Watts?]
    private var lastEnergy: [(instant: Instant, energy: Joules)?]

    init(channels: [MeterChannel]) {
        self.channels = channels
        power = channels.map { _ in nil }
        lastEnergy = channels.map { _ in nil }
    }

    mutating func note(_ sample: Sample, channel: Int) {
        guard sample.status.isOK else {
            power[channel] = nil
            return
        }
        if let watts = sample.power {
            power[channel] = watts
        } else if !channels[channel].hasPower, let energy = sample.energy {
            guard let last = lastEnergy[channel] else {
                lastEnergy[channel] = (sample.instant, energy)
                return
            }
            let elapsed = sample.instant - last.instant
            guard elapsed >= .milliseconds(50) else { return }
            power[channel] = (energy - last.energy) / elapsed
            lastEnergy[channel] = (sample.instant, energy)
        }
    }

    /// GPUs, packages (or the CPU model) and DRAM: the scopes that the ledger's total adds up.
    var total: Watts? {
        let parts = zip(channels, power).filter { channel, watts in
            channel.countsInTotals && watts != nil && [.gpu, .package, .cpu, .dram, .psys].contains(channel.scope)
        }
        return parts.isEmpty ? nil : parts.compactMap(\.1).sum()
    }
}
