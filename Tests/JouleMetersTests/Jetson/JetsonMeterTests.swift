import Foundation
import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

struct JetsonMeterTests {
    static let tegra = ["/proc/device-tree/compatible": "nvidia,p3768-0000\0nvidia,tegra234\0"]

    /// A chip through hwmon: label, millivolts, milliamperes of each channel.
    static func chip(_ number: Int, _ rails: [(label: String, millivolts: Int, milliamperes: Int)]) -> [String: String] {
        var files = ["/sys/class/hwmon/hwmon\(number)/name": "ina3221\n"]
        for (index, rail) in rails.enumerated() {
            let base = "/sys/class/hwmon/hwmon\(number)"
            files["\(base)/in\(index + 1)_label"] = rail.label + "\n"
            files["\(base)/in\(index + 1)_input"] = "\(rail.millivolts)\n"
            files["\(base)/curr\(index + 1)_input"] = "\(rail.milliamperes)\n"
        }
        // The sum of the shunts' voltages carries a label too, and is no rail.
        files["/sys/class/hwmon/hwmon\(number)/in7_label"] = "sum of shunt voltages\n"
        return files
    }

    static func tree(_ chips: [[String: String]], places: [Int: String] = [:]) throws -> HostTree {
        let tree = try HostTree(chips.reduce(tegra) { $0.merging($1) { _, new in new } })
        for (number, place) in places { try tree.link("/sys/class/hwmon/hwmon\(number)/device", to: "../../../\(place)") }
        return tree
    }

    static let orinNX = chip(1, [("VDD_IN", 5_000, 2_400), ("VDD_CPU_GPU_CV", 4_976, 800), ("VDD_SOC", 4_984, 600)])

    @Test func `the module's input counts and its parts do not`() throws {
        let tree = try Self.tree([Self.orinNX], places: [1: "1-0040"])
        let (found, places, isTegra) = JetsonMeter.discover(root: tree.root)
        #expect(isTegra && places == ["1-0040"] && found.unavailable.isEmpty)
        let meter = try #require(found.meters.first)
        #expect(meter.isSlow && meter.channels.map(\.device) == ["1-0040/VDD_IN", "1-0040/VDD_CPU_GPU_CV", "1-0040/VDD_SOC"])
        #expect(meter.channels.map(\.scope) == [.module, .other, .other])
        #expect(meter.channels.map(\.countsInTotals) == [true, false, false])
        #expect(meter.channels.allSatisfy { $0.kind == .power && $0.hasPower && !$0.hasEnergy && $0.gain == 0.05 })
        let samples = try meter.open().samples(3)
        #expect(samples.map(\.power) == [Watts(12), Watts(3.9808), Watts(2.9904)])
        #expect(samples.allSatisfy { $0.status == .ok })
    }

    @Test func `beside the module GPU and CPU keep figures of their own`() throws {
        let nano = Self.chip(0, [("POM_5V_IN", 5_000, 1_000), ("POM_5V_GPU", 5_000, 200), ("POM_5V_CPU", 5_000, 300)])
        let channels = try #require(JetsonMeter.discover(root: try Self.tree([nano]).root).found.meters.first).channels
        #expect(channels.map(\.scope) == [.module, .gpu, .cpu])
        // The ledger knows that a module holds the two.
        #expect(channels.map(\.countsInTotals) == [true, true, true])
    }

    @Test func `without an input of the module its rails are added, none of them twice`() throws {
        let chips = [
            Self.chip(3, [("VDD_GPU_SOC", 19_000, 300), ("VDD_CPU_CV", 19_000, 100), ("VIN_SYS_5V0", 5_000, 900)]),
            Self.chip(4, [("NC", 0, 0), ("VDDQ_VDD2_1V8AO", 4_968, 220), ("NC", 0, 0)]),
        ]
        let tree = try Self.tree(chips, places: [3: "1-0040", 4: "1-0041"])
        let channels = try #require(JetsonMeter.discover(root: tree.root).found.meters.first).channels
        #expect(channels.map(\.name) == ["Jetson VDD_GPU_SOC", "Jetson VDD_CPU_CV", "Jetson VIN_SYS_5V0", "Jetson VDDQ_VDD2_1V8AO"])
        #expect(channels.map(\.scope) == [.gpu, .cpu, .other, .dram])
        #expect(channels.map(\.countsInTotals) == [true, true, true, false])
        #expect(channels[3].note?.contains("fed from VIN_SYS_5V0") == true)
    }

