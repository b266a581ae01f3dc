import JouleBackends
import JouleProcess

/// A worker with its model loaded.
struct LoadedWorker: Sendable {
    let session: WorkerSession
    let model: LoadedModel
    /// Its standard error, in the folder of the run that started it.
    let errorFile: String
}

/// What a run has loaded.
enum LoadedBackend: Sendable {
    case workers([LoadedWorker])
    case server(RunningService, log: String)
}

/// Hands over what a `with…` scope holds, and comes back when that is not needed any more.
typealias BackendHandOver = @Sendable (LoadedBackend) async throws -> Void

/// A backend whose `with…` scope stays open until it is told to end: so it outlives the run that opened it, and never its owner's `end`.
struct OpenBackend: Sendable {
    let loaded: LoadedBackend
    private let scope: Task<Void, any Error>
    private let reasons: AsyncStream<(any Error)?>.Continuation

    /// Opens the scope in a task of its own; cancelling the caller before it is open cancels that.
    ///
    /// - Parameter open: starts the backend, calls the closure with it, and puts it away when that returns or throws.
    static func open(_ open: @escaping @Sendable (@escaping BackendHandOver) async throws -> Void) async throws -> OpenBackend {
        let (backends, given) = AsyncStream.makeStream(of: LoadedBackend.self)
        let (reasons, reason) = AsyncStream.makeStream(of: (any Error)?.self)
        let scope = Task {
            defer { given.finish() }
            try await open { backend in
                given.yield(backend)
                given.finish()
                for await reason in reasons {
                    guard let reason else { return }
                    throw reason
                }
                throw CancellationError()
            }
        }
        return try await withTaskCancellationHandler {
            for await backend in backends { return OpenBackend(loaded: backend, scope: scope, reasons: reason) }
            // It was never open: what kept it from that is how the scope ended.
            try await scope.value
            throw CancellationError()
        } onCancel: {
            scope.cancel()
        }
    }

    /// Ends the scope and waits until nothing is left of it.
    ///
    /// - Parameter reason: thrown inside the scope, which then does not wait for work to end; nil takes leave of the backend in peace.
    /// - Returns: the reason as the scope gave it on: a worker that died has its exit status there.
    @discardableResult
    func end(throwing reason: (any Error)? = nil) async -> (any Error)? {
        reasons.yield(reason)
        reasons.finish()
        do {
            try await scope.value
            return reason
        } catch {
            return error
        }
    }
}
