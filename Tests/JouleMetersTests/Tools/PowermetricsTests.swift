import Foundation
import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

/// Reports in the shape of macOS 14 on an M2, with numbers of our own.
enum AppleReport {
    static func text(
        elapsed: Int = 102_400_000, cpu: String? = "2318.75", gpu: String? = "6112.5", ane: String? = "0", key: String = "power"
    ) -> String {
        let figures = [("ane", ane), ("cpu", cpu), ("gpu", gpu)].compactMap { part, value in
            value.map { "\t\t<key>\(part)_\(key)</key>\n\t\t<real>\($0)</real>" }
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">
            <dict>
            \t<key>is_delta</key>
            \t<true/>
            \t<key>elapsed_ns</key>
            \t<integer>\(elapsed)</integer>
            \t<key>hw_model</key>
            \t<string>Mac14,7</string>
            \t<key>processor</key>
            \t<dict>
            \t\t<key>clusters</key>
            \t\t<array>
            \t\t\t<dict>
            \t\t\t\t<key>name</key>
            \t\t\t\t<string>E-Cluster</string>
            \t\t\t\t<key>idle_ratio</key>
            \t\t\t\t<real>0.71</real>
            \t\t\t</dict>
            \t\t</array>
            \(figures.joined(separator: "\n"))
            \t</dict>
            \t<key>gpu</key>
            \t<dict>
            \t\t<key>freq_hz</key>
            \t\t<real>1.398e+09</real>
            \t</dict>
            </dict>
            </plist>
            """
    }
}

@Suite struct `A report of powermetrics` {
    @Test func `it has the mean power of its interval`() throws {
        let report = try #require(PowermetricsReport(AppleReport.text()))
        #expect(report.elapsed == .nanoseconds(102_400_000))
        #expect(report.power == [.cpu: Watts(2.31875), .gpu: Watts(6.1125), .ane: Watts(0)])
    }

    @Test func `energies stand in where there are no powers`() throws {
        let report = try #require(
            PowermetricsReport(AppleReport.text(elapsed: 500_000_000, cpu: "640", gpu: "305", ane: nil, key: "energy")))
        #expect(report.power == [.cpu: Watts(1.28), .gpu: Watts(0.61)])
    }

    @Test(arguments: ["", "<plist", "<plist version=\"1.0\"><dict/></plist>", "<plist version=\"1.0\"><array/></plist>"])
    func `anything else is none`(text: String) {
        #expect(PowermetricsReport(text) == nil)
    }

    @Test func `a stream is cut at the ends of its lists`() {
        var lists = PowermetricsLists()
        let stream = "powermetrics must warm up\n\(AppleReport.text())\n\0\(AppleReport.text(elapsed: 7))\n"
        let found = stream.split(separator: "\n", omittingEmptySubsequences: false).compactMap { lists.take(String($0)) }
        #expect(found.compactMap { PowermetricsReport($0)?.elapsed } == [.nanoseconds(102_400_000), .nanoseconds(7)])
        #expect(lists.complaint == "powermetrics must warm up")
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Apple chips through powermetrics` {
    /// A tool that gives one report when asked for one, else `rounds` reports, each when its file appears or at once.
    private func tool(_ reports: [String], pause: Double = 0.02) throws -> FakeTool {
        let separator = "printf '\\000'"
        let all = reports.map { "cat <<'END'\n\($0)\nEND\n" }
        return try FakeTool(
            "powermetrics",
            """
            case "$*" in *"-n 1"*) \(all[0]) exit ;; esac
            \(all.joined(separator: "sleep \(pause)\n\(separator)\n"))
            sleep 0.2
            """)
    }

    private func discover(_ fake: FakeTool) async throws -> MeterDiscovery {
        let tool = fake.tool
        return try await onThread { PowermetricsMeter.discover(tool: tool, period: .milliseconds(100)) }
    }

    @Test func `each part has a channel`() async throws {
        let fake = try tool([AppleReport.text()])
        let meter = try #require(try await discover(fake).meters.first)
        #expect(
            meter.isSlow && meter.channels.map(\.scope) == [.cpu, .gpu, .other] && meter.channels.map(\.device) == ["cpu", "gpu", "ane"])
        #expect(meter.channels.allSatisfy { $0.kind == .counter && $0.hasEnergy && $0.hasPower && $0.gain == 0.10 })
        #expect(meter.channels.allSatisfy { $0.averagingWindow == .milliseconds(100) })
        #expect(try fake.asked == ["--samplers cpu_power,gpu_power,ane_power -i 100 -f plist -n 1"])
    }

    @Test func `energy is summed over the intervals, whoever waited for them`() async throws {
        // 1 W for 100 ms, 2 W for 100 ms, 4 W for 300 ms.
        let fake = try tool([
            AppleReport.text(elapsed: 100_000_000, cpu: "1000", gpu: "500"),
            AppleReport.text(elapsed: 100_000_000, cpu: "2000", gpu: "500"),
            AppleReport.text(elapsed: 300_000_000, cpu: "4000", gpu: "500"),
        ])
        let meter = try #require(try await discover(fake).meters.first)
        let reads = try await onThread {
            let reader = try meter.open()
            defer { reader.close() }
            return (0..<5).map { _ in reader.samples(3) }
        }
        let good = reads.filter { $0[0].status == .ok }
        let last = try #require(good.last)
        let cpu = try #require(last[0].energy)
        let gpu = try #require(last[1].energy)
        #expect(abs(cpu.rawValue - 1.5) < 1e-9 && abs(gpu.rawValue - 0.25) < 1e-9)
        #expect(last[0].power == Watts(4) && last[0].averagePower == Watts(4))
        // The tool has ended by now, and that is said for good.
        #expect(
            reads.last?.allSatisfy { if case .gone(let reason) = $0.status { reason.contains("powermetrics ended") } else { false } }
                == true)
    }

    @Test func `an interval without a figure is no zero`() async throws {
        let fake = try tool([AppleReport.text(cpu: "1000"), AppleReport.text(cpu: nil)], pause: 0.2)
        let meter = try #require(try await discover(fake).meters.first)
        let read = try await onThread {
            let reader = try meter.open()
            _ = reader.samples(3)
            return reader.samples(3)
        }
        #expect(read[0].power == nil && read[0].status == .retry("powermetrics gives no power") && read[1].status == .ok)
        // The sum begins anew, which the analysis takes for a reset: it must not pass for a pause of the processor.
        #expect(read[0].energy == Joules(0))
    }

    @Test func `a user without rights is told to be root`() async throws {
        let found = try await discover(try FakeTool("powermetrics", "echo 'powermetrics must be invoked as the superuser' >&2; exit 1"))
        #expect(found.meters.isEmpty)
        #expect(found.unavailable.first?.reason == "powermetrics gives no report: powermetrics must be invoked as the superuser")
        #expect(found.unavailable.first?.remedy?.contains("sudo") == true)
    }

    @Test func `a chip without these figures has no meter`() async throws {
        let found = try await discover(try tool([AppleReport.text(cpu: nil, gpu: nil, ane: nil)]))
        #expect(found.unavailable.first?.reason.contains("holds no power") == true)
    }

    @Test func `a system without the tool says so`() {
        #expect(PowermetricsMeter.discover(tool: nil, period: .seconds(1)).unavailable.first?.reason.contains("a part of macOS") == true)
    }
}
