import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

struct ModelMeterTests {
    static let start = Instant(nanoseconds: 5_000_000_000)

    static func cpu(
        _ model: String?, online: Int, visible: Int? = nil, sockets: Int? = 1, isVirtual: Bool? = false, vendor: String = "AuthenticAMD"
    ) -> CPUDescription {
        CPUDescription(
            model: model, vendor: vendor, isVirtual: isVirtual, online: CPUSet(0..<online), visible: CPUSet(0..<(visible ?? online)),
            sockets: sockets)
    }

    @Test func `a whole part draws its rated power at full load and a tenth of it idle`() {
        let rating = CPURating(Self.cpu("AMD EPYC 7763 64-Core Processor", online: 128))
        #expect(rating.gain == 0.5)
        #expect(rating.power(atLoad: 1) == Watts(280))
        #expect(abs(rating.power(atLoad: 0).rawValue - 28) < 1e-9)
        // 280 · (0.1 + 0.9 · 0.5)
        #expect(abs(rating.power(atLoad: 0.5).rawValue - 154) < 1e-9)
    }

    @Test func `half the threads of two sockets draw one part's power`() {
        let rating = CPURating(Self.cpu("AMD EPYC 7763 64-Core Processor", online: 256, visible: 128, sockets: 2))
        #expect(rating.fullPower == Watts(280))
        #expect(rating.note.contains("for 128 threads, 128 of 256 threads visible"))
    }

    @Test func `an unknown part draws four watts a thread`() {
        let rating = CPURating(Self.cpu("AMD EPYC", online: 2, isVirtual: true))
        #expect(rating.fullPower == Watts(8))
        #expect(rating.gain == 0.75)
        #expect(rating.note.contains("no rated power is known for AMD EPYC"))
    }

    @Test func `four virtual processors of a server part do not draw its rated power`() {
        let few = CPURating(Self.cpu("AMD EPYC 7763 64-Core Processor", online: 4, isVirtual: true))
        #expect(few.fullPower == Watts(16))
        #expect(few.gain == 0.75)
        let all = CPURating(Self.cpu("AMD EPYC 7763 64-Core Processor", online: 128, isVirtual: true))
        #expect(all.fullPower == Watts(280))
    }

    @Test func `a part whose threads nobody tells is unmatched`() {
        let rating = CPURating(Self.cpu("AMD EPYC 7763 64-Core Processor", online: 8, sockets: nil))
        #expect(rating.fullPower == Watts(32))
        #expect(rating.gain == 0.75)
    }

