import Foundation
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleMeters

struct ReplayMeterTests {
    static let start = Instant(nanoseconds: 77)

    static func log(_ text: String, file: String = "logs/plug.csv") throws(Failure) -> ReplayLog {
        try ReplayLog(text: text, file: file, gain: nil)
    }

    static func failure(_ text: String) -> Failure? {
        do {
            _ = try log(text)
            return nil
        } catch {
            return error
        }
    }

    static func powers(_ log: ReplayLog, at seconds: [Double]) -> [[Watts?]] {
        let reader = ReplayReader(log: log)
        return seconds.map { second in
            slots(log.tracks.count) { reader.read(into: $0, at: start + .seconds(second)) }.map(\.power)
        }
    }

    @Test func `the last row at or before the time is in force, and nothing is interpolated`() throws {
        let log = try Self.log("time,power\n100,10\n101,20\n103,40\n")
        #expect(log.duration == .seconds(3))
        let channel = log.tracks[0].channel
        #expect(channel.meter == "csv")
        #expect(channel.kind == .imported)
        #expect(channel.device == "plug")
        #expect(channel.scope == .other)
        #expect(channel.gain == 0.05)
        #expect(Self.powers(log, at: [0, 0.5, 1, 2.9, 3]) == [[Watts(10)], [Watts(10)], [Watts(20)], [Watts(20)], [Watts(40)]])
    }

    @Test func `after the last row the log is at its end`() throws {
        let log = try Self.log("time,power\n0,10\n1,20\n")
        let reader = ReplayReader(log: log)
        _ = slots(1) { reader.read(into: $0, at: Self.start) }
        let sample = slots(1) { reader.read(into: $0, at: Self.start + .seconds(1.001)) }[0]
        #expect(sample.power == nil)
        #expect(sample.status == .gone("end of file"))
    }

    @Test func `a silence in the log is a missing sample`() throws {
        let log = try Self.log("time,power\n0,10\n1,10\n2,10\n20,10\n")
        let reader = ReplayReader(log: log)
        _ = slots(1) { reader.read(into: $0, at: Self.start) }
        let inside = slots(1) { reader.read(into: $0, at: Self.start + .seconds(6)) }[0]
        #expect(inside.status.isOK)
        let gap = slots(1) { reader.read(into: $0, at: Self.start + .seconds(8)) }[0]
        #expect(gap.status == .retry("the log has no row for this time"))
    }

    @Test func `bad lines are named with their numbers and their text`() throws {
        let failure = try #require(Self.failure("time,power\n0,10\n1,ten\n2\nsoon,3\n4,11\n"))
        #expect(failure.code == "meter.csv-line")
        #expect(failure.message == "3 lines of the power log cannot be read")
        #expect(failure.cause == "line 3: `ten` is no number; line 4: 1 fields where the header has 2; line 5: no time")
        #expect(failure.source == SourcePlace(file: "logs/plug.csv", line: 3, column: 2))
    }

    @Test func `a last line without an end is left out and noted`() throws {
        let log = try Self.log("time,power\n0,10\n1,20\n2,7")
        #expect(log.tracks[0].rows.count == 2)
        #expect(log.tracks[0].channel.note == "line 4 does not end and is left out")
    }

    @Test func `a header without time or power is refused`() {
        #expect(Self.failure("a,b\n1,2\n")?.code == "meter.csv-header")
        #expect(Self.failure("")?.code == "meter.csv-header")
        #expect(Self.failure("power\n2\n")?.message.contains("time") == true)
        #expect(Self.failure("time,power\n")?.code == "meter.csv-file")
    }

    @Test func `times that do not advance are left out and counted`() throws {
        let log = try Self.log("time,power\n0,1\n1,2\n1,3\n0.5,4\n2,5\n")
        #expect(log.tracks[0].rows.map(\.power) == [Watts(1), Watts(2), Watts(5)])
        #expect(log.tracks[0].channel.note == "2 rows whose time does not advance are left out")
    }

