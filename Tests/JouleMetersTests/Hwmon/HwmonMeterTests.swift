import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

struct HwmonMeterTests {
    static let base = "/sys/class/hwmon"

    static func chip(_ number: Int, _ name: String, _ files: [String: String]) -> [String: String] {
        var all = ["\(base)/hwmon\(number)/name": "\(name)\n"]
        for (file, text) in files { all["\(base)/hwmon\(number)/\(file)"] = text + "\n" }
        return all
    }

    @Test func `amd_energy counts sockets and cores, the sockets first`() throws {
        let tree = try HostTree(
            Self.chip(
                3, "amd_energy",
                [
                    "energy1_label": "Ecore000", "energy1_input": "1000000", "energy2_label": "Ecore001", "energy2_input": "2000000",
                    "energy3_label": "Esocket0", "energy3_input": "9000000",
                ]))
        let found = HwmonMeter.discover(root: tree.root)
        #expect(found.unavailable.isEmpty)
        let meter = try #require(found.meters.first as? HwmonMeter)
        #expect(meter.channels.map(\.device) == ["Esocket0", "Ecore000", "Ecore001"])
        #expect(meter.channels.map(\.scope) == [.package, .core, .core])
        #expect(meter.channels.allSatisfy { $0.kind == .counter && $0.hasEnergy && !$0.hasPower && $0.gain == 0.05 })
        #expect(!meter.isSlow)

        let reader = try meter.open()
        let often = slots(3) { reader.read(.energy, into: $0) }
        #expect(often.map(\.energy) == [Joules(9), nil, nil])
        #expect(often.allSatisfy { $0.status.isOK })
        let seldom = slots(3) { reader.read(.full, into: $0) }
        #expect(seldom.map(\.energy) == [Joules(9), Joules(1), Joules(2)])
    }

    @Test func `an amdgpu is known by its PCI id and gives a mean power`() throws {
        let tree = try HostTree(
            Self.chip(5, "amdgpu", ["power1_average": "71800000", "power1_label": "PPT", "power1_average_interval": "1000"]))
        try tree.link("\(Self.base)/hwmon5/device", to: "../../../0000:03:00.0")
        let meter = try #require(HwmonMeter.discover(root: tree.root).meters.first)
        let channel = meter.channels[0]
        #expect(channel.device == "0000:03:00.0")
        #expect(channel.scope == .gpu)
        #expect(channel.kind == .power)
        #expect(channel.updatePeriod == .seconds(1))
        #expect(channel.hasPower && !channel.hasEnergy && channel.countsInTotals)
        let sample = slots(1) { slots in (try? meter.open())?.read(.full, into: slots) }[0]
        #expect(sample.averagePower == Watts(71.8))
        #expect(sample.power == Watts(71.8))
    }

    @Test func `an APU's power holds its cores and is not added to them`() throws {
        let tree = try HostTree(Self.chip(1, "amdgpu", ["power1_average": "15000000", "power1_label": "slowPPT"]))
        let channel = try #require(HwmonMeter.discover(root: tree.root).meters.first?.channels.first)
        #expect(!channel.countsInTotals)
        #expect(channel.note?.contains("APU") == true)
    }

    @Test func `of an Intel card and its package only the card counts`() throws {
        let tree = try HostTree(
            Self.chip(
                2, "xe",
                ["energy1_label": "card", "energy1_input": "5000000", "energy2_label": "pkg", "energy2_input": "3000000"]))
        try tree.link("\(Self.base)/hwmon2/device", to: "../../../0000:4d:00.0")
        let channels = try #require(HwmonMeter.discover(root: tree.root).meters.first?.channels)
        #expect(channels.map(\.device) == ["0000:4d:00.0", "0000:4d:00.0/pkg"])
        #expect(channels.map(\.countsInTotals) == [true, false])
    }

    @Test func `an Intel card that measures its package only counts that`() throws {
        let tree = try HostTree(Self.chip(2, "xe", ["energy2_label": "pkg", "energy2_input": "3000000"]))
        try tree.link("\(Self.base)/hwmon2/device", to: "../../../0000:03:00.0")
        let channel = try #require(HwmonMeter.discover(root: tree.root).meters.first?.channels.first)
        #expect(channel.countsInTotals && channel.scope == .gpu && channel.kind == .counter)
        #expect(channel.note == "the package of the card, without memory and board")
    }

