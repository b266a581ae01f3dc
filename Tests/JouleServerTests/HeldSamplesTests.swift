import Foundation
import JouleMeters
import JouleModel
import JouleServer
import JouleTestSupport
import JouleUnits
import Testing

private func sample(_ number: Int64) -> RawSample {
    var sample = RawSample()
    sample.instant = Instant(nanoseconds: number * 1_000)
    sample.energy = Joules(Double(number))
    return sample
}

private func numbers(_ batch: SampleBatch) -> [Int64] { batch.samples.compactMap { $0.energy.map { Int64($0.rawValue) } } }

struct HeldSamplesTests {
    @Test(arguments: 0..<30 as Range<UInt64>)
    func `the latest samples are held, and each is found by its number`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let capacity = Int.random(in: 1...50, using: &random)
        var held = HeldSamples(epoch: "e", instance: "i", capacity: capacity)
        for number in 1...Int64.random(in: 1...200, using: &random) { held.append(sample(number)) }
        let all = Array(held.oldest..<held.next)
        #expect(all.count == min(capacity, Int(held.next - 1)))
        #expect(numbers(held.batch(.oldest, limit: .max / 4)) == all, "seed \(seed)")
        for _ in 0..<50 {
            let after = Int64.random(in: 0...(held.next + 5), using: &random)
            let limit = Int.random(in: 0...60, using: &random)
            let batch = held.batch(.after(after, epoch: "e"), limit: limit)
            let expected = Array(all.filter { $0 > after }.prefix(limit))
            #expect(numbers(batch) == expected, "seed \(seed): after \(after), at most \(limit)")
            #expect(batch.head.first == expected.first ?? min(max(after + 1, held.oldest), held.next))
            #expect(batch.head.oldest == held.oldest && batch.head.next == held.next)
            let since = Instant(nanoseconds: after * 1_000)
            #expect(numbers(held.batch(.since(since), limit: limit)) == Array(all.filter { $0 >= after }.prefix(limit)), "seed \(seed)")
        }
        // Numbers of another epoch mean nothing here.
        #expect(numbers(held.batch(.after(held.next - 1, epoch: "other"), limit: 1_000)) == all)
    }

    @Test func `a batch never mixes two processes`() {
        let old = SampleBatch(AgentBatchHead(epoch: "e", instance: "a", first: 5, count: 0), samples: (5..<9).map(sample))
        var held = HeldSamples(restoring: [old], instance: "b", capacity: 100)
        for number in 9..<12 as Range<Int64> { held.append(sample(number)) }
        let first = held.batch(.oldest, limit: 100)
        #expect(first.head.instance == "a" && numbers(first) == [5, 6, 7, 8])
        let second = held.batch(.after(8, epoch: "e"), limit: 100)
        #expect(second.head.instance == "b" && numbers(second) == [9, 10, 11])
        #expect(held.epoch == "e")
    }
}

struct SampleSpoolTests {
    private final class Folder: Sendable {
        let path = FileManager.default.temporaryDirectory.appending(path: "joule-spool-\(UUID().uuidString)").path
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private let channels = TestMeter().channels

    private func batch(_ range: Range<Int64>, instance: String = "a") -> SampleBatch {
        SampleBatch(AgentBatchHead(epoch: "e", instance: instance, first: range.lowerBound, count: 0), samples: range.map(sample))
    }

    private func restored(_ folder: Folder, boot: String? = "boot", channels: [MeterChannel]? = nil) throws -> [Int64] {
        let spool = try SampleSpool(folder: folder.path, channels: channels ?? self.channels, bootID: boot, maximumBytes: 1 << 20)
        return spool.restored.flatMap(numbers)
    }

    @Test func `what one process spooled the next one takes up`() throws {
        let folder = Folder()
        var spool: SampleSpool? = try SampleSpool(folder: folder.path, channels: channels, bootID: "boot", maximumBytes: 1 << 20)
        #expect(spool?.restored.isEmpty == true)
        try spool?.append(batch(1..<5))
        try spool?.append(batch(5..<8))
        spool = nil
        #expect(try restored(folder) == Array(1..<8))
        // And the one after that.
        spool = try SampleSpool(folder: folder.path, channels: channels, bootID: "boot", maximumBytes: 1 << 20)
        try spool?.append(batch(8..<9, instance: "b"))
        spool = nil
        #expect(try restored(folder) == Array(1..<9))
    }

    @Test func `a write that was cut off is dropped, and what follows is readable`() throws {
        let folder = Folder()
        var spool: SampleSpool? = try SampleSpool(folder: folder.path, channels: channels, bootID: "boot", maximumBytes: 1 << 20)
        try spool?.append(batch(1..<5))
        spool = nil
        let path = folder.path + "/current.spool"
        var bytes = try #require(FileManager.default.contents(atPath: path))
        bytes.append(contentsOf: try batch(5..<9).encoded().dropLast(30))
        try bytes.write(to: URL(filePath: path))
        spool = try SampleSpool(folder: folder.path, channels: channels, bootID: "boot", maximumBytes: 1 << 20)
        try spool?.append(batch(5..<7))
        spool = nil
        #expect(try restored(folder) == Array(1..<7))
    }

    @Test func `samples of another boot or of other meters are not taken up`() throws {
        for (boot, others) in [("other", channels), ("boot", TestMeter(kind: .power).channels)] {
            let folder = Folder()
            var spool: SampleSpool? = try SampleSpool(folder: folder.path, channels: channels, bootID: "boot", maximumBytes: 1 << 20)
            try spool?.append(batch(1..<5))
            spool = nil
            #expect(try restored(folder, boot: boot, channels: others).isEmpty)
            // They are gone for good: nothing can come between the two.
            #expect(try restored(folder).isEmpty)
        }
    }

    @Test func `a spool stays within its size and keeps the latest`() throws {
        let folder = Folder()
        var spool: SampleSpool? = try SampleSpool(folder: folder.path, channels: channels, bootID: "boot", maximumBytes: 16_384)
        for start in stride(from: Int64(1), to: 2_001, by: 10) { try spool?.append(batch(start..<(start + 10))) }
        let sizes = try ["current", "previous"].map {
            try #require(FileManager.default.attributesOfItem(atPath: "\(folder.path)/\($0).spool")[.size] as? Int)
        }
        #expect(sizes.reduce(0, +) < 20_000)
        spool = nil
        let numbers = try restored(folder)
        let first = try #require(numbers.first)
        #expect(numbers == Array(first..<2_001) && numbers.count > 50)
    }

    @Test func `two agents do not share a spool`() throws {
        let folder = Folder()
        let spool = try SampleSpool(folder: folder.path, channels: channels, bootID: "boot", maximumBytes: 1 << 20)
        let failure = #expect(throws: Failure.self) {
            try SampleSpool(folder: folder.path, channels: channels, bootID: "boot", maximumBytes: 1 << 20)
        }
        #expect(failure?.code == "agent.spool" && failure?.remedy != nil)
        withExtendedLifetime(spool) {}
    }
}
