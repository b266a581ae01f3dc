import JouleMeters
import JouleModel
import JouleUnits

/// What an agent has sampled, between the sampler's rings and the drivers that ask for it. The one consumer of the rings.
///
/// Taking samples in happens when somebody asks, and every few seconds when nobody does: the rings hold a minute. The lock is held by those who
/// ask and by the writing to the spool, never by the sampling threads.
///
/// `@unchecked Sendable`: the spool is only touched under the lock.
package final class AgentStore: @unchecked Sendable {
    private struct State {
        var held: HeldSamples
        var tallies: [ChannelTally]
        var spool: SampleSpool?
        var spoolFailure: Failure?
        var taken: Int64 = 0
    }

    package let description: AgentDescription
    private let sampler: Sampler
    private let state: Guarded<State>

    /// - Parameter capacity: samples that are held in memory.
    package init(description: AgentDescription, sampler: Sampler, capacity: Int, spool: sending SampleSpool?) {
        self.description = description
        self.sampler = sampler
        let held =
            if let spool, !spool.restored.isEmpty {
                HeldSamples(restoring: spool.takeRestored(), instance: description.instance, capacity: capacity)
            } else {
                HeldSamples(epoch: description.instance, instance: description.instance, capacity: capacity)
            }
        state = Guarded(
            State(
                held: held, tallies: description.channels.map { ChannelTally($0, samplePeriod: description.period) }, spool: spool))
    }

    /// Takes in what waits in the rings.
    package func collect() { state.withLock { collect(&$0) } }

    private func collect(_ state: inout State) {
        let first = state.held.next
        var fresh: [RawSample] = []
        sampler.drain { fresh.append($0) }
        guard !fresh.isEmpty else { return }
        for sample in fresh {
            state.held.append(sample)
            state.tallies[Int(sample.channel)].note(sample)
        }
        state.taken += Int64(fresh.count)
        guard let spool = state.spool else { return }
        do throws(Failure) {
            let head = AgentBatchHead(epoch: state.held.epoch, instance: description.instance, first: first, count: fresh.count)
            try spool.append(SampleBatch(head, samples: fresh))
        } catch {
            // Half a spool would look like a whole one after a restart.
            spool.discard()
            state.spool = nil
            state.spoolFailure = error
        }
    }

    /// - Parameters:
    ///   - marksEdge: whether the meters are read at once, as at the edge of a window.
    package func batch(_ beginning: HeldSamples.Beginning, limit: Int, marksEdge: Bool) -> SampleBatch {
        let edge = marksEdge ? sampler.markEdge() : nil
        // Asked before the rings are emptied: what lies behind that edge is then in the batch.
        let bracketed = sampler.bracketedUntil
        return state.withLock { state in
            collect(&state)
            var batch = state.held.batch(beginning, limit: limit)
            batch.head.serving = description.instance
            batch.head.edge = edge
            batch.head.bracketed = bracketed
            batch.head.lost = sampler.lostSamples
            batch.head.now = .now
            return batch
        }
    }

    package func metrics(requests: [(path: String, count: Int)]) -> AgentMetrics {
        state.withLock { state in
            collect(&state)
            return AgentMetrics(
                description: description, tallies: state.tallies, samples: state.taken, lostSamples: sampler.lostSamples,
                missedTicks: sampler.missedTicks, requests: requests, now: .now)
        }
    }

    /// Why nothing is spooled any more, once.
    package func takeSpoolFailure() -> Failure? {
        state.withLock { state in
            defer { state.spoolFailure = nil }
            return state.spoolFailure
        }
    }

    /// How many samples were taken since the start, and are held.
    package var counts: (taken: Int64, held: Int64) { state.withLock { ($0.taken, $0.held.next - $0.held.oldest) } }
    package var lostSamples: Int { sampler.lostSamples }
}