    @Test func `of an Intel card with tiles only the whole counts`() throws {
        var files = Self.chip(2, "i915", ["energy1_input": "9000000"])
        files.merge(Self.chip(3, "i915_gt0", ["energy1_input": "4000000"])) { $1 }
        files.merge(Self.chip(4, "i915_gt1", ["energy1_input": "4000000"])) { $1 }
        let tree = try HostTree(files)
        for number in 2...4 { try tree.link("\(Self.base)/hwmon\(number)/device", to: "../../../0000:4d:00.0") }
        let found = HwmonMeter.discover(root: tree.root)
        #expect(found.unavailable.isEmpty)
        let channels = found.meters.flatMap(\.channels)
        #expect(channels.map(\.device) == ["0000:4d:00.0", "0000:4d:00.0/i915_gt0", "0000:4d:00.0/i915_gt1"])
        #expect(channels.map(\.countsInTotals) == [true, false, false])
        let reader = try #require(found.meters.first).open()
        #expect(reader.sample(.energy).energy == Joules(9))
    }

    @Test func `a board's input is the node, an unnamed rail is nobody's`() throws {
        let files = Self.chip(0, "ina226", ["power1_input": "25000000", "power1_label": "VDD_IN"])
            .merging(Self.chip(1, "ina219", ["power1_input": "3000000"])) { old, _ in old }
        let meters = HwmonMeter.discover(root: try HostTree(files).root).meters
        #expect(meters.flatMap(\.channels).map(\.scope) == [.node, .other])
        #expect(meters.flatMap(\.channels).map(\.countsInTotals) == [true, false])
        #expect(meters.allSatisfy { $0.isSlow })
    }

    @Test func `an ACPI power meter covers the node`() throws {
        let tree = try HostTree(Self.chip(0, "power_meter", ["power1_average": "310000000"]))
        let meter = try #require(HwmonMeter.discover(root: tree.root).meters.first)
        #expect(meter.channels[0].scope == .node)
        #expect(meter.isSlow)
    }

    @Test func `input and average of one sensor are two values of one channel`() throws {
        let tree = try HostTree(Self.chip(0, "amdgpu", ["power1_average": "70000000", "power1_input": "80000000"]))
        let meter = try #require(HwmonMeter.discover(root: tree.root).meters.first)
        #expect(meter.channels.count == 1)
        let sample = slots(1) { slots in (try? meter.open())?.read(.power, into: slots) }[0]
        #expect(sample.power == Watts(80))
        #expect(sample.averagePower == Watts(70))
    }

    @Test func `a chip that nobody knows is named and not read`() throws {
        let found = HwmonMeter.discover(root: try HostTree(Self.chip(7, "zenpower", ["power1_input": "1000000"])).root)
        #expect(found.meters.isEmpty)
        #expect(found.unavailable.first?.reason.contains("unknown scope") == true)
        #expect(found.unavailable.first?.reason.contains("zenpower") == true)
    }

    @Test func `temperatures and fans are no power`() throws {
        let found = HwmonMeter.discover(root: try HostTree(Self.chip(0, "k10temp", ["temp1_input": "40000", "power1_max": "1"])).root)
        #expect(found.meters.isEmpty)
        #expect(found.unavailable.map(\.reason).allSatisfy { $0.hasPrefix("no chip in") })
    }

    @Test func `no hwmon folder has a reason`() throws {
        #expect(HwmonMeter.discover(root: try HostTree().root).unavailable.first?.reason.contains("no hwmon folder at") == true)
    }

    @Test func `a reading for root only is refused with owner and mode`() throws {
        let tree = try HostTree(Self.chip(0, "amd_energy", ["energy1_label": "Esocket0", "energy1_input": "1"]))
        try tree.setMode("\(Self.base)/hwmon0/energy1_input", 0)
        let found = try withoutRootRights { HwmonMeter.discover(root: tree.root) }
        #expect(found.meters.isEmpty)
        #expect(found.unavailable.first?.reason.contains("permission denied (owner ") == true)
        #expect(found.unavailable.first?.remedy?.contains("chmod a+r") == true)
    }
}
