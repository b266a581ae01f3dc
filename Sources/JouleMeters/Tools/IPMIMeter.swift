import JouleModel
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The power of the whole machine as its management controller reads it, through `ipmitool` or freeipmi's `ipmi-dcmi`.
package struct IPMIMeter: Meter {
    /// Half-width at 95 %; see `docs/meters/ipmi.md`.
    package static let gain = 0.10
    /// The controller renews its reading about once a second, and each question costs it time.
    package static let pace = Duration.seconds(1)
    static let patience = Duration.seconds(10)

    let tool: CommandTool
    let pace: Duration
    package let channels: [MeterChannel]
    package var isSlow: Bool { true }

    static func arguments(of tool: CommandTool) -> [String] {
        tool.name == "ipmi-dcmi" ? ["--get-system-power-statistics"] : ["dcmi", "power", "reading"]
    }

    /// The tool that is installed, `ipmitool` first.
    package static func installedTool(searchPath: String? = getenv("PATH").map({ String(cString: $0) })) -> CommandTool? {
        CommandTool(named: "ipmitool", searchPath: searchPath) ?? CommandTool(named: "ipmi-dcmi", searchPath: searchPath)
    }

    /// Asks the controller once, and blocks until it has answered.
    ///
    /// - Parameter pace: the least time between two questions.
    package static func discover(
        tool: CommandTool? = installedTool(), gain: Double? = nil, pace: Duration = IPMIMeter.pace
    ) -> MeterDiscovery {
        var found = MeterDiscovery()
        func note(_ reason: String, _ remedy: String?) {
            found.unavailable.append(RunEnvironment.Unavailable(meter: "ipmi", reason: reason, remedy: remedy))
        }
        guard let tool else {
            note("there is neither ipmitool nor ipmi-dcmi in PATH", "install ipmitool, or freeipmi's tools")
            return found
        }
        do {
            let text = try tool.output(arguments(of: tool), patience: patience)
            _ = try DCMIReading(text)
            found.meters = [IPMIMeter(tool: tool, gain: gain ?? Self.gain, pace: pace)]
        } catch let problem as DCMIReading.Problem {
            note("\(tool.name) gives no power: \(problem.reason)", problem.remedy)
        } catch let failure as Failure {
            note(failure.message, failure.remedy)
        } catch {
            note("\(tool.name) cannot be used: \(error)", nil)
        }
        return found
    }

    private init(tool: CommandTool, gain: Double, pace: Duration) {
        self.tool = tool
        self.pace = pace
        channels = [
            MeterChannel(
                meter: "ipmi", scope: .node, device: "node", name: "BMC of this machine", kind: .power, hasEnergy: false, hasPower: true,
                gain: gain, updatePeriod: pace, note: "DCMI power reading through \(tool.name), whole watts, about once a second")
        ]
    }

    /// Takes a first reading, so that a window that begins now has one before it.
    package func open() throws(Failure) -> any MeterReader { IPMIReader(tool: tool, pace: pace) }
}

/// Starts the tool for every reading, not more often than the controller renews it.
final class IPMIReader: MeterReader {
    private let tool: CommandTool
    private let pace: Duration
    private var next = Instant.now
    /// The reading that was taken when the meter was opened: the first answer.
    private var first: RawSample?

    init(tool: CommandTool, pace: Duration) {
        self.tool = tool
        self.pace = pace
        var sample = RawSample()
        ask(into: &sample)
        first = sample
    }

    func close() {}

    /// Waits for the controller's pace, asks, and stamps the answer halfway.
    func read(_ detail: ReadDetail, into slots: UnsafeMutableBufferPointer<RawSample>) {
        if let first {
            slots[0] = first
            self.first = nil
            return
        }
        let wait = next - .now
        if wait > .zero { usleep(UInt32(clamping: wait.nanoseconds / 1_000)) }
        ask(into: &slots[0])
    }

    private func ask(into sample: inout RawSample) {
        let before = Instant.now
        next = before + pace
        do {
            let text = try tool.output(IPMIMeter.arguments(of: tool), patience: IPMIMeter.patience)
            sample.instant = Instant(nanoseconds: before.nanoseconds + (.now - before).nanoseconds / 2)
            sample.power = try DCMIReading(text).power
        } catch let problem as DCMIReading.Problem {
            sample.instant = .now
            sample.fail(.retry("\(tool.name): \(problem.kind)"))
        } catch {
            sample.instant = .now
            sample.fail(.retry("\(tool.name) does not answer"))
        }
    }
}

extension DCMIReading.Problem {
    /// From a closed set: reasons of failed reads are kept by number in a table that must stay small.
    fileprivate var kind: String {
        switch self {
        case .permission: "permission denied"
        case .noDevice: "no device"
        case .inactive: "no measurement"
        case .other: "no power in its answer"
        }
    }
}
