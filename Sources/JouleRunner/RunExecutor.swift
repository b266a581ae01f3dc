import JouleAnalysis
import JouleBackends
import JouleConfiguration
import JouleMeters
import JouleModel
import JouleProcess
import JouleStore
import JouleUnits
import JouleWorkload

/// One execution of an experiment, from the first idle second to the written report.
///
/// The phases run in the structured scope of the worker; samples are recorded beside them. Whatever ends the run early, what was
/// recorded is kept, the end is written down, and the figures of the part that was measured are computed.
package struct RunExecutor: Sendable {
    package var experiment: Experiment
    package var plan: Plan
    package var meters: MeterSelection
    package var installation: WorkerInstallation
    package var version: String
    package var observer: RunObserver

    package init(
        experiment: Experiment, plan: Plan, meters: MeterSelection, installation: WorkerInstallation, version: String,
        observer: @escaping RunObserver
    ) {
        self.experiment = experiment
        self.plan = plan
        self.meters = meters
        self.installation = installation
        self.version = version
        self.observer = observer
    }

    /// Runs the experiment. Throws only when nothing could be recorded at all; everything later ends in the outcome.
    package func run() async throws -> RunOutcome {
        let child = try installation.childSpec(for: experiment.backend, visibleGPUs: meters.visibleGPUs)
        let anchor = ClockAnchor.now
        let directory = try RunDirectory.create(in: experiment.outputDirectory, unixSeconds: anchor.unixSeconds)
        let reserve = try DiskReserve(in: directory)
        defer { reserve.release() }
        let ledger = try StateKeeper(directory: directory, planned: plan.requests.count)
        observer(.started(run: directory.id, directory: directory.path))

        let record = ExperimentRecord(experiment: experiment, promptsDigest: plan.digest)
        try directory.write(text: record.json(), to: "experiment.json")

        let sampler = Sampler(
            meters: meters.meters, period: experiment.metrics.samplePeriod, followsUpdates: true)
        var environment = meters.environment(version: version, start: anchor, channels: sampler.channels, failures: sampler.failures)
        try directory.write(environment, to: "environment.json")
        let recorder = try Recorder(sampler: sampler, directory: directory, observer: observer)
        var renumbered = experiment
        renumbered.backend = experiment.backend.renumbered(visibleGPUs: meters.visibleGPUs)
        let body = PhaseRunner(
            experiment: renumbered, plan: plan, sampler: sampler, recorder: recorder, state: ledger, processTree: meters.processTree,
            visibleGPUCount: meters.visibleGPUs?.count, observer: observer)

        var failure: Failure?
        do {
            try await Self.beside(recorder) {
                // Finding the update periods of the counters takes a second of polling, which the idle phase must not contain.
                while sampler.isLearning { try await Task.sleep(for: .milliseconds(5)) }
                try await body.run(child: child, errorFile: directory.file("worker.stderr.log"))
            }
        } catch is CancellationError {
            failure = nil
            await ledger.interrupt()
        } catch let error as Failure {
            failure = error
        } catch {
            failure = Failure("run.failed", "the run ended with an error", cause: "\(error)")
        }
        let end = settle(sampler)
        sampler.stop()
        reserve.release()
        do throws(Failure) {
            try await recorder.finish()
        } catch {
            failure = failure ?? error
        }
        environment.end = .now
        environment.versions.merge(await body.notes.versions) { _, new in new }
        await ledger.finish(at: end, failure: failure, samplesLost: sampler.lostSamples)
        try directory.write(environment, to: "environment.json")

        var process = await body.notes.process(id: directory.id)
        if let failure, failure.code.hasPrefix("worker.") {
            process.lastErrorLines = lastErrorLines(of: directory.file("worker.stderr.log"))
        }
        var cost: [String: Double] = [
            "samples": Double(await recorder.sampleCount), "samples_lost": Double(sampler.lostSamples),
            "ticks_missed": Double(sampler.missedTicks), "sampler_realtime_priority": sampler.hasRealtimePriority ? 1 : 0,
        ]
        if let own = OwnCost.now {
            cost["cpu_seconds"] = own.cpuSeconds
            cost["peak_rss_bytes"] = Double(own.peakResident.bytes)
        }
        let results: (summary: Summary, recording: Recording)
        do {
            results = try RunResults.write(directory, process: &process, ownCost: cost)
        } catch {
            // What ended the run is the news; that its files cannot be read is what follows from it.
            guard let failure else { throw error }
            let second = error as? Failure ?? Failure("run.results", "the figures cannot be computed", cause: "\(error)")
            throw Failures([failure, second])
        }
        return RunOutcome(directory: directory, summary: results.summary, recording: results.recording, failure: failure)
    }

    /// Marks the end of the recording and waits until it lies between samples; a second at most.
    private func settle(_ sampler: Sampler) -> Instant {
        let edge = sampler.markEdge()
        let limit = edge + .seconds(1)
        while !sampler.isBracketed(edge), Instant.now < limit {
            // A cancelled task cannot sleep, and the end of an interrupted run wants its samples too.
            blockingSleep(.milliseconds(2))
        }
        return edge
    }

    /// Runs the body while the recorder drains; when a log cannot be written any more the body is cancelled, and that is the failure.
    private static func beside(_ recorder: Recorder, body: @escaping @Sendable () async throws -> Void) async throws {
        enum Part: Sendable { case recorder, body }
        try await withThrowingTaskGroup(of: (Part, (any Error)?).self) { group in
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
}
