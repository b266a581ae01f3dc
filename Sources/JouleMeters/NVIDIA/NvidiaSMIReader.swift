import JouleModel
import JouleProcess
import JouleUnits

/// The open end of an `NvidiaSMIMeter`: owns the child.
///
/// A read waits for the next row of every GPU and stamps each at its arrival. The child sleeps for a whole period between its queries, so
/// it is a little slower than the sampler: the sampler waits for it, and rows do not wait for the sampler. Strings are made per row here;
/// this reader has a thread of its own.
final class NvidiaSMIReader: MeterReader {
    private let meter: NvidiaSMIMeter
    /// The slot of each GPU, by UUID.
    private let slotOf: [String: Int]
    private var child: ChildPipe?
    private var lines = PipeLines(descriptor: -1)
    private var restarted = false
    private var loss: ReadStatus?
    /// The last line that was no row: the tool prints its complaints among them.
    private var complaint: String?
    private var filled: [Bool]

    init(meter: NvidiaSMIMeter) {
        self.meter = meter
        slotOf = Dictionary(uniqueKeysWithValues: meter.channels.enumerated().map { ($1.device, $0) })
        filled = Array(repeating: false, count: meter.channels.count)
    }

    func start() throws(Failure) {
        try launch()
        var missing = Set(slotOf.keys)
        let deadline = Instant.now + NvidiaSMI.patience
        while !missing.isEmpty {
            guard lines.receive(until: deadline) != nil else {
                throw Failure(
                    "meter.unavailable", "nvidia-smi gives no readings", cause: complaint ?? child?.exitDescription,
                    remedy: "run `\(meter.smi.executable) \(meter.arguments.joined(separator: " "))` by hand")
            }
            while let line = lines.next() {
                if let row = row(line) { missing.remove(row.uuid) }
            }
        }
    }

    private func launch() throws(Failure) {
        let child = try ChildPipe.start(executable: meter.smi.executable, arguments: meter.arguments)
        self.child = child
        lines = PipeLines(descriptor: child.readDescriptor)
    }

    func close() {
        child?.terminate()
        child = nil
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        for index in slots.indices { slots[index].instant = .now }
        if let loss {
            for index in slots.indices { slots[index].fail(loss) }
            return
        }
        for index in filled.indices { filled[index] = false }
        lines.discardStale()
        var deadline = Instant.now + patience
        while filled.contains(false) {
            guard let arrival = lines.receive(until: deadline) else { break }
            if take(arrival, into: slots) {
                // The rows of one query come together: a GPU that is missing now is missing from this query.
                deadline = Swift.min(deadline, arrival + .milliseconds(500))
            }
        }
        if filled.contains(false) { fail(in: slots) }
    }

    /// Longer than a query takes on a busy machine; a tool that is silent for longer than this is stuck.
    private var patience: Duration { Swift.max(.seconds(5), meter.period * 3) }

    private func take(_ arrival: Instant, into slots: UnsafeMutableBufferPointer<RawSample>) -> Bool {
        var any = false
        while let line = lines.next() {
            guard let row = row(line), let slot = slotOf[row.uuid] else { continue }
            slots[slot].instant = arrival
            row.fill(&slots[slot], power: meter.sources[slot])
            filled[slot] = true
            any = true
        }
        return any
    }

    private func row(_ line: String) -> NvidiaSMIRow? {
        let row = NvidiaSMIRow(line, columns: meter.columns)
        if row == nil && !line.isEmpty { complaint = line }
        return row
    }

    private func fail(in slots: UnsafeMutableBufferPointer<RawSample>) {
        let status = lines.isAtEnd ? ended() : ReadStatus.retry("no row from nvidia-smi")
        for index in slots.indices where !filled[index] {
            slots[index].instant = .now
            slots[index].fail(status)
        }
    }

    /// A child that ends is started again once; a second end is final.
    private func ended() -> ReadStatus {
        let how = complaint ?? child?.exitDescription ?? "its output ended"
        close()
        if !restarted {
            restarted = true
            if (try? launch()) != nil { return .retry("nvidia-smi ended (\(how)) and was started again") }
        }
        let gone = ReadStatus.gone("nvidia-smi ended (\(how))")
        loss = gone
        return gone
    }
}

extension NvidiaSMIRow {
    /// A row without power is a row all the same: what it holds is kept, what it lacks is missing.
    ///
    /// Which column a channel's power comes from was settled when the channel was found, so that one series is never a mixture.
    func fill(_ sample: inout RawSample, power source: NvidiaSMIPower) {
        sample.power = source == .instant ? instantPower : power
        sample.averagePower = averagePower
        sample.utilizationPercent = utilizationPercent
        sample.memoryUsed = memoryUsed
        sample.temperature = temperature
        sample.smClockMHz = smClockMHz
        sample.memoryClockMHz = memoryClockMHz
        sample.powerLimit = powerLimit
        if sample.power == nil { sample.fail(.retry("nvidia-smi gives no power")) }
    }
}