    @Test func `our own samples come back with scope, device and every value`() throws {
        let text = """
            meter,scope,device,monotonic_ns,power_watts,power_average_watts,energy_joules,utilization_percent,memory_used_bytes,\
            temperature_celsius,sm_clock_mhz,memory_clock_mhz,power_limit_watts,throttle_reasons,read_status
            nvml,gpu,GPU-1,1000000000,71.8,70,12.5,40,1073741824,45,1980,2619,700,4,ok
            rapl,package,package-0,1000000000,,,3.5,,,,,,,,ok
            model,cpu,process:7,1000000000,,,,55,,,,,,,ok
            nvidia-smi,gpu,GPU-1,1000000000,72,,,,,,,,,,ok
            nvml,gpu,GPU-1,1100000000,,,,,,,,,,,retry:nvmlDeviceGetPowerUsage: timeout
            rapl,package,package-0,1100000000,,,4.5,,,,,,,,ok

            """
        let log = try Self.log(text)
        #expect(log.tracks.map(\.channel.device) == ["GPU-1", "package-0", "process:7", "GPU-1"])
        #expect(log.tracks.map(\.channel.countsInTotals) == [true, true, false, false])
        #expect(log.tracks.map(\.channel.hasEnergy) == [true, true, false, false])
        #expect(log.tracks.map(\.channel.hasPower) == [true, false, false, true])
        #expect(log.tracks[0].channel.note == "recorded by nvml")
        let reader = ReplayReader(log: log)
        let first = slots(4) { reader.read(into: $0, at: Self.start) }
        #expect(first[0].power == Watts(71.8))
        #expect(first[0].averagePower == Watts(70))
        #expect(first[0].energy == Joules(12.5))
        #expect(first[0].memoryUsed == .mebibytes(1_024))
        #expect(first[0].temperature == Celsius(45))
        #expect(first[0].smClockMHz == 1_980)
        #expect(first[0].powerLimit == Watts(700))
        #expect(first[0].throttleReasons == 4)
        #expect(first[1].energy == Joules(3.5) && first[1].power == nil)
        #expect(first[2].utilizationPercent == 55)
        let second = slots(4) { reader.read(into: $0, at: Self.start + .milliseconds(100)) }
        #expect(second[0].power == nil)
        #expect(second[0].status == .retry("nvmlDeviceGetPowerUsage: timeout"))
        #expect(second[1].energy == Joules(4.5))
    }

    @Test func `the power log of a toolkit is a GPU's`() throws {
        let header = "timestamp_s,power_W,gpu_util_percent,mem_used_bytes\n"
        let log = try Self.log(header + "1700000000.25,300.5,99,1024\n1700000000.75,301,98,2048\n")
        #expect(log.tracks[0].channel.scope == .gpu)
        #expect(log.tracks[0].channel.device == "gpu")
        #expect(log.duration == .milliseconds(500))
        #expect(log.tracks[0].rows.map(\.memoryUsed) == [ByteCount(1_024), ByteCount(2_048)])
    }

    @Test func `the long power log names its devices`() throws {
        let header = "timestamp_s,power_W,gpu_util_percent,mem_used_bytes,mem_total_bytes,device,scope,meter,energy_J,temperature_C\n"
        let rows = "0,300,99,1,2,GPU-a,gpu,nvml,5,60\n0,,,,,package-0,package,rapl,7,\n1,310,99,1,2,GPU-a,gpu,nvml,305,61\n"
        let log = try Self.log(header + rows)
        #expect(log.tracks.map(\.channel.scope) == [.gpu, .package])
        #expect(log.tracks[0].rows.map(\.energy) == [Joules(5), Joules(305)])
        #expect(log.tracks[1].rows.map(\.energy) == [Joules(7)])
    }

    @Test func `nvidia-smi with units, gaps and several GPUs is read`() throws {
        let text = """
            timestamp, index, uuid, power.draw [W], utilization.gpu [%], memory.used [MiB]
            2026/01/31 23:59:59.900, 0, GPU-a, 71.80 W, 3 %, 1024 MiB
            2026/01/31 23:59:59.901, 1, GPU-b, [N/A], Not Supported, 2 MiB
            2026/02/01 00:00:00.900, 0, GPU-a, 72.50 W, 4 %, 1024 MiB
            2026/02/01 00:00:00.901, 1, GPU-b, 80.00 W, 4 %, 2 MiB

            """
        let log = try Self.log(text)
        #expect(log.tracks.map(\.channel.device) == ["GPU-a", "GPU-b"])
        #expect(log.tracks[0].rows.map(\.power) == [Watts(71.8), Watts(72.5)])
        #expect(log.tracks[0].rows[0].memoryUsed == .mebibytes(1_024))
        #expect(log.tracks[1].rows.map(\.power) == [nil, Watts(80)])
        #expect(log.duration == .milliseconds(1_001))
    }

