import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

/// ACPI power meters, whose files hang on the device behind the hwmon folder.
struct GraceSocketTests {
    /// One power meter as the driver of ACPI shows it.
    static func meter(_ number: Int, _ words: String?, microwatts: Int = 60_000_000) -> [String: String] {
        let base = "/sys/class/hwmon/hwmon\(number)/device"
        return [
            "\(base)/name": "power_meter\n", "\(base)/power1_average": "\(microwatts)\n", "\(base)/power1_average_interval": "50\n",
            "\(base)/power1_oem_info": (words ?? "") + "\n", "\(base)/power1_is_battery": "0\n",
        ]
    }

    static func channels(_ labels: [String]) throws -> [MeterChannel] {
        let files = labels.enumerated().reduce(into: [String: String]()) { $0.merge(meter($1.offset + 1, $1.element)) { $1 } }
        let found = HwmonMeter.discover(root: try HostTree(files).root)
        #expect(found.unavailable.isEmpty)
        return found.meters.flatMap(\.channels)
    }

    @Test func `a superchip has a module that holds its socket, and a socket that holds its rails`() throws {
        let channels = try Self.channels([
            "Module Power Socket 0", "Grace Power Socket 0", "CPU Power Socket 0", "SysIO Power Socket 0",
        ])
        #expect(channels.map(\.device) == ["Module Power Socket 0", "Grace Power Socket 0", "CPU Power Socket 0", "SysIO Power Socket 0"])
        #expect(channels.map(\.scope) == [.module, .cpu, .cpu, .other])
        #expect(channels.map(\.countsInTotals) == [true, true, false, false])
        #expect(channels[2].note?.contains("part of Grace Power Socket 0") == true)
        #expect(channels.allSatisfy { $0.updatePeriod == .milliseconds(50) && $0.averagingWindow == .milliseconds(50) })
    }

    @Test func `sockets are settled each by itself`() throws {
        let channels = try Self.channels(["Grace Power Socket 0", "CPU Power Socket 0", "CPU Power Socket 1", "SysIO Power Socket 1"])
        #expect(channels.filter(\.countsInTotals).map(\.device) == ["Grace Power Socket 0", "CPU Power Socket 1", "SysIO Power Socket 1"])
    }

    @Test func `a module that the GPU's driver reads too is counted once`() throws {
        let files = Self.meter(1, "Module Power Socket 0").merging(Self.meter(2, "Grace Power Socket 0")) { $1 }
        let found = HwmonMeter.discover(root: try HostTree(files).root, modulesElsewhere: true)
        #expect(found.meters.flatMap(\.channels).map(\.countsInTotals) == [false, true])
    }

    @Test func `one power meter without such words is the node's`() throws {
        let found = HwmonMeter.discover(root: try HostTree(Self.meter(0, nil, microwatts: 310_000_000)).root)
        let meter = try #require(found.meters.first)
        #expect(meter.channels[0].scope == .node && meter.channels[0].device == "node")
        #expect(try meter.open().sample(.power).power == Watts(310))
    }

    @Test func `a chip that another meter reads is left to it`() throws {
        let chip = HwmonMeterTests.chip(5, "amdgpu", ["power1_average": "71800000", "power1_label": "PPT"])
        let tree = try HostTree(chip)
        try tree.link("/sys/class/hwmon/hwmon5/device", to: "../../../0000:03:00.0")
        #expect(HwmonMeter.discover(root: tree.root).meters.count == 1)
        let found = HwmonMeter.discover(root: tree.root, excluding: ["0000:03:00.0"])
        #expect(found.meters.isEmpty && found.unavailable.isEmpty)
    }

    @Test(arguments: ["Module Power Socket", "Power Socket 0", "GPU Power Socket 0", "Module Power Socket x", ""])
    func `other words are no socket`(words: String) {
        #expect(GraceSocket(label: words) == nil)
    }
}
