import Foundation
import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleMeters

struct CapturedPowerLogTests {
    static func log(_ text: String, file: String = "logs/power.csv", offset: UTCOffset? = nil) throws(Failure) -> CapturedPowerLog {
        try CapturedPowerLog(text: text, file: file, offset: offset)
    }

    static func failure(_ body: () throws(Failure) -> Void) -> Failure? {
        do {
            try body()
            return nil
        } catch {
            return error
        }
    }

    static func unix(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64((seconds * 1e3).rounded()) * 1_000_000) }

    /// 2026-01-31T12:00:00Z.
    static let noon = 1_769_860_800.0

    static let toolkit = "timestamp_s,power_W,gpu_util_percent,mem_used_bytes\n"

    @Test func `the instants of the older toolkit's log are Unix nanoseconds`() throws {
        let log = try Self.log(Self.toolkit + "1700000000.25,300.5,99,1024\n1700000000.75,301,98,2048\n")
        #expect(log.clock == .unix)
        #expect(log.series.map(\.channel.scope) == [.gpu])
        #expect(log.series[0].samples.map(\.instant.nanoseconds) == [1_700_000_000_250_000_000, 1_700_000_000_750_000_000])
        #expect(log.series[0].samples.map(\.power) == [Watts(300.5), Watts(301)])
        #expect(log.samplePeriod == .milliseconds(500))
        #expect(log.notes.isEmpty)
        #expect(log.span == Self.unix(1_700_000_000.25)..<Self.unix(1_700_000_000.75))
    }

    @Test func `a log of log-power keeps its devices, and what a model said stays modelled`() throws {
        let header = "timestamp_s,power_W,gpu_util_percent,mem_used_bytes,mem_total_bytes,device,scope,meter,energy_J,temperature_C\n"
        let rows = """
            1700000000.000000,300,99,1,2,GPU-a,gpu,nvml,5,60
            1700000000.000000,,,,,cpu,cpu,model,7,
            1700000001.000000,310,99,1,2,GPU-a,gpu,nvml,305,61
            1700000001.000000,20,,,,cpu,cpu,model,27,

            """
        let log = try Self.log(header + rows)
        #expect(log.series.map(\.channel.scope) == [.gpu, .cpu])
        #expect(log.series.map(\.channel.kind) == [.imported, .model])
        #expect(log.series.map(\.channel.gain) == [0.05, 0.75])
        #expect(log.series[1].samples.map(\.status.isOK) == [true, true])
    }

    @Test func `a row whose power is not available is kept as a failed read`() throws {
        let text = """
            timestamp, index, power.draw [W], utilization.gpu [%], memory.used [MiB]
            2026/01/31 12:00:00.000, 0, 71.80 W, 3 %, 1024 MiB
            2026/01/31 12:00:00.001, 1, [N/A], 5 %, 2 MiB
            2026/01/31 12:00:01.000, 0, Not Supported, 4 %, 1024 MiB
            2026/01/31 12:00:01.001, 1, 80.00 W, Not Supported, 2 MiB
            2026/01/31 12:00:02.000, 0, 72.00 W, 4 %, 1024 MiB
            2026/01/31 12:00:02.001, 1, 80.00 W, 4 %, 2 MiB

            """
        let log = try Self.log(text, offset: UTCOffset(minutes: 0))
        #expect(log.series.map(\.channel.device) == ["gpu-0", "gpu-1"])
        #expect(log.series[0].samples.map(\.power) == [Watts(71.8), nil, Watts(72)])
        #expect(log.series.map { $0.samples.map(\.status.isOK) } == [[true, false, true], [false, true, true]])
        #expect(log.span == Self.unix(Self.noon)..<Self.unix(Self.noon + 2.001))
        // The trapezoid goes over the missing row: 71.8 W to 72 W in two seconds.
        let energy = windowEnergy(of: log.series[0], in: Self.unix(Self.noon)..<Self.unix(Self.noon + 2), samplePeriod: log.samplePeriod)
        #expect(abs((energy.energy.value?.value.rawValue ?? .nan) - 143.8) < 1e-9)
    }

    @Test func `times without a zone take the one that is told`() throws {
        let text = "timestamp, power.draw\n2026/01/31 14:00:00.000, 71.8\n2026/01/31 14:00:01.000, 72\n"
        let log = try Self.log(text, offset: UTCOffset("+02:00"))
        #expect(log.clock == .unix)
        #expect(log.span?.lowerBound == Self.unix(Self.noon))
        #expect(log.notes.isEmpty)
    }

    @Test(arguments: [1_769_860_800, 1_782_993_600]) func `without one they take this machine's zone, of winter or of summer`(seconds: Int)
        throws
    {
        var time = time_t(seconds)
        var fields = tm()
        localtime_r(&time, &fields)
        let stamp = String(
            format: "%04d/%02d/%02d %02d:%02d:%02d", fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday, fields.tm_hour,
            fields.tm_min,
            fields.tm_sec)
        let log = try Self.log("timestamp, power.draw\n\(stamp).500, 71.8\n\(stamp).750, 72\n")
        #expect(log.series[0].samples.map(\.instant) == [Self.unix(Double(seconds) + 0.5), Self.unix(Double(seconds) + 0.75)])
        #expect(log.notes.count == 1 && log.notes[0].contains("name no zone"))
    }

    @Test func `MLPerf's power log is the node's, by a calibrated analyzer`() throws {
        let text = """
            Time,01-31-2026 12:00:00.250,Watts,412.300000,Volts,229.900000,Amps,1.800000,PF,0.990000,Mark,2026_ranging
            Time,01-31-2026 12:00:01.250,Watts,NaN,Volts,229.900000,Amps,1.800000,PF,0.990000,Mark,2026_testing
            Time,01-31-2026 12:00:02.250,Watts,500.000000,Volts,229.9,Amps,1.8,PF,0.99,Mark,2026_testing,Ch1,Watts,250.0,Volts,229.9
            Time,01-31-2026 12:00:03.250,Watts,50
            """
        let log = try Self.log(text, file: "run_1/spl.txt", offset: UTCOffset(minutes: 0))
        let channel = log.series[0].channel
        #expect(channel.scope == .node && channel.gain == 0.01 && channel.device == "spl")
        #expect(log.series[0].samples.map(\.power) == [Watts(412.3), nil, Watts(500)])
        #expect(log.series[0].samples.map(\.status.isOK) == [true, false, true])
        #expect(log.span == Self.unix(Self.noon + 0.25)..<Self.unix(Self.noon + 2.25))
        #expect(log.notes == ["run_1/spl.txt: line 4 does not end and is left out"])
    }

    @Test func `a line of MLPerf's log that is none is named`() {
        let failure = Self.failure { () throws(Failure) in
            _ = try Self.log("Time,01-31-2026 12:00:00.250,Watts,412.3,Mark,a\nTime,01-31-2026 12:00:01.250,Volts,230\n", file: "spl.txt")
        }
        #expect(failure?.code == "import.power-log")
        #expect(failure?.source == SourcePlace(file: "spl.txt", line: 2, column: 1))
    }

    @Test func `the ends of time are no crash`() throws {
        let log = try Self.log("time,power\n-4499999999,1\n4499999999,2\n")
        #expect(log.span?.duration == .seconds(8_999_999_998))
        #expect(throws: Failure.self) { try Self.log("monotonic_ns,power\n-9223372036854775808,1\n9223372036854775807,2\n") }
    }

    @Test func `rows of two clocks in one file are a mistake`() {
        let failure = Self.failure { () throws(Failure) in _ = try Self.log("time,power\n0,1\n1700000000,2\n") }
        #expect(failure?.cause == "line 3: a time of another kind than in the rows before")
    }

    @Test func `requests of the same time are beside it, and those of another are refused with both ranges`() throws {
        let log = try Self.log(Self.toolkit + "1769860800,300,99,1\n1769860860,301,98,1\n")
        #expect(try log.align(with: Self.unix(Self.noon + 5)..<Self.unix(Self.noon + 70)) == nil)
        let failure = Self.failure { () throws(Failure) in
            _ = try log.align(with: Self.unix(Self.noon + 3_600)..<Self.unix(Self.noon + 3_610))
        }
        #expect(failure?.code == "import.clocks")
        #expect(
            failure?.cause
                == "power log: 2026-01-31 12:00:00 UTC to 2026-01-31 12:01:00 UTC\nrequests: 2026-01-31 13:00:00 UTC to 2026-01-31 13:00:10 UTC"
        )
        #expect(failure?.remedy?.contains("--utc-offset") == false)
    }

    @Test func `a zone that would bring the two together is proposed`() throws {
        let log = try Self.log(
            "timestamp, power.draw\n2026/01/31 14:00:00.000, 71.8\n2026/01/31 14:01:00.000, 72\n", offset: UTCOffset(minutes: 0))
        func remedy(_ begin: Double) -> String? {
            Self.failure { () throws(Failure) in _ = try log.align(with: Self.unix(begin)..<Self.unix(begin + 10)) }?.remedy
        }
        #expect(remedy(Self.noon + 20)?.contains("with `--utc-offset +02:00`") == true)
        #expect(remedy(Self.noon + 7_200 + 12_600 + 20)?.contains("with `--utc-offset -03:30`") == true)
        #expect(remedy(Self.noon + 500)?.contains("`--utc-offset ±HH:MM`") == true)
    }

    @Test func `clocks that cannot be compared are said to be so`() throws {
        let monotonic = try Self.log("meter,scope,device,monotonic_ns,power_watts\nnvml,gpu,GPU-1,1000,71\nnvml,gpu,GPU-1,1000000000,72\n")
        #expect(monotonic.clock == .monotonic)
        let requests = Self.unix(Self.noon)..<Self.unix(Self.noon + 1)
        let refused = Self.failure { () throws(Failure) in _ = try monotonic.align(with: requests) }
        #expect(refused?.code == "import.clocks" && refused?.remedy?.contains("joulebench analyze RUN") == true)

        let relative = try Self.log("time,power\n0,10\n10,10\n")
        #expect(relative.clock == .relative)
        #expect(
            Self.failure { () throws(Failure) in _ = try relative.align(with: requests) }?.message.contains("a zero of its own") == true)
        #expect(try relative.align(with: Self.unix(2)..<Self.unix(5))?.contains("taken to be one") == true)
    }

    @Test func `a baseline covers the devices of the log and no others`() throws {
        let one = try Self.log("time,power,device,scope\n0,10,a,gpu\n1,10,a,gpu\n")
        let two = try Self.log("time,power,device,scope\n0,10,a,gpu\n0,20,b,gpu\n0,5,p,package\n1,10,a,gpu\n1,20,b,gpu\n1,5,p,package\n")
        let gpus = try Self.log("time,power,device,scope\n0,10,x,gpu\n0,20,y,gpu\n1,10,x,gpu\n1,20,y,gpu\n")
        #expect(try two.baseline(for: gpus).series.map(\.channel.device) == ["a", "b"])
        let failure = Self.failure { () throws(Failure) in _ = try one.baseline(for: gpus) }
        #expect(failure?.code == "import.idle-log")
        #expect(failure?.cause == "idle log: 1 × gpu; power log: 2 × gpu")
    }

    @Test func `a file that is not there has a reason`() {
        let failure = Self.failure { () throws(Failure) in _ = try CapturedPowerLog.read(file: "/nowhere/power.csv") }
        #expect(failure?.code == "import.file")
        #expect(failure?.cause == "/nowhere/power.csv: no such file")
    }

    @Test(arguments: [("+02:00", 120), ("-0530", -330), ("+2", 120), ("Z", 0), ("-03:30", -210), ("+14:00", 840)])
    func `an offset from UTC is read`(text: String, minutes: Int) {
        #expect(UTCOffset(text) == UTCOffset(minutes: minutes))
    }

    @Test(arguments: ["", "+", "02:00", "+2:", "+02:60", "+25:00", "Europe/Berlin", "+-2", "+02:00:00"])
    func `what is no offset from UTC is none`(text: String) {
        #expect(UTCOffset(text) == nil)
    }

    @Test func `an offset is printed as it is read`() {
        let seed = UInt64.random(in: 0 ..< .max)
        var generator = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let offset = UTCOffset(minutes: Int.random(in: -1_080...1_080, using: &generator))
            #expect(UTCOffset("\(offset)") == offset, "seed \(seed)")
        }
    }
}
