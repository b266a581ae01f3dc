import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleMeters

struct RAPLMeterTests {
    static let base = "/sys/class/powercap"
    static let start = Instant(nanoseconds: 1_000_000_000)

    /// The files of one zone.
    static func zone(_ id: String, _ name: String, energy: String = "1000000", range: String? = "262143328850") -> [String: String] {
        var files = ["\(base)/\(id)/name": "\(name)\n", "\(base)/\(id)/energy_uj": "\(energy)\n", "\(base)/\(id)/enabled": "0\n"]
        if let range { files["\(base)/\(id)/max_energy_range_uj"] = "\(range)\n" }
        return files
    }

    static func tree(_ zones: [[String: String]]) throws -> HostTree {
        var files: [String: String] = [:]
        for zone in zones { files.merge(zone) { _, new in new } }
        return try HostTree(files)
    }

    static let oneSocket = [
        zone("intel-rapl:0", "package-0"), zone("intel-rapl:0:0", "core", energy: "500000"),
        zone("intel-rapl:0:1", "uncore", energy: "0"), zone("intel-rapl:0:2", "dram", energy: "2000000", range: "65712999613"),
    ]

    static func reader(_ meter: any Meter) throws -> RAPLReader { try #require(try meter.open() as? RAPLReader) }

    @Test func `one socket is one meter with the package before its parts`() throws {
        let tree = try Self.tree(Self.oneSocket)
        let found = RAPLMeter.discover(root: tree.root)
        #expect(found.unavailable.isEmpty)
        let meter = try #require(found.meters.first as? RAPLMeter)
        #expect(found.meters.count == 1)
        #expect(meter.channels.map(\.device) == ["package-0", "package-0/core", "package-0/uncore", "package-0/dram"])
        #expect(meter.channels.map(\.scope) == [.package, .core, .uncore, .dram])
        for channel in meter.channels {
            #expect(channel.meter == "rapl")
            #expect(channel.kind == .counter)
            #expect(channel.hasEnergy && !channel.hasPower)
            #expect(channel.gain == 0.05)
            #expect(channel.updatePeriod == .milliseconds(1))
        }
        #expect(meter.channels[0].note == "wraps after 262143 J (524 s at 500 W)")
        // The shortest is the DRAM zone's: 65,713 J at 500 W.
        let wrap = try #require(meter.shortestWrap)
        #expect(abs(wrap.seconds - 131.426) < 0.001)
    }

    @Test func `a zone whose limit is not enabled still counts`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0", energy: "42500000")])
        let reader = try Self.reader(try #require(RAPLMeter.discover(root: tree.root).meters.first))
        let samples = slots(1) { reader.read(.energy, into: $0) }
        #expect(samples[0].energy == Joules(42.5))
        #expect(samples[0].power == nil)
        #expect(samples[0].status.isOK)
    }

    @Test func `two sockets are two meters`() throws {
        let tree = try Self.tree([
            Self.zone("intel-rapl:0", "package-0"), Self.zone("intel-rapl:0:0", "dram"), Self.zone("intel-rapl:1", "package-1"),
            Self.zone("intel-rapl:1:0", "dram"),
        ])
        let meters = RAPLMeter.discover(root: tree.root).meters
        #expect(meters.map { $0.channels.map(\.device) } == [["package-0", "package-0/dram"], ["package-1", "package-1/dram"]])
    }

    @Test func `dies of one package have their own names`() throws {
        let tree = try Self.tree([
            Self.zone("intel-rapl:0", "package-0-die-0"), Self.zone("intel-rapl:1", "package-0-die-1"),
            Self.zone("intel-rapl:2", "package-1-die-0"), Self.zone("intel-rapl:10", "package-1-die-1"),
        ])
        let channels = RAPLMeter.discover(root: tree.root).meters.flatMap(\.channels)
        #expect(channels.map(\.device) == ["package-0-die-0", "package-0-die-1", "package-1-die-0", "package-1-die-1"])
        #expect(channels.allSatisfy { $0.scope == .package })
    }

    @Test func `the platform zone is a meter beside the package`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0"), Self.zone("intel-rapl:1", "psys")])
        let channels = RAPLMeter.discover(root: tree.root).meters.flatMap(\.channels)
        #expect(channels.map(\.scope) == [.package, .psys])
        #expect(channels.map(\.device) == ["package-0", "psys"])
    }

