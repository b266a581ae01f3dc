import Foundation
import JouleModel
import JouleUnits

/// Samples as an agent sends and spools them: one line of JSON, then records of 64 bytes.
package struct SampleBatch: Sendable {
    package var head: AgentBatchHead
    package var samples: [RawSample]

    /// The batch of these samples; the head's count and words are filled in.
    package init(_ head: AgentBatchHead, samples: [RawSample]) {
        self.head = head
        self.samples = samples
        self.head.count = samples.count
        for sample in samples where sample.statusCode != 0 {
            self.head.reasons["\(sample.statusCode)"] = sample.status.description
        }
    }

    package func encoded() throws(Failure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var bytes: [UInt8]
        do {
            bytes = Array(try encoder.encode(head))
        } catch {
            throw Failure("agent.batch", "a batch of samples cannot be written", cause: "\(error)")
        }
        bytes.reserveCapacity(bytes.count + 1 + samples.count * AgentBatchHead.recordBytes)
        bytes.append(UInt8(ascii: "\n"))
        for sample in samples { sample.append(to: &bytes) }
        return bytes
    }

    /// Why bytes are no batch.
    package enum Flaw: Error, Hashable {
        /// They end before the batch does: a write or an answer was cut off.
        case cut
        case malformed(String)
    }

    /// The longest line that is taken for a head.
    private static let longestHead = 1 << 16
    /// Instants beyond this (292 years, halved twice) would overflow when clocks are added.
    private static let latestInstant = Int64.max / 4

    /// Reads the batch that begins at a position, and moves the position behind it.
    ///
    /// - Throws: `Flaw` for bytes that no agent of this version writes; they may come from anywhere.
    package init(_ bytes: [UInt8], at position: inout Int) throws(Flaw) {
        let window = bytes[position..<min(bytes.count, position + Self.longestHead)]
        guard let end = window.firstIndex(of: UInt8(ascii: "\n")) else {
            throw window.count < Self.longestHead ? .cut : .malformed("its first line has no end")
        }
        let head: AgentBatchHead
        do {
            head = try JSONDecoder().decode(AgentBatchHead.self, from: Data(bytes[position..<end]))
        } catch {
            throw .malformed("its first line is no head")
        }
        guard head.protocolVersion == AgentProtocol.version, head.recordBytes == AgentBatchHead.recordBytes else {
            throw .malformed("it follows version \(head.protocolVersion) of the protocol")
        }
        let start = end + 1
        guard head.count >= 0, head.first >= 0, head.first < .max / 2, head.count <= Int32.max, (0...Int.max / 4).contains(head.lost ?? 0)
        else {
            throw .malformed("its numbers are impossible")
        }
        guard bytes.count - start >= head.count * AgentBatchHead.recordBytes else { throw .cut }
        let words = Dictionary(
            head.reasons.compactMap { code, text in UInt16(code).map { ($0, ReadStatus(text: text.prefix(200))) } },
            uniquingKeysWith: { $1 })
        var taken: [RawSample] = []
        taken.reserveCapacity(head.count)
        var isPossible = [head.now, head.edge, head.bracketed].allSatisfy { $0.map(Self.isPossible) ?? true }
        bytes.withUnsafeBytes { all in
            for index in 0..<head.count {
                let offset = start + index * AgentBatchHead.recordBytes
                let sample = RawSample(record: UnsafeRawBufferPointer(rebasing: all[offset..<(offset + AgentBatchHead.recordBytes)])) {
                    words[$0] ?? .retry("a reason that the agent did not give")
                }
                isPossible = isPossible && Self.isOnAClock(sample.instant)
                taken.append(sample)
            }
        }
        guard isPossible else { throw .malformed("its times are impossible") }
        self.head = head
        samples = taken
        position = start + head.count * AgentBatchHead.recordBytes
    }

    /// Whether a monotonic clock can show it.
    static func isOnAClock(_ instant: Instant) -> Bool { (-latestInstant...latestInstant).contains(instant.nanoseconds) }

    /// The end of all time stands for a source that has ended.
    private static func isPossible(_ instant: Instant) -> Bool { isOnAClock(instant) || instant.nanoseconds == .max }
}