    @Test func `nvidia-smi without an index is told apart by its order`() throws {
        let text = """
            timestamp, power.draw [W], utilization.gpu [%]
            2026/01/31 12:00:00.000, 100, 1
            2026/01/31 12:00:00.000, 200, 1
            2026/01/31 12:00:01.000, 110, 1
            2026/01/31 12:00:01.000, 210, 1

            """
        let log = try Self.log(text)
        #expect(log.tracks.map(\.channel.device) == ["gpu-0", "gpu-1"])
        #expect(log.tracks.map { $0.rows.map(\.power) } == [[Watts(100), Watts(110)], [Watts(200), Watts(210)]])
    }

    @Test func `nvidia-smi without units reads the same`() throws {
        let header = "timestamp, power.draw, memory.used\n"
        let plain = try Self.log(header + "2026/01/31 12:00:00.000, 71.80, 12\n2026/01/31 12:00:00.100, 72, 12\n")
        #expect(plain.tracks[0].rows[0].power == Watts(71.8))
        #expect(plain.tracks[0].rows[0].memoryUsed == .mebibytes(12))
    }

    @Test func `line ends of other systems and quoted commas do no harm`() throws {
        let log = try Self.log("\u{FEFF}time,power,device\r\n0,10,\"plug, left\"\r\n1,20,\"plug, left\"\r\n")
        #expect(log.tracks.map(\.channel.device) == ["plug, left"])
        #expect(log.tracks[0].rows.map(\.power) == [Watts(10), Watts(20)])
    }

    @Test(arguments: [
        ("0", Int64(0)), ("1.5", 1_500_000_000), ("1970-01-01T00:00:01Z", 1_000_000_000), ("1970-01-01 00:00:01.250", 1_250_000_000),
        ("1970-01-01T01:00:00+01:00", 0), ("2000/03/01 00:00:00", 951_868_800_000_000_000),
        ("2024-02-29T12:00:00Z", 1_709_208_000_000_000_000), ("1700000000.25", 1_700_000_000_250_000_000),
        ("02-29-2024 12:00:00.000", 1_709_208_000_000_000_000),
    ])
    func `a time is a number of seconds or a date`(text: String, nanoseconds: Int64) {
        #expect(LogTime(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "noon", "2026-13-01T00:00:00Z", "2026-01-01", "2026-01-01T25:00:00Z", "nan", "1e300", "8e9", "9999-01-01T00:00:00Z",
    ])
    func `a text that is no time is none`(text: String) {
        #expect(LogTime(text) == nil)
    }

    @Test func `a file on disk is found, and a missing one has a reason`() throws {
        let tree = try HostTree(["/plug.csv": "time,power\n0,10\n1,20\n", "/bad.csv": "time,power\n0,x\n"])
        let found = ReplayMeter.discover(file: tree.root.resolve("/plug.csv"), gain: 0.02)
        #expect(found.meters.first?.channels.map(\.gain) == [0.02])
        let missing = ReplayMeter.discover(file: tree.root.resolve("/none.csv"))
        #expect(missing.meters.isEmpty)
        #expect(missing.unavailable.first?.reason.contains("no such file") == true)
        let bad = ReplayMeter.discover(file: tree.root.resolve("/bad.csv"))
        let reason = try #require(bad.unavailable.first?.reason)
        #expect(reason.hasSuffix("/bad.csv:2:2: 1 line of the power log cannot be read: line 2: `x` is no number"))
    }

    @Test func `any text is read or refused, never a crash`() {
        let seed = UInt64.random(in: 0 ..< .max)
        var generator = SeededRandom(seed: seed)
        let pieces = ["time", "power", ",", "\n", "\"", "1", "2.5", "-", "[N/A]", "é", "\r\n", " ", "W", "timestamp_s", "0x", "e9", "uuid"]
        for _ in 0..<2_000 {
            let text = "time,power\n" + (0..<30).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
            let log = try? Self.log(text)
            if let log {
                #expect(log.tracks.allSatisfy { !$0.rows.isEmpty }, "seed \(seed)")
                _ = Self.powers(log, at: [0, 1, 5])
            }
        }
    }
}