    @Test func `the memory-mapped twin of a package is left out and named`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0"), Self.zone("intel-rapl-mmio:0", "package-0")])
        let channels = RAPLMeter.discover(root: tree.root).meters.flatMap(\.channels)
        #expect(channels.count == 1)
        #expect(channels[0].note?.contains("intel-rapl-mmio:0 shows the same counter and is left out") == true)
    }

    @Test func `the memory-mapped zone stands in where it is the only one`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl-mmio:0", "package-0")])
        #expect(RAPLMeter.discover(root: tree.root).meters.flatMap(\.channels).map(\.device) == ["package-0"])
    }

    @Test func `two sockets under one name stay two`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0"), Self.zone("intel-rapl:1", "package-0")])
        let devices = RAPLMeter.discover(root: tree.root).meters.flatMap(\.channels).map(\.device)
        #expect(devices == ["package-0", "package-0@intel-rapl:1"])
    }

    @Test func `an unknown zone is reported, not guessed`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0"), Self.zone("intel-rapl:0:0", "npu")])
        let found = RAPLMeter.discover(root: tree.root)
        #expect(found.meters.flatMap(\.channels).count == 1)
        #expect(found.unavailable.first?.reason.contains("named npu") == true)
    }

    @Test func `no powercap folder has a reason`() throws {
        let found = RAPLMeter.discover(root: try HostTree().root)
        #expect(found.meters.isEmpty)
        #expect(found.unavailable.first?.meter == "rapl")
        #expect(found.unavailable.first?.reason.hasSuffix("the kernel exposes no RAPL here (virtual machine, container or Arm)") == true)
    }

    @Test func `a folder without zones has another`() throws {
        let found = RAPLMeter.discover(root: try HostTree(["\(Self.base)/dtpm/enabled": "0\n"]).root)
        #expect(found.unavailable.first?.reason.contains("no RAPL zone in") == true)
        #expect(found.unavailable.first?.remedy?.contains("modprobe intel_rapl_msr") == true)
    }

    @Test func `a covered folder points at the container`() throws {
        let found = RAPLMeter.discover(root: try HostTree(["\(Self.base)/intel-rapl:0/.keep": ""]).root)
        #expect(found.meters.isEmpty)
        #expect(found.unavailable.first?.reason.contains("container engine") == true)
    }

    @Test func `counters for root only are refused with owner, mode and remedy`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0"), Self.zone("intel-rapl:0:0", "core")])
        for id in ["intel-rapl:0", "intel-rapl:0:0"] { try tree.setMode("\(Self.base)/\(id)/energy_uj", 0) }
        let found = try withoutRootRights { RAPLMeter.discover(root: tree.root) }
        #expect(found.meters.isEmpty)
        let refusal = try #require(found.unavailable.first)
        #expect(found.unavailable.count == 1)
        #expect(refusal.reason.contains("/sys/class/powercap/intel-rapl:0/energy_uj: permission denied (owner "))
        #expect(refusal.reason.hasSuffix(", mode 0000) and 1 more"))
        #expect(refusal.remedy?.contains("sudo chmod a+r") == true)
        #expect(refusal.remedy?.contains("--meters nvml") == true)
    }

    @Test func `of a partly readable tree the readable part is measured`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0"), Self.zone("intel-rapl:0:0", "dram")])
        try tree.setMode("\(Self.base)/intel-rapl:0/energy_uj", 0)
        let found = try withoutRootRights { RAPLMeter.discover(root: tree.root) }
        #expect(found.meters.flatMap(\.channels).map(\.device) == ["package-0/dram"])
        #expect(found.unavailable.count == 1)
    }

    @Test func `a refused zone whose twin can be read is not lost`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0"), Self.zone("intel-rapl-mmio:0", "package-0")])
        try tree.setMode("\(Self.base)/intel-rapl:0/energy_uj", 0)
        let found = try withoutRootRights { RAPLMeter.discover(root: tree.root) }
        #expect(found.meters.flatMap(\.channels).map(\.device) == ["package-0"])
        #expect(found.unavailable.isEmpty)
    }

    @Test func `rights that are taken away before the start are a failure with a code`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0")])
        let meter = try #require(RAPLMeter.discover(root: tree.root).meters.first)
        try tree.setMode("\(Self.base)/intel-rapl:0/energy_uj", 0)
        let failure = try withoutRootRights { () -> Failure? in
            do throws(Failure) {
                _ = try meter.open()
                return nil
            } catch {
                return error
            }
        }
        #expect(failure?.code == "meter.permission")
        #expect(failure?.cause?.contains("permission denied") == true)
    }

    @Test func `a wrap in the middle is unfolded`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0", energy: "262143000000")])
        let reader = try Self.reader(try #require(RAPLMeter.discover(root: tree.root).meters.first))
        let file = "\(Self.base)/intel-rapl:0/energy_uj"
        let before = slots(1) { reader.read(into: $0) { Self.start } }
        try tree.write(file, "9671150\n")
        let after = slots(1) { reader.read(into: $0) { Self.start + .milliseconds(100) } }
        let used = try #require(after[0].energy) - (try #require(before[0].energy))
        // 0.328850 J up to the range and 9.671150 J after it: 10 J in 0.1 s.
        #expect(abs(used.rawValue - 10) < 1e-6)
        try tree.write(file, "19671150\n")
        let later = slots(1) { reader.read(into: $0) { Self.start + .milliseconds(200) } }
        #expect(abs((try #require(later[0].energy) - (try #require(after[0].energy))).rawValue - 10) < 1e-6)
    }

    @Test func `a reset stays a decrease`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0", energy: "100000000000")])
        let reader = try Self.reader(try #require(RAPLMeter.discover(root: tree.root).meters.first))
        _ = slots(1) { reader.read(into: $0) { Self.start } }
        try tree.write("\(Self.base)/intel-rapl:0/energy_uj", "5000000\n")
        let after = slots(1) { reader.read(into: $0) { Self.start + .milliseconds(100) } }
        #expect(after[0].energy == Joules(5))
        #expect(after[0].status.isOK)
    }

    @Test func `a counter is read more often than it wraps, however long the sampling period`() async throws {
        // 100 J wrap in 0.2 s at 500 W; the ticks are five minutes apart.
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0", energy: "0", range: "100000000")])
        let meter = try #require(RAPLMeter.discover(root: tree.root).meters.first)
        #expect(meter.longestSilence == .milliseconds(100))
        let sampler = Sampler(meters: [meter], period: .seconds(300), followsUpdates: false)
        let seen = Guarded<Joules>(.zero)
        // Three and a half rounds in steps of 30 J, each of which is waited for: what matters is that it is read before the next tick.
        for step in 1...12 {
            try tree.write("\(Self.base)/intel-rapl:0/energy_uj", "\(step * 30_000_000 % 100_000_000)\n")
            #expect(
                try await eventually {
                    sampler.drain { sample in if let energy = sample.energy { seen.withLock { $0 = energy } } }
                    return seen.withLock { $0 } >= Joules(Double(step) * 30)
                }, "step \(step): \(seen.withLock { $0 })")
        }
        sampler.stop()
        #expect(seen.withLock { $0 } == Joules(360))
    }

    @Test func `without a range nothing is unfolded`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0", energy: "2000000", range: nil)])
        let meter = try #require(RAPLMeter.discover(root: tree.root).meters.first as? RAPLMeter)
        #expect(meter.shortestWrap == nil)
        #expect(meter.channels[0].note?.contains("no range") == true)
        var unfolder = WrapUnfolder(range: nil)
        _ = unfolder.unfold(2_000_000, at: Self.start)
        #expect(unfolder.unfold(1_000_000, at: Self.start + .seconds(1)) == Joules(1))
    }

    @Test func `unfolding follows any load below the greatest power`() {
        var random = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0 ..< .max, using: &random)
        var generator = SeededRandom(seed: seed)
        let range: UInt64 = 65_712_999_613
        var unfolder = WrapUnfolder(range: range)
        var truth: UInt64 = .random(in: 0..<range, using: &generator)
        let offset = truth
        var instant = Self.start
        let first = unfolder.unfold(truth % range, at: instant)
        for _ in 0..<2_000 {
            // Up to 1,500 W over up to 20 s: many wraps in 2,000 reads.
            let milliseconds = Int64.random(in: 1...20_000, using: &generator)
            truth += UInt64(milliseconds) * UInt64.random(in: 0...1_500_000, using: &generator) / 1_000
            truth += UInt64(milliseconds) * 1_000
            instant = instant + .milliseconds(milliseconds)
            let used = unfolder.unfold(truth % range, at: instant) - first
            #expect(abs(used.rawValue - Double(truth - offset) * 1e-6) < 1e-3, "seed \(seed)")
        }
    }

    @Test func `each zone has its own stamp, the middle of its read`() throws {
        let tree = try Self.tree(Self.oneSocket)
        let reader = try Self.reader(try #require(RAPLMeter.discover(root: tree.root).meters.first))
        var tick: Int64 = 0
        let samples = slots(4) { slots in
            reader.read(into: slots) {
                tick += 1_000
                return Instant(nanoseconds: tick)
            }
        }
        #expect(samples.map(\.instant.nanoseconds) == [1_500, 2_500, 3_500, 4_500])
        #expect(samples.map(\.energy) == [Joules(1), Joules(0.5), .zero, Joules(2)])
    }

    @Test func `a counter that turns to nonsense is a missing sample`() throws {
        let tree = try Self.tree([Self.zone("intel-rapl:0", "package-0")])
        let reader = try Self.reader(try #require(RAPLMeter.discover(root: tree.root).meters.first))
        try tree.write("\(Self.base)/intel-rapl:0/energy_uj", "\n")
        let samples = slots(1) { reader.read(.full, into: $0) }
        #expect(samples[0].energy == nil)
        #expect(samples[0].status == .retry("energy_uj: not a number"))
    }
}
