import JouleModel
import JouleProcess

/// A worker to be started, and where its standard error goes.
package struct WorkerPlace: Sendable {
    package let child: ChildSpec
    package let errorFile: String

    package init(child: ChildSpec, errorFile: String) {
        self.child = child
        self.errorFile = errorFile
    }
}

/// Starts several workers, lets `body` talk to all of them, and ends them: none outlives the call, whichever of them ends early.
package func withWorkers<Result: Sendable>(
    _ places: [WorkerPlace], body: @escaping @Sendable ([WorkerSession]) async throws -> Result
) async throws -> Result {
    try await withWorkers(places[...], beside: [], body: body)
}

private func withWorkers<Result: Sendable>(
    _ places: ArraySlice<WorkerPlace>, beside sessions: [WorkerSession], body: @escaping @Sendable ([WorkerSession]) async throws -> Result
) async throws -> Result {
    guard let place = places.first else { return try await body(sessions) }
    do {
        return try await withWorker(place.child, errorFile: place.errorFile) { session in
            do {
                return try await withWorkers(places.dropFirst(), beside: sessions + [session], body: body)
            } catch let failure as Failure where failure.code == "worker.died" {
                // This worker's scope must not wait for the end of another one.
                if await session.isLost { throw failure }
                throw OtherWorkerDied(failure: failure)
            }
        }
    } catch let end as OtherWorkerDied {
        throw end.failure
    }
}

private struct OtherWorkerDied: Error {
    let failure: Failure
}