    @Test func `an AGX Xavier's six rails are all siblings`() throws {
        let chips = [
            Self.chip(0, [("GPU", 19_000, 300), ("CPU", 19_000, 100), ("SOC", 19_000, 90)]),
            Self.chip(1, [("CV", 19_000, 5), ("VDDRQ", 19_000, 60), ("SYS5V", 5_000, 400)]),
        ]
        let channels = try #require(JetsonMeter.discover(root: try Self.tree(chips).root).found.meters.first).channels
        #expect(channels.map(\.scope) == [.gpu, .cpu, .other, .other, .dram, .other])
        #expect(channels.allSatisfy { $0.countsInTotals })
    }

    @Test func `JetPack 4's driver is read where hwmon has no rails`() throws {
        var files = Self.tegra
        let base = "/sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0"
        for (index, rail) in [("POM_5V_IN", 5_000, 700), ("POM_5V_GPU", 5_000, 40), ("POM_5V_CPU", 4_990, 120)].enumerated() {
            files["\(base)/rail_name_\(index)"] = rail.0 + "\n"
            files["\(base)/in_voltage\(index)_input"] = "\(rail.1)\n"
            files["\(base)/in_current\(index)_input"] = "\(rail.2)\n"
            files["\(base)/in_power\(index)_input"] = "\(rail.1 * rail.2 / 1_000)\n"
        }
        let meter = try #require(JetsonMeter.discover(root: try HostTree(files).root).found.meters.first)
        #expect(meter.channels.map(\.device) == ["6-0040/POM_5V_IN", "6-0040/POM_5V_GPU", "6-0040/POM_5V_CPU"])
        #expect(try meter.open().samples(3).map(\.power) == [Watts(3.5), Watts(0.2), Watts(0.5988)])
    }

    @Test func `a current below zero is a power below zero, not a failure`() throws {
        let tree = try Self.tree([Self.chip(0, [("VDD_IN", 5_000, -8)])])
        let meter = try #require(JetsonMeter.discover(root: tree.root).found.meters.first)
        let sample = try meter.open().sample(.power)
        #expect(sample.power == Watts(-0.04) && sample.status == .ok)
    }

    @Test func `a rail that stops answering is a missing sample`() throws {
        let tree = try Self.tree([Self.chip(0, [("VDD_IN", 5_000, 100)])])
        let reader = try #require(JetsonMeter.discover(root: tree.root).found.meters.first).open()
        try tree.write("/sys/class/hwmon/hwmon0/curr1_input", "")
        let sample = reader.sample(.full)
        #expect(sample.power == nil && sample.status == .retry("current: not a number"))
    }

    @Test func `a rail that nobody knows is shown and not added`() throws {
        let tree = try Self.tree([Self.chip(0, [("VDD_ODD", 5_000, 100)])])
        let channel = try #require(JetsonMeter.discover(root: tree.root).found.meters.first).channels[0]
        #expect(channel.scope == .other && !channel.countsInTotals && channel.note == "what this rail feeds is not known")
    }

    @Test func `another board with the same chip is no Jetson`() throws {
        let tree = try HostTree(Self.orinNX)
        let (found, _, isTegra) = JetsonMeter.discover(root: tree.root)
        #expect(!isTegra && found.meters.isEmpty)
        #expect(found.unavailable.first?.reason.contains("this is no Jetson") == true)
    }

    @Test func `a Jetson without its sensors says where they were looked for`() throws {
        let found = JetsonMeter.discover(root: try HostTree(Self.tegra).root).found
        #expect(found.unavailable.first?.reason.contains("no INA3221 rail") == true && found.unavailable.first?.remedy != nil)
    }

    @Test func `a rail for root only is refused with owner and mode`() throws {
        let tree = try Self.tree([Self.chip(0, [("VDD_IN", 5_000, 100)])])
        try tree.setMode("/sys/class/hwmon/hwmon0/curr1_input", 0)
        let found = try withoutRootRights { JetsonMeter.discover(root: tree.root).found }
        #expect(found.meters.isEmpty && found.unavailable.first?.remedy?.contains("chmod a+r") == true)
    }
}
