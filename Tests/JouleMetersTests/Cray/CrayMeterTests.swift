import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

struct CrayMeterTests {
    static let base = "/sys/cray/pm_counters"

    /// A node with two accelerators, as the controller writes it.
    static func files(accelerators: Int = 2, _ more: [String: String] = [:]) -> [String: String] {
        var files = [
            "energy": "84317 J", "power": "512 W", "cpu_energy": "20100 J", "cpu_power": "121 W", "memory_energy": "9100 J",
            "memory_power": "61 W", "power_cap": "0 W",
        ]
        for index in 0..<accelerators {
            files["accel\(index)_energy"] = "\(26_000 + index) J"
            files["accel\(index)_power"] = "\(150 + index) W"
            files["accel\(index)_power_cap"] = "0 W"
        }
        files = files.mapValues { $0 + " 1700000000123456 us\n" }
        files.merge(["freshness": "1021\n", "raw_scan_hz": "10\n", "version": "2\n", "generation": "5\n", "startup": "1690000000\n"]) { $1 }
        return Dictionary(uniqueKeysWithValues: files.merging(more) { $1 }.map { ("\(base)/\($0)", $1) })
    }

    @Test func `a node is counted with its parts, the node first`() throws {
        let found = CrayMeter.discover(root: try HostTree(Self.files()).root)
        #expect(found.unavailable.isEmpty)
        let meter = try #require(found.meters.first)
        #expect(!meter.isSlow)
        #expect(meter.channels.map(\.device) == ["node", "accel0", "accel1", "cpu", "memory"])
        #expect(meter.channels.map(\.scope) == [.node, .gpu, .gpu, .package, .dram])
        #expect(meter.channels.allSatisfy { $0.meter == "pm_counters" && $0.kind == .counter && $0.hasEnergy && $0.hasPower })
        #expect(meter.channels.allSatisfy { $0.updatePeriod == .milliseconds(100) && $0.gain == 0.10 && $0.countsInTotals })
        let reader = try meter.open()
        let samples = reader.samples(5)
        #expect(samples.map(\.energy) == [Joules(84_317), Joules(26_000), Joules(26_001), Joules(20_100), Joules(9_100)])
        #expect(samples.map(\.power) == [Watts(512), Watts(150), Watts(151), Watts(121), Watts(61)])
        #expect(reader.samples(5, .energy).allSatisfy { $0.energy != nil && $0.power == nil })
    }

    @Test func `what another meter counts stays out of totals`() throws {
        var others = CrayParts()
        others.gpu = true
        others.package = true
        let found = CrayMeter.discover(root: try HostTree(Self.files()).root, others: others)
        let channels = try #require(found.meters.first).channels
        #expect(channels.filter(\.countsInTotals).map(\.device) == ["node", "memory"])
        #expect(channels.first { $0.device == "accel0" }?.note == "another meter counts the gpu by itself")
    }

    @Test func `single sockets are parts of all of them`() throws {
        let files = Self.files(accelerators: 0, ["cpu0_energy": "10050 J 1 us\n", "cpu1_energy": "10050 J 1 us\n"])
        let channels = try #require(CrayMeter.discover(root: try HostTree(files).root).meters.first).channels
        #expect(channels.filter { $0.scope == .package && $0.countsInTotals }.map(\.device) == ["cpu"])
        #expect(channels.filter { !$0.countsInTotals }.map(\.device) == ["cpu0", "cpu1"])
    }

    @Test func `a controller that stands still gives no figures`() throws {
        let tree = try HostTree(Self.files(accelerators: 0))
        let meter = try #require(CrayMeter.discover(root: tree.root).meters.first)
        let reader = try #require(try meter.open() as? CrayReader)
        func statuses(after seconds: Double) -> [ReadStatus] {
            let instant = Instant.now + .seconds(seconds)
            return slots(3) { reader.read(.power, into: $0) { instant } }.map(\.status)
        }
        #expect(statuses(after: 0) == [.ok, .ok, .ok])
        #expect(statuses(after: 1) == [.ok, .ok, .ok])
        #expect(statuses(after: 10).allSatisfy { $0 == .retry("pm_counters: the controller has not counted on for 2 s") })
        try tree.write("\(Self.base)/freshness", "1022\n")
        #expect(statuses(after: 20) == [.ok, .ok, .ok])
    }

    @Test func `its own rate of scans is believed`() throws {
        let found = CrayMeter.discover(root: try HostTree(Self.files(accelerators: 1, ["raw_scan_hz": "20\n"])).root)
        #expect(found.meters.first?.channels.first?.updatePeriod == .milliseconds(50))
    }

    @Test func `a counter that nobody knows is named`() throws {
        let found = CrayMeter.discover(root: try HostTree(Self.files(accelerators: 1, ["nic_energy": "1 J 1 us\n"])).root)
        #expect(found.meters.count == 1)
        #expect(found.unavailable.first?.reason.contains("nic_energy: what this counter covers is not known") == true)
    }

    @Test func `another machine has no such folder`() throws {
        let tree = try HostTree()
        #expect(!CrayMeter.exists(root: tree.root))
        #expect(CrayMeter.discover(root: tree.root).unavailable.first?.reason.contains("this is no Cray node") == true)
    }

    @Test func `a counter that may not be read is named with its owner`() throws {
        let tree = try HostTree(Self.files(accelerators: 0))
        try tree.setMode("\(Self.base)/energy", 0)
        let found = try withoutRootRights { CrayMeter.discover(root: tree.root) }
        #expect(found.meters.first?.channels.map(\.device) == ["cpu", "memory"])
        #expect(found.unavailable.first?.reason.contains("permission denied (owner ") == true)
    }
}