    static func stat(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\nintr 12345 0 0\nctxt 1\n" }

    static func ticks(_ text: String, _ processors: CPUSet?) -> CPUTicks? {
        Array(text.utf8).withUnsafeBytes { CPUTicks($0, processors: processors) }
    }

    @Test func `ticks are summed over the visible processors`() throws {
        let text = Self.stat([
            "cpu  111 2 3 400 5 6 7 8 0 0", "cpu0 10 1 1 100 1 1 1 1 0 0", "cpu1 1000 0 0 0 0 0 0 0 0 0", "cpu12 20 1 2 200 2 2 2 2 0 0",
        ])
        let some = try #require(Self.ticks(text, CPUSet([0, 12])))
        #expect(some.busy == 10 + 1 + 1 + 1 + 1 + 20 + 1 + 2 + 2 + 2)
        #expect(some.idle == 303)
        #expect(some.stolen == 3)
        let all = try #require(Self.ticks(text, nil))
        #expect(all.busy == 111 + 2 + 3 + 6 + 7)
        #expect(Self.ticks(text, CPUSet([7])) == nil)
        #expect(Self.ticks("nothing", nil) == nil)
    }

    static func tree() throws -> HostTree {
        try HostTree([
            "/proc/cpuinfo": "processor : 0\nmodel name : AMD EPYC 7763 64-Core Processor\nphysical id : 0\nflags : fpu\n",
            "/proc/stat": stat(["cpu  0 0 0 0 0 0 0 0 0 0", "cpu0 100 0 0 1000 0 0 0 0 0 0"]),
        ])
    }

    @Test func `energy adds up the mean power between reads`() throws {
        let tree = try Self.tree()
        let meter = try #require(CPUModelMeter.discover(root: tree.root).meters.first)
        #expect(meter.channels[0].scope == .cpu)
        #expect(meter.channels[0].kind == .model)
        let reader = try #require(try meter.open() as? CPUModelReader)
        func read(_ milliseconds: Int64) -> RawSample {
            slots(1) { reader.read(into: $0, at: Self.start + .milliseconds(milliseconds)) }[0]
        }
        let first = read(0)
        #expect(first.energy == .zero)
        #expect(first.power == nil)

        // 5 of 10 ticks: 280 · (0.1 + 0.45) = 154 W over 0.1 s.
        try tree.write("/proc/stat", Self.stat(["cpu  0 0 0 0 0 0 0 0 0 0", "cpu0 105 0 0 1005 0 0 0 0 0 0"]))
        let second = read(100)
        #expect(second.power == Watts(154))
        #expect(abs(try #require(second.energy).rawValue - 15.4) < 1e-9)

        // Before 50 ms have passed nothing moves, whatever the ticks say.
        try tree.write("/proc/stat", Self.stat(["cpu  0 0 0 0 0 0 0 0 0 0", "cpu0 107 0 0 1005 0 0 0 0 0 0"]))
        let third = read(120)
        #expect(third.energy == nil)
        #expect(third.power == second.power)

        // 10 of 10 ticks busy since 100 ms: 280 W over 0.1 s.
        try tree.write("/proc/stat", Self.stat(["cpu  0 0 0 0 0 0 0 0 0 0", "cpu0 115 0 0 1005 0 0 0 0 0 0"]))
        let fourth = read(200)
        #expect(fourth.power == Watts(280))
        #expect(abs(try #require(fourth.energy).rawValue - 43.4) < 1e-9)

        // No tick at all: the interval is not over.
        #expect(read(300).energy == nil)
    }

    @Test func `stolen time is neither work nor rest`() {
        let earlier = CPUTicks.counted(busy: 0, idle: 0, stolen: 0)
        #expect(CPUTicks.counted(busy: 5, idle: 0, stolen: 5).load(since: earlier) == 0.5)
        #expect(CPUTicks.counted(busy: 0, idle: 0, stolen: 0).load(since: earlier) == nil)
        // iowait may go back: the load stays within its bounds.
        #expect(CPUTicks.counted(busy: 15, idle: 90, stolen: 0).load(since: .counted(busy: 10, idle: 100, stolen: 0)) == 1)
    }

    @Test func `a lost load is a missing sample and the energy catches up`() throws {
        let tree = try Self.tree()
        let reader = try #require(try CPUModelMeter.discover(root: tree.root).meters.first?.open() as? CPUModelReader)
        _ = slots(1) { reader.read(into: $0, at: Self.start) }
        try tree.write("/proc/stat", "garbage\n")
        let lost = slots(1) { reader.read(into: $0, at: Self.start + .seconds(1)) }[0]
        #expect(lost.energy == nil)
        #expect(!lost.status.isOK)
        try tree.write("/proc/stat", Self.stat(["cpu  0 0 0 0 0 0 0 0 0 0", "cpu0 300 0 0 1000 0 0 0 0 0 0"]))
        let found = slots(1) { reader.read(into: $0, at: Self.start + .seconds(2)) }[0]
        #expect(abs(try #require(found.energy).rawValue - 560) < 1e-9)
    }

    @Test func `without proc there is no model, and a reason`() throws {
        let found = CPUModelMeter.discover(root: try HostTree().root)
        #expect(found.meters.isEmpty)
        #expect(found.unavailable.first?.meter == "model")
    }

    @Test(arguments: [
        (2.0, false, 10.0), (16, false, 10), (16.1, false, 20), (64, false, 20), (128, false, 40), (256, false, 40), (512, false, 80),
        (2_048, false, 160), (16, true, 3), (64, true, 6), (128, true, 12),
    ])
    func `memory draws by the number of its modules`(gibibytes: Double, isArm: Bool, watts: Double) {
        let rating = DRAMRating(total: ByteCount(Int64(gibibytes * 1_073_741_824)), granted: nil, isArm: isArm)
        #expect(rating.power == Watts(watts))
    }

    @Test func `a control group answers for its share of the memory`() {
        let rating = DRAMRating(total: .mebibytes(65_536), granted: .mebibytes(16_384), isArm: false)
        #expect(rating.power == Watts(5))
    }

    @Test func `memory energy is power times time`() throws {
        let tree = try HostTree([
            "/proc/meminfo": "MemTotal: 33554432 kB\n", "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "17179869184\n",
        ])
        let meter = try #require(DRAMModelMeter.discover(root: tree.root, gain: 0.3).meters.first)
        #expect(meter.channels[0].scope == .dram)
        #expect(meter.channels[0].gain == 0.3)
        let reader = try #require(try meter.open() as? DRAMModelReader)
        let first = slots(1) { reader.read(into: $0, at: Self.start) }[0]
        let second = slots(1) { reader.read(into: $0, at: Self.start + .seconds(3)) }[0]
        let power = try #require(second.power)
        #expect(first.energy == .zero)
        #expect(second.energy == power * Duration.seconds(3))
    }
}

extension CPUTicks {
    static func counted(busy: UInt64, idle: UInt64, stolen: UInt64) -> CPUTicks {
        let text = "cpu  \(busy) 0 0 \(idle) 0 0 0 \(stolen) 0 0\n"
        return Array(text.utf8).withUnsafeBytes { CPUTicks($0, processors: nil) }!
    }
}
