import JouleModel
import JouleProcess
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// CPU, GPU and neural engine of an Apple chip, from one `powermetrics` that repeats itself.
package struct PowermetricsMeter: Meter {
    /// Half-width at 95 %, assumed; see `docs/meters/powermetrics.md`.
    package static let gain = 0.10
    /// The tool's own start takes a second or two.
    static let patience = Duration.seconds(15)

    let tool: CommandTool
    let period: Duration
    let parts: [PowermetricsReport.Part]
    package let channels: [MeterChannel]
    package var isSlow: Bool { true }

    /// Takes one report, and blocks until it is there.
    ///
    /// - Parameter period: the length of an interval; 100 ms at least.
    package static func discover(
        tool: CommandTool? = CommandTool(named: "powermetrics"), period: Duration, gain: Double? = nil
    ) -> MeterDiscovery {
        var found = MeterDiscovery()
        func note(_ reason: String, _ remedy: String?) {
            found.unavailable.append(RunEnvironment.Unavailable(meter: "powermetrics", reason: reason, remedy: remedy))
        }
        guard let tool else {
            note("there is no powermetrics in PATH: it is a part of macOS", nil)
            return found
        }
        do throws(Failure) {
            let text = try tool.output(arguments(period: .milliseconds(100)) + ["-n", "1"], patience: patience)
            var lists = PowermetricsLists()
            let reports = text.split(whereSeparator: \.isNewline).compactMap { lists.take(String($0)) }.compactMap {
                PowermetricsReport($0)
            }
            guard let report = reports.last else {
                let words = lists.complaint ?? "it printed no report"
                note("powermetrics gives no report: \(words)", remedy(for: words))
                return found
            }
            let parts = PowermetricsReport.Part.allCases.filter { report.power[$0] != nil }
            guard !parts.isEmpty else {
                note(
                    "the report of powermetrics holds no power of CPU, GPU or neural engine",
                    "this needs an Apple chip and macOS 12 or later")
                return found
            }
            found.meters = [
                PowermetricsMeter(tool: tool, period: max(period, .milliseconds(100)), parts: parts, gain: gain ?? Self.gain)
            ]
        } catch {
            note(error.message, error.remedy)
        }
        return found
    }

    private static func remedy(for words: String) -> String {
        words.contains("superuser") || words.contains("root")
            ? "run joulebench with sudo: powermetrics is for root only"
            : "run `sudo powermetrics --samplers cpu_power -n 1` by hand"
    }

    private init(tool: CommandTool, period: Duration, parts: [PowermetricsReport.Part], gain: Double) {
        self.tool = tool
        self.period = period
        self.parts = parts
        channels = parts.map { part in
            let (scope, name): (Scope, String) =
                switch part {
                case .cpu: (.cpu, "Apple CPU")
                case .gpu: (.gpu, "Apple GPU")
                case .ane: (.other, "Apple neural engine")
                }
            return MeterChannel(
                meter: "powermetrics", scope: scope, device: part.rawValue, name: name, kind: .counter, hasEnergy: true, hasPower: true,
                gain: gain, updatePeriod: period, note: "Apple's own estimate, summed over the tool's intervals", averagingWindow: period)
        }
    }

    static func arguments(period: Duration) -> [String] {
        ["--samplers", "cpu_power,gpu_power,ane_power", "-i", "\(Int(period.milliseconds.rounded()))", "-f", "plist"]
    }

    /// Starts the tool and waits for a first report.
    package func open() throws(Failure) -> any MeterReader {
        let reader = PowermetricsReader(meter: self)
        do throws(Failure) {
            try reader.start()
        } catch {
            reader.close()
            throw error
        }
        return reader
    }
}

/// The open end of a `PowermetricsMeter`: owns the child, and the sums of energy since it was started.
///
/// A read waits for the end of the next interval. Reports that nobody waited for are summed up all the same, so that the energy never
/// has a hole. Strings are made for every report; this reader has a thread of its own.
final class PowermetricsReader: MeterReader {
    private let meter: PowermetricsMeter
    private var child: ChildPipe?
    private var lines = PipeLines(descriptor: -1)
    private var lists = PowermetricsLists()
    private var energies: [Joules]
    private var latest: PowermetricsReport?
    private var loss: ReadStatus?
    /// When the report came that the opening waited for: the first answer, so that a window that begins then has a reading before it.
    private var first: Instant?

    init(meter: PowermetricsMeter) {
        self.meter = meter
        energies = Array(repeating: Joules(0), count: meter.parts.count)
    }

    func start() throws(Failure) {
        let arguments = PowermetricsMeter.arguments(period: meter.period)
        let child = try ChildPipe.start(executable: meter.tool.executable, arguments: arguments, withErrors: true)
        self.child = child
        lines = PipeLines(descriptor: child.readDescriptor)
        first = next(before: .now + PowermetricsMeter.patience)
        guard first != nil else {
            throw Failure(
                "meter.unavailable", "powermetrics gives no report", cause: lists.complaint ?? child.exitDescription,
                remedy: "run `sudo \(meter.tool.executable) \(arguments.joined(separator: " "))` by hand")
        }
    }

    func close() {
        child?.terminate()
        child = nil
    }

    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        if let arrival = first {
            first = nil
            for index in slots.indices { slots[index].instant = arrival }
            fill(slots)
            return
        }
        if loss == nil {
            // What has arrived already was not waited for: when it came is not known, and the next one is. It is given only when no other
            // comes, so that the last interval of a tool that ends is not lost.
            var drained: Instant?
            while let seen = next(before: .now) { drained = seen }
            if let arrival = next(before: .now + max(.seconds(5), meter.period * 3)) ?? drained {
                for index in slots.indices { slots[index].instant = arrival }
                fill(slots)
                return
            }
            if lines.isAtEnd { loss = .gone("powermetrics ended (\(lists.complaint ?? child?.exitDescription ?? "its output ended"))") }
        }
        for index in slots.indices {
            slots[index].instant = .now
            slots[index].fail(loss ?? .retry("no report from powermetrics"))
        }
    }

    private func fill(_ slots: UnsafeMutableBufferPointer<RawSample>) {
        for index in slots.indices {
            slots[index].energy = energies[index]
            slots[index].power = latest?.power[meter.parts[index]]
            slots[index].averagePower = slots[index].power
            if slots[index].power == nil { slots[index].fail(.retry("powermetrics gives no power")) }
        }
    }

    /// Takes the next report into the sums, and gives the instant at which it was there; nil when none came in time.
    private func next(before deadline: Instant) -> Instant? {
        while true {
            while let line = lines.next() {
                guard let list = lists.take(line) else { continue }
                latest = PowermetricsReport(list)
                for (index, part) in meter.parts.enumerated() {
                    if let latest, let power = latest.power[part] {
                        energies[index] += power * latest.elapsed
                    } else {
                        // An interval without a figure would be a hole in the sum. Begun anew, the analysis takes it for a reset.
                        energies[index] = Joules(0)
                    }
                }
                return .now
            }
            guard lines.receive(until: deadline) != nil else { return nil }
        }
    }
}
