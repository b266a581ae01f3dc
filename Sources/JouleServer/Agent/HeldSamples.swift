import JouleMeters
import JouleModel
import JouleUnits

/// The latest samples of an agent by their numbers; the oldest make room for new ones.
///
/// Pure: it holds and finds, others bring and send.
package struct HeldSamples: Sendable {
    /// What the numbers belong to.
    package let epoch: String
    private let capacity: Int
    private var slots: [RawSample] = []
    /// Number of the oldest sample held, and of the next one to come. Numbers begin with 1.
    package private(set) var oldest: Int64 = 1
    package private(set) var next: Int64 = 1
    /// The processes that took the samples, each with the number of its first.
    private var instances: [(id: String, first: Int64)]

    /// - Parameters:
    ///   - capacity: how many samples are held at most.
    ///   - instance: the process whose samples come from now on.
    package init(epoch: String, instance: String, capacity: Int) {
        self.epoch = epoch
        self.capacity = max(1, capacity)
        // Pages that nothing was written to yet cost nothing, and growing would copy them all under the lock.
        slots.reserveCapacity(self.capacity)
        instances = [(instance, 1)]
    }

    /// Goes on with what former processes have taken.
    package init(restoring batches: [SampleBatch], instance: String, capacity: Int) {
        self.init(epoch: batches.last?.head.epoch ?? instance, instance: instance, capacity: capacity)
        guard let first = batches.first else { return }
        instances = []
        oldest = first.head.first
        next = first.head.first
        origin = first.head.first
        for batch in batches {
            if instances.last?.id != batch.head.instance { instances.append((batch.head.instance, next)) }
            for sample in batch.samples { append(sample) }
        }
        if instances.last?.id != instance { instances.append((instance, next)) }
    }

    package mutating func append(_ sample: RawSample) {
        if slots.count < capacity {
            slots.append(sample)
        } else {
            slots[slot(of: oldest)] = sample
            oldest += 1
        }
        next += 1
    }

    /// The first number that was ever held lies in the first slot, and the others behind it, round and round.
    private var origin: Int64 = 1
    private func slot(of number: Int64) -> Int { Int((number - origin) % Int64(capacity)) }

    /// Where a driver wants to go on.
    package enum Beginning: Sendable, Hashable {
        /// After the sample of this number; in another epoch, with the oldest.
        case after(Int64, epoch: String)
        /// With the first sample of the latest stretch that begins at this instant.
        case since(Instant)
        case oldest
    }

    /// Up to `limit` samples in their order, of one process. The batch is empty where there is nothing new.
    package func batch(_ beginning: Beginning, limit: Int) -> SampleBatch {
        let first: Int64
        switch beginning {
        case .after(let number, let epoch) where epoch == self.epoch: first = min(max(number, oldest - 1) + 1, next)
        case .after, .oldest: first = oldest
        case .since(let instant):
            var number = next
            while number > oldest, slots[slot(of: number - 1)].instant >= instant { number -= 1 }
            first = number
        }
        let place = instances.lastIndex { $0.first <= first } ?? 0
        let end = place + 1 < instances.count ? min(next, instances[place + 1].first) : next
        let last = min(end, first + Int64(max(limit, 0)))
        var head = AgentBatchHead(epoch: epoch, instance: instances[place].id, first: first, count: 0)
        head.oldest = oldest
        head.next = next
        return SampleBatch(head, samples: (first..<last).map { slots[slot(of: $0)] })
    }
}
