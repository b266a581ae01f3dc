import JouleBackends
import JouleModel
import JouleProcess
import JouleUnits

/// Keeps the backend of a run for the next one that needs the same: workers with their model, or a server that was launched.
///
/// Owns at most one. A run that fails or is cancelled takes it with it: what state it is in nobody knows. Whoever makes a keeper calls `end`.
package actor BackendKeeper {
    /// What two runs must have in common to use one loaded model.
    struct Key: Hashable, Sendable {
        private let backend: BackendSpec
        private let children: [ChildSpec]

        /// - Parameter children: the processes that are started, with the GPUs that they may see.
        init(_ backend: BackendSpec, children: [ChildSpec]) {
            self.backend = backend.loadKey
            self.children = children
        }

        func isEqual(to other: BackendSpec) -> Bool { backend == other.loadKey }
    }

    private struct Kept {
        let key: Key
        let backend: OpenBackend
        let run: String
        let loaded: Instant
        var idleHost: (baseline: IdleHostBaseline, end: Instant)?
    }

    private var kept: Kept?

    package init() {}

    /// Whether what is kept serves a run with this key; then the run's folder gets the record of it. What is kept for another key, or
    /// does not answer any more, is ended.
    func isLoaded(_ key: Key, for stage: RunStage) async throws -> Bool {
        guard let kept else { return false }
        guard kept.key == key, await isAlive(kept.backend.loaded) else {
            await end()
            return false
        }
        let now = Instant.now
        var record = KeptModel(loadedBy: kept.run, loadedSecondsBefore: (now - kept.loaded).seconds, idleHost: nil)
        if let (baseline, end) = kept.idleHost {
            record.idleHost = baseline
            record.idleHost?.secondsBefore = (now - end).seconds
        }
        try stage.directory.write(record, to: KeptModel.file)
        stage.observer(.step("the model is loaded already, by \(kept.run)"))
        return true
    }

    /// Opens a backend, which is kept from then on.
    func load(
        _ key: Key, for stage: RunStage, _ open: @escaping @Sendable (@escaping BackendHandOver) async throws -> Void
    ) async throws {
        let backend = try await OpenBackend.open(open)
        kept = Kept(key: key, backend: backend, run: stage.directory.id, loaded: .now)
    }

    /// Lends what is loaded. When the body throws, the backend ends with that, and the error is the one that its end gives.
    func use(_ body: @Sendable (LoadedBackend) async throws -> Void) async throws {
        guard let kept else { throw Failure("run.no-backend", "nothing is loaded that the run could use") }
        do {
            try await body(kept.backend.loaded)
        } catch {
            self.kept = nil
            throw await kept.backend.end(throwing: error) ?? error
        }
    }

    /// Notes what a run measured before it loaded the model; of no meaning unless that run's model is kept.
    func note(_ baseline: IdleHostBaseline?, of recording: Recording) {
        guard let baseline, let end = recording.window(of: .idleHost)?.upperBound, kept?.run == recording.runID else { return }
        kept?.idleHost = (baseline, end)
    }

    /// Ends what is kept unless the next run can use it; before the pause between two runs, in which the machine comes to rest.
    func release(unlessFor next: BackendSpec?) async {
        guard let kept, next.map({ !kept.key.isEqual(to: $0) }) ?? true else { return }
        await end()
    }

    /// Ends what is kept, and waits until it has ended.
    package func end() async {
        guard let kept else { return }
        self.kept = nil
        await kept.backend.end()
    }

    private func isAlive(_ backend: LoadedBackend) async -> Bool {
        switch backend {
        case .server(let service, _): return service.isRunning
        case .workers(let workers):
            for worker in workers {
                // A question that costs nothing: a process that has ended since cannot answer it.
                guard (try? await worker.session.stats()) != nil else { return false }
            }
            return true
        }
    }
}
