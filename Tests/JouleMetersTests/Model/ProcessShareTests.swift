import Foundation
import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

struct ProcessShareTests {
    static let start = Instant(nanoseconds: 1)

    /// A `stat` line with times in ticks; the name is as unfriendly as the kernel allows.
    static func stat(_ pid: Int, parent: Int, user: Int, system: Int = 0, children: Int = 0, start: Int = 50) -> String {
        "\(pid) (a) b (c) S \(parent) 1 1 0 -1 4194560 1 2 3 4 \(user) \(system) \(children) 0 20 0 1 0 \(start) 1000 10 0\n"
    }

    static func machine(busy: Int) -> String { "cpu  \(busy) 0 0 5000 0 0 0 0 0 0\ncpu0 \(busy) 0 0 5000 0 0 0 0 0 0\n" }

    static func reader(_ tree: HostTree, _ target: ProcessTreeTarget) throws -> ProcessShareReader {
        let meter = try #require(ProcessShareMeter.discover(root: tree.root, target: target).meters.first)
        return try #require(try meter.open() as? ProcessShareReader)
    }

    static func read(_ reader: ProcessShareReader, _ milliseconds: Int64, _ detail: ReadDetail = .full) -> RawSample {
        slots(1) { reader.read(detail, into: $0, at: start + .milliseconds(milliseconds)) }[0]
    }

    @Test func `the share is that of the process and all it started`() throws {
        let tree = try HostTree([
            "/proc/stat": Self.machine(busy: 1_000), "/proc/10/stat": Self.stat(10, parent: 1, user: 100),
            "/proc/11/stat": Self.stat(11, parent: 10, user: 50), "/proc/12/stat": Self.stat(12, parent: 11, user: 7),
            "/proc/20/stat": Self.stat(20, parent: 1, user: 900),
        ])
        let reader = try Self.reader(tree, ProcessTreeTarget(pid: 10))
        #expect(Self.read(reader, 0).utilizationPercent == nil)
        try tree.write("/proc/stat", Self.machine(busy: 1_100))
        try tree.write("/proc/10/stat", Self.stat(10, parent: 1, user: 110))
        try tree.write("/proc/12/stat", Self.stat(12, parent: 11, user: 17))
        try tree.write("/proc/20/stat", Self.stat(20, parent: 1, user: 980))
        // 20 of 100 busy ticks.
        let sample = Self.read(reader, 100)
        #expect(sample.utilizationPercent == 20)
        #expect(sample.power == nil && sample.energy == nil)
        // Only full reads look; the others are stamps.
        #expect(Self.read(reader, 150, .power).utilizationPercent == nil)
        #expect(Self.read(reader, 150, .power).status.isOK)
    }

    @Test func `a child that ended and was waited for is still counted`() throws {
        let tree = try HostTree([
            "/proc/stat": Self.machine(busy: 1_000), "/proc/10/stat": Self.stat(10, parent: 1, user: 100),
            "/proc/11/stat": Self.stat(11, parent: 10, user: 50),
        ])
        let reader = try Self.reader(tree, ProcessTreeTarget(pid: 10))
        _ = Self.read(reader, 0)
        try tree.write("/proc/stat", Self.machine(busy: 1_100))
        try tree.write("/proc/10/stat", Self.stat(10, parent: 1, user: 100, children: 80))
        try tree.remove("/proc/11/stat")
        #expect(Self.read(reader, 100).utilizationPercent == 30)
    }

    @Test func `a reused pid is not taken for the child`() throws {
        let tree = try HostTree([
            "/proc/stat": Self.machine(busy: 1_000), "/proc/10/stat": Self.stat(10, parent: 1, user: 100),
            "/proc/11/stat": Self.stat(11, parent: 10, user: 0),
        ])
        let reader = try Self.reader(tree, ProcessTreeTarget(pid: 10))
        _ = Self.read(reader, 0)
        try tree.write("/proc/stat", Self.machine(busy: 1_100))
        try tree.write("/proc/10/stat", Self.stat(10, parent: 1, user: 110))
        try tree.write("/proc/11/stat", Self.stat(11, parent: 1, user: 90, start: 99))
        #expect(Self.read(reader, 100).utilizationPercent == 10)
    }

    @Test func `the tree is named while running, and its end is said`() throws {
        let tree = try HostTree(["/proc/stat": Self.machine(busy: 1_000), "/proc/10/stat": Self.stat(10, parent: 1, user: 100)])
        let target = ProcessTreeTarget()
        let reader = try Self.reader(tree, target)
        #expect(Self.read(reader, 0).status == .retry("no process to follow yet"))
        target.pid = 10
        #expect(Self.read(reader, 100).status.isOK)
        try tree.remove("/proc/10/stat")
        #expect(Self.read(reader, 200).status == .retry("the process has ended"))
    }

    @Test func `its channel enters no total`() throws {
        let tree = try HostTree(["/proc/stat": Self.machine(busy: 1)])
        let meter = try #require(ProcessShareMeter.discover(root: tree.root, target: ProcessTreeTarget(pid: 7)).meters.first)
        let channel = meter.channels[0]
        #expect(channel.device == "process:7")
        #expect(channel.scope == .cpu)
        #expect(!channel.countsInTotals && !channel.hasEnergy && !channel.hasPower)
    }

    #if os(Linux)
    @Test func `this process has a share in the real machine`() throws {
        let target = ProcessTreeTarget(pid: getpid())
        let found = ProcessShareMeter.discover(target: target)
        let reader = try #require(try found.meters.first?.open() as? ProcessShareReader)
        _ = Self.read(reader, 0)
        let begun = clock()
        while clock() - begun < CLOCKS_PER_SEC / 5 {}
        let share = try #require(Self.read(reader, 1_000).utilizationPercent)
        #expect(share > 1 && share <= 100)
    }

    @Test func `the models read the real machine`() throws {
        let cpu = try #require(try CPUModelMeter.discover().meters.first?.open())
        #expect(slots(1) { cpu.read(.full, into: $0) }[0].energy == .zero)
        let memory = try #require(try DRAMModelMeter.discover().meters.first?.open())
        #expect(slots(1) { memory.read(.full, into: $0) }[0].power.map { $0 > .zero } == true)
        let facts = HostFacts.read()
        #expect(facts.cpu.logicalCores > 0)
        #expect(facts.memory.totalBytes.map { $0.bytes > 0 } == true)
    }
    #endif
}
