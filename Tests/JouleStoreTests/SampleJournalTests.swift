import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleStore

struct SampleJournalTests {
    static func channel(_ device: String, meter: String = "nvml", scope: Scope = .gpu) -> MeterChannel {
        MeterChannel(meter: meter, scope: scope, device: device, name: device, kind: .counter, hasEnergy: true, hasPower: true, gain: 0.05)
    }

    /// Devices and reasons that a CSV file finds hard; a line break is not among them, it becomes a space.
    private static let hardTexts = [
        "GPU-0", "a,b", "\"quoted\"", "say \"hi\", twice", "\"", "\"\"", ",", "x,\u{301}y", "é😀", " edge ", "a;b", "nvml,gpu,x", "",
    ]

    private static func text(of series: [SampleSeries]) -> [UInt8] {
        var bytes = Array(SampleJournal.header.utf8)
        for series in series {
            let prefix = SampleJournal.prefix(of: series.channel)
            for sample in series.samples { SampleJournal.append(sample, prefix: prefix, to: &bytes) }
        }
        return bytes
    }

    private static func randomSample(_ random: inout SeededRandom) -> Sample {
        func maybe<Value>(_ value: (inout SeededRandom) -> Value) -> Value? { Bool.random(using: &random) ? value(&random) : nil }
        func number() -> Double? {
            maybe { random in
                switch Int.random(in: 0..<4, using: &random) {
                case 0: Double(Int.random(in: -5...5_000, using: &random))
                case 1: Double.random(in: 0...1e-9, using: &random)
                case 2: Double(bitPattern: 0x7FEF_FFFF_FFFF_FFFF)
                default: Double.random(in: 0...1e9, using: &random)
                }
            }
        }
        let status: ReadStatus =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: .retry(hardTexts.randomElement(using: &random) ?? "")
            case 1: .gone(hardTexts.randomElement(using: &random) ?? "")
            default: .ok
            }
        return Sample(
            instant: Instant(nanoseconds: Int64.random(in: 0..<Int64.max / 2, using: &random)), power: number().map { Watts($0) },
            averagePower: number().map { Watts($0) }, energy: number().map { Joules($0) }, utilizationPercent: number(),
            memoryUsed: maybe { ByteCount(Int64.random(in: 0...Int64.max, using: &$0)) }, temperature: number().map { Celsius($0) },
            smClockMHz: number(), memoryClockMHz: number(), powerLimit: number().map { Watts($0) },
            throttleReasons: maybe { UInt64.random(in: 0...UInt64.max, using: &$0) }, status: status)
    }

    @Test(arguments: [1, 2, 20_261_121] as [UInt64]) func `samples written and read back are the same samples`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for round in 0..<20 {
            let channels = Self.hardTexts.shuffled(using: &random).prefix(4).map { Self.channel($0) }
            let series = channels.map { channel in
                SampleSeries(channel: channel, samples: (0..<25).map { _ in Self.randomSample(&random) })
            }
            let (read, notes) = try SampleJournal.read(Self.text(of: series), channels: channels, path: "samples.csv")
            #expect(read == series, "seed \(seed), round \(round)")
            #expect(notes.isEmpty)
        }
    }

    @Test(arguments: ["two\nlines", "two\r\nlines", "two\rlines"]) func `a line break inside a reason does not break the row`(
        reason: String
    ) throws {
        let channel = Self.channel("GPU\r\n0")
        let series = SampleSeries(channel: channel, samples: [Sample(instant: Instant(nanoseconds: 1), status: .retry(reason))])
        let bytes = Self.text(of: [series])
        #expect(bytes.count { $0 == UInt8(ascii: "\n") } == 2)
        let (read, notes) = try SampleJournal.read(bytes, channels: [channel], path: "samples.csv")
        guard case .retry(let text) = try #require(read[0].samples.first).status else {
            Issue.record("the status is another one")
            return
        }
        #expect(text.split(separator: " ") == ["two", "lines"])
        #expect(notes.isEmpty)
    }

    @Test func `a journal cut anywhere in its last line loses that line only, and says so`() throws {
        var random = SeededRandom(seed: 5)
        let channel = Self.channel("GPU-0")
        let series = SampleSeries(channel: channel, samples: (0..<3).map { _ in Self.randomSample(&random) })
        let bytes = Self.text(of: [series])
        let lastLine = try #require(bytes.dropLast().lastIndex(of: UInt8(ascii: "\n"))) + 1
        for end in (lastLine + 1)..<bytes.count {
            let (read, notes) = try SampleJournal.read(Array(bytes[..<end]), channels: [channel], path: "samples.csv")
            #expect(read[0].samples == Array(series.samples.dropLast()))
            #expect(notes == ["samples.csv: the last line was cut off and is left out"])
        }
    }

    @Test(arguments: [
        "nvml,gpu,GPU-0,100,abc,,,,,,,,,,ok",  // no number
        "nvml,gpu,GPU-0,100,1.5.2,,,,,,,,,,ok",  // nor is this
        "nvml,gpu,GPU-0,now,1,,,,,,,,,,ok",  // no stamp
        "nvml,gpu,GPU-0,-9223372036854775808,1,,,,,,,,,,ok",  // no stamp of any clock
        "nvml,gpu,GPU-0,,1,,,,,,,,,,ok",  // none at all
        "nvml,gpu,GPU-0,100,1,,,,1.5,,,,,,ok",  // half a byte
        "nvml,gpu,GPU-0,100,1,,,,,,,,,-1,ok",  // no mask
        "nvml,gpu,GPU-0,100,1,,,,,,,,,",  // too short
        "nvml,gpu,GPU-0,100,1,,,,,,,,,,ok,",  // too long
        "nvml,gpu,GPU-0,100,1,,,,,,,,,,fine",  // no status
        "nvml,gpu,GPU-0,100,1,,,,,,,,,,",  // none at all
        "nvml,gpu,GPU-1,100,1,,,,,,,,,,ok",  // a device that nobody declared
        "",
    ])
    func `a row that cannot be read is named by file and line`(row: String) throws {
        let channel = Self.channel("GPU-0")
        var bytes = Array(SampleJournal.header.utf8)
        let prefix = SampleJournal.prefix(of: channel)
        for number in 0..<2 { SampleJournal.append(Sample(instant: Instant(nanoseconds: Int64(number))), prefix: prefix, to: &bytes) }
        bytes += Array((row + "\n").utf8)
        SampleJournal.append(Sample(instant: Instant(nanoseconds: 9)), prefix: prefix, to: &bytes)
        let failure = try #require(throws: Failure.self) {
            try SampleJournal.read(bytes, channels: [channel], path: "run/samples.csv")
        }
        #expect(failure.code == "store.row")
        #expect(failure.source == SourcePlace(file: "run/samples.csv", line: 4, column: 1))
    }

    @Test func `what is not finite is no reading`() throws {
        let channel = Self.channel("GPU-0")
        let bytes = Array((SampleJournal.header + "nvml,gpu,GPU-0,100,inf,nan,-inf,1e999,,inf,,,,,ok\n").utf8)
        let (series, _) = try SampleJournal.read(bytes, channels: [channel], path: "samples.csv")
        #expect(series.first?.samples.first == Sample(instant: Instant(nanoseconds: 100)))
    }

    @Test func `another header is refused, an empty file is an empty journal`() throws {
        let failure = #expect(throws: Failure.self) {
            try SampleJournal.read(Array("meter,scope\n".utf8), channels: [], path: "samples.csv")
        }
        #expect(failure?.code == "store.header")
        let (series, notes) = try SampleJournal.read([], channels: [Self.channel("GPU-0")], path: "samples.csv")
        #expect(series == [SampleSeries(channel: Self.channel("GPU-0"))])
        #expect(notes.isEmpty)
    }

    @Test func `the header is the one that the description of the files names`() {
        #expect(
            SampleJournal.header
                == """
                meter,scope,device,monotonic_ns,power_watts,power_average_watts,energy_joules,utilization_percent,memory_used_bytes,\
                temperature_celsius,sm_clock_mhz,memory_clock_mhz,power_limit_watts,throttle_reasons,read_status

                """)
    }
}
