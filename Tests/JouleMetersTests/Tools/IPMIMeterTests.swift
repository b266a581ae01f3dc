import Foundation
import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

@Suite struct `The power that a management controller reads` {
    static let ipmitool = """

            Instantaneous power reading:                   487 Watts
            Minimum during sampling period:                 12 Watts
            Maximum during sampling period:               1043 Watts
            Average power reading over sample period:      455 Watts
            IPMI timestamp:                           Sat Mar  7 09:15:01 2026
            Sampling period:                          00000001 Seconds.
            Power reading state is:                   activated


        """
    static let freeipmi = """
        Current Power                        : 512 Watts
        Minimum Power over sampling duration : 44 watts
        Maximum Power over sampling duration : 1187 watts
        Average Power over sampling duration : 498 watts
        Time Stamp                           : 03/07/2026 - 09:15:01
        Statistics reporting time period     : 1000 milliseconds
        Power Measurement                    : Active

        """

    @Test func `both tools are understood`() throws {
        #expect(try DCMIReading(Self.ipmitool).power == Watts(487))
        #expect(try DCMIReading(Self.freeipmi).power == Watts(512))
    }

    @Test(
        arguments: [
            (ipmitool.replacing("activated", with: "deactivated"), "measurement is deactivated"),
            (freeipmi.replacing("Active", with: "Not Available"), "measurement is not available"),
            (ipmitool.replacing("487", with: "0"), "gives 0 W"),
            ("DCMI request failed because: Invalid command (c1)\n", "DCMI request failed"),
            ("", "printed nothing"),
        ])
    func `an answer without a measurement is none`(text: String, words: String) {
        #expect { try DCMIReading(text) } throws: { ($0 as? DCMIReading.Problem)?.reason.contains(words) == true }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A machine's power through IPMI` {
    private func discover(_ fake: FakeTool, pace: Duration = .milliseconds(20)) async throws -> MeterDiscovery {
        let tool = fake.tool
        return try await onThread { IPMIMeter.discover(tool: tool, pace: pace) }
    }

    @Test func `the node has one channel, and every read is a new question`() async throws {
        let fake = try FakeTool("ipmitool", "cat <<'END'\n\(`The power that a management controller reads`.ipmitool)\nEND")
        let meter = try #require(try await discover(fake).meters.first)
        #expect(meter.isSlow && meter.channels.map(\.scope) == [.node] && meter.channels.map(\.device) == ["node"])
        #expect(meter.channels[0].gain == 0.10 && meter.channels[0].kind == .power)
        let (samples, took) = try await onThread {
            let start = Instant.now
            let reader = try meter.open()
            defer { reader.close() }
            return ((0..<3).map { _ in reader.sample(.full) }, Instant.now - start)
        }
        #expect(samples.allSatisfy { $0.power == Watts(487) && $0.status == .ok && $0.energy == nil })
        #expect(zip(samples, samples.dropFirst()).allSatisfy { $0.instant < $1.instant })
        // The controller is not asked faster than it answers: two pauses lie between three questions.
        #expect(took >= .milliseconds(40))
        #expect(try fake.asked == Array(repeating: "dcmi power reading", count: 4))
    }

    @Test func `freeipmi's tool stands in, with its own arguments`() async throws {
        let fake = try FakeTool("ipmi-dcmi", "cat <<'END'\n\(`The power that a management controller reads`.freeipmi)\nEND")
        #expect(IPMIMeter.installedTool(searchPath: "/nowhere:\(fake.folder.path)")?.name == "ipmi-dcmi")
        let meter = try #require(try await discover(fake).meters.first)
        #expect(try await onThread { try meter.open().sample(.full).power } == Watts(512))
        #expect(try fake.asked.allSatisfy { $0 == "--get-system-power-statistics" })
    }

    @Test(
        arguments: [
            ("Could not open device at /dev/ipmi0 or /dev/ipmi/0 or /dev/ipmidev/0: Permission denied", "run as root"),
            ("Could not open device at /dev/ipmi0 or /dev/ipmi/0 or /dev/ipmidev/0: No such file or directory", "modprobe ipmi_si"),
            ("DCMI request failed because: Invalid command (c1)", "do not have the DCMI extension"),
        ])
    func `what the tool complains of is told with a remedy`(words: String, remedy: String) async throws {
        let found = try await discover(try FakeTool("ipmitool", "echo '\(words)' >&2; exit 1"))
        #expect(found.meters.isEmpty)
        #expect(found.unavailable.first?.reason == "ipmitool gives no power: \(words)")
        #expect(found.unavailable.first?.remedy?.contains(remedy) == true)
    }

    @Test func `a question that fails is a missing sample, and the next one is asked again`() async throws {
        let answer = `The power that a management controller reads`.ipmitool
        let fake = try FakeTool(
            "ipmitool", "if [ $(wc -l <\"$FOLDER/asked\") -eq 2 ]; then echo busy; else cat <<'END'\n\(answer)\nEND\nfi")
        let meter = try #require(try await discover(fake).meters.first)
        let samples = try await onThread {
            let reader = try meter.open()
            return (0..<2).map { _ in reader.sample(.full) }
        }
        // The second question of all, the first of the reader, was the one that failed.
        #expect(samples.map(\.power) == [nil, Watts(487)])
        #expect(samples[0].status == .retry("ipmitool: no power in its answer"))
    }

    @Test func `a machine without the tools says so`() {
        #expect(IPMIMeter.discover(tool: nil).unavailable.first?.reason == "there is neither ipmitool nor ipmi-dcmi in PATH")
    }
}
