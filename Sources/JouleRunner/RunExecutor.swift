import JouleAnalysis
import JouleMeters
import JouleModel
import JouleProcess
import JouleStore
import JouleUnits

/// One execution of an experiment, from the first idle second to the written report.
///
/// The phases run in the structured scope of the worker; samples are recorded beside them. Whatever ends the run early, what was
/// recorded is kept, the end is written down, and the figures of the part that was measured are computed.
package struct RunExecutor: Sendable {
    private let prepared: PreparedRun
    private let version: String
    private let backends: BackendKeeper?
    private let interruption: RunInterruption
    private let observer: RunObserver

    /// - Parameter backends: has what runs before this one have loaded, and keeps what this one loads; nil ends it with the run.
    package init(
        _ prepared: PreparedRun, version: String, backends: BackendKeeper? = nil, interruption: RunInterruption = RunInterruption(),
        observer: @escaping RunObserver
    ) {
        self.prepared = prepared
        self.version = version
        self.backends = backends
        self.interruption = interruption
        self.observer = observer
    }

    private var experiment: Experiment { prepared.experiment }
    private var meters: MeterSelection { prepared.meters }

    /// Runs the experiment. Throws only when nothing could be recorded at all; everything later ends in the outcome.
    package func run() async throws -> RunOutcome {
        let body = try prepared.body()
        let anchor = ClockAnchor.now
        let costBefore = OwnCost.now
        let directory = try RunDirectory.create(in: experiment.outputDirectory, unixSeconds: anchor.unixSeconds)
        let reserve = try DiskReserve(in: directory)
        defer { reserve.release() }
        let state = try StateKeeper(directory: directory, planned: body.plannedRequests)
        observer(.started(run: directory.id, directory: directory.path))

        try directory.write(text: body.record(of: experiment).json(), to: "experiment.json")
        let sampler = Sampler(
            meters: meters.meters, agents: meters.agents, period: experiment.metrics.samplePeriod, followsUpdates: true)
        var environment = meters.environment(version: version, start: anchor, channels: sampler.channels, failures: sampler.failures)
        environment.agents = sampler.agentRecords
        environment.reasoning = prepared.reasoning?.record
        let deviceWatch = DeviceWatch(meters.meters, serverPort: prepared.localServerPort)
        await deviceWatch?.look()
        await deviceWatch?.describe(&environment.gpus)
        try directory.write(environment, to: "environment.json")
        let recorder = try Recorder(sampler: sampler, directory: directory, observer: observer)
        let backends = self.backends ?? BackendKeeper()
        let endsBackend = self.backends == nil
        let stage = RunStage(
            experiment: experiment, version: version, directory: directory, sampler: sampler, recorder: recorder, state: state,
            processTree: meters.processTree, deviceWatch: deviceWatch,
            visibleGPUs: meters.visibleGPUs, backends: backends, interruption: interruption, observer: observer)

        var failure: Failure?
        do {
            try await Self.beside(recorder, deviceWatch) {
                // Finding the update periods of the counters takes a second of polling, which the idle phase must not contain.
                while sampler.isLearning { try await Task.sleep(for: .milliseconds(5)) }
                try await body.run(on: stage)
                if endsBackend { await backends.end() }
            }
            if interruption.isRequested { await state.interrupt() }
        } catch is CancellationError {
            failure = nil
            await state.interrupt()
        } catch let error as Failure {
            failure = error
        } catch {
            failure = Failure("run.failed", "the run ended with an error", cause: "\(error)")
        }
        let end = await settle(sampler, recorder)
        sampler.stop()
        reserve.release()
        do throws(Failure) {
            try await recorder.finish()
        } catch {
            failure = failure ?? error
        }
        await deviceWatch?.look()
        await deviceWatch?.describe(&environment.gpus)
        environment.end = .now
        environment.agents = sampler.agentRecords
        await body.describe(&environment)
        environment.ownCost = await cost(of: sampler, recorder, since: costBefore)
        await state.finish(at: end, failure: failure, samplesLost: sampler.lostSamples)
        try directory.write(environment, to: "environment.json")
        try await body.writeOwnFiles(to: directory, failure: failure)
        if let fit = try StoredRuns.fit(model: experiment.backend.fitName, results: experiment.outputDirectory) {
            try directory.write(fit, to: RunResults.fitFile)
        }
        let results: (summary: Summary, recording: Recording, idleHost: IdleHostBaseline?)
        let reporterFailures: [Failure]
        do {
            let lookup = CarbonLookup(variables: prepared.variables)
            let end = environment.end ?? .now
            let carbon = await lookup.record(
                experiment, environment, end: end.unixSeconds, isHurried: interruption.isRequested || Task.isCancelled)
            try directory.write(carbon, to: CarbonRecord.file)
            results = try RunResults.write(directory)
            await backends.note(results.idleHost, of: results.recording)
            reporterFailures = await ReporterDelivery(
                directory: directory, summary: results.summary, recording: results.recording, variables: prepared.variables
            ).deliver()
        } catch {
            // What ended the run is the news; that its files cannot be read is what follows from it.
            guard let failure else { throw error }
            let second = error as? Failure ?? Failure("run.results", "the figures cannot be computed", cause: "\(error)")
            throw Failures([failure, second])
        }
        return RunOutcome(
            directory: directory, summary: results.summary, recording: results.recording, failure: failure,
            reporterFailures: reporterFailures)
    }

    /// Processor time and wake-ups are this run's own; the peak of memory is that of the program, which may have made runs before.
    private func cost(of sampler: Sampler, _ recorder: Recorder, since before: OwnCost?) async -> [String: Double] {
        var cost: [String: Double] = [
            "samples": Double(await recorder.sampleCount), "samples_lost": Double(sampler.lostSamples),
            "ticks_missed": Double(sampler.missedTicks), "sampler_realtime_priority": sampler.hasRealtimePriority ? 1 : 0,
        ]
        if let use = before.flatMap({ OwnCost.now?.use(since: $0) }) {
            cost["cpu_seconds"] = use.cpuSeconds
            cost["voluntary_switches"] = Double(use.voluntarySwitches)
            cost["involuntary_switches"] = Double(use.involuntarySwitches)
            cost["wakeups_per_second"] = use.wakeUpsPerSecond
            cost["peak_rss_bytes"] = use.peakResident.map { Double($0.bytes) }
        }
        return cost
    }

    /// Marks the end of the recording and waits until it lies between samples, within the patience that its meters and agents want.
    private func settle(_ sampler: Sampler, _ recorder: Recorder) async -> Instant {
        let edge = sampler.markEdge()
        let limit = edge + sampler.patience
        while !sampler.isBracketed(edge), Instant.now < limit {
            // What an agent has kept through an outage is more than the rings hold. A log that cannot be written is reported at the end.
            try? await recorder.drain()
            // A cancelled task cannot sleep, and the end of an interrupted run wants its samples too.
            blockingSleep(.milliseconds(2))
        }
        return edge
    }

    /// Runs the body while the recorder drains and the devices are looked at; when a log cannot be written any more the body is
    /// cancelled, and that is the failure.
    private static func beside(
        _ recorder: Recorder, _ deviceWatch: DeviceWatch?, body: @escaping @Sendable () async throws -> Void
    ) async throws {
        enum Part: Sendable { case recorder, deviceWatch, body }
        try await withThrowingTaskGroup(of: (Part, (any Error)?).self) { group in
            if let deviceWatch {
                group.addTask {
                    await deviceWatch.run()
                    return (.deviceWatch, nil)
                }
            }
            group.addTask {
                do { try await recorder.run() } catch { return (.recorder, error) }
                return (.recorder, nil)
            }
            group.addTask {
                do { try await body() } catch { return (.body, error) }
                return (.body, nil)
            }
            var failures: [Part: any Error] = [:]
            while let (part, error) = try await group.next() {
                failures[part] = error
                group.cancelAll()
            }
            if let failure = failures[.recorder] ?? failures[.body] { throw failure }
        }
    }
}

/// What a run came to.
package struct RunOutcome: Sendable {
    package let directory: RunDirectory
    package let summary: Summary
    package let recording: Recording
    /// Why it ended early, nil when it did not or was interrupted.
    package let failure: Failure?
    /// Reporters that did not get the results, which are in the run's folder all the same.
    package let reporterFailures: [Failure]
}
