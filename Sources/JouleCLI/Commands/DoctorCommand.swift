import ArgumentParser
import Foundation
import JouleBackends
import JouleMeters
import JouleModel
import JouleProcess
import JouleReport
import JouleRunner
import JouleStore
import JouleUnits

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check what works here, and say what to do where it does not.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var results: ResultsOptions

    @Option(name: .long, help: ArgumentHelp("Look at these meters only, named as for `meters`.", valueName: "list"))
    var meters: String?

    @Flag(name: .long, help: "Measure what sampling costs here, at 1 to 1,000 readings a second, instead of checking.")
    var overhead = false

    @Option(name: .long, help: ArgumentHelp("How long each measurement of --overhead takes, 1 min at most.", valueName: "duration"))
    var duration: String = "3s"

    @Flag(name: .long, help: "Print the checks, or the costs, as JSON.")
    var json = false

    func run() async throws {
        let console = global.console
        try await reporting(console) {
            var metrics = MetricsSpec()
            if let meters { metrics.meters = try MeterOptions.selectors(meters) }
            if overhead {
                let length = try DurationOption.parse(duration, name: "--duration")
                // A ring of samples holds a minute.
                guard length <= .seconds(60) else { throw Failure("usage.duration", "--duration is longer than a minute: \(duration)") }
                return try await OverheadCheck(metrics: metrics, console: console).run(duration: length, json: json)
            }
            let checks = try await Doctor(resultsDirectory: results.resultsDirectory ?? "results", metrics: metrics).run()
            if json {
                console.result(String(decoding: try JSONText.encode(checks), as: UTF8.self))
            } else {
                console.result(checks.map(\.text).joined(separator: "\n"))
            }
            return checks.contains { $0.verdict == .bad } ? ExitStatus.unavailable : ExitStatus.success
        }
    }
}

/// One line of the doctor.
struct DoctorCheck: Encodable {
    enum Verdict: String, Encodable { case good, limited, bad }
    let verdict: Verdict
    let subject: String
    let finding: String
    let remedy: String?

    var text: String {
        let mark =
            switch verdict {
            case .good: "ok      "
            case .limited: "limited "
            case .bad: "missing "
            }
        return "\(mark) \(subject): \(finding)" + (remedy.map { "\n         help: \($0)" } ?? "")
    }
}

/// Looks at the machine, its meters, the worker's environment and the results folder.
struct Doctor {
    let resultsDirectory: String
    let metrics: MetricsSpec

    func run() async throws -> [DoctorCheck] {
        let selection = try await MeterSelection.discover(metrics: metrics, deviceIDs: nil, host: .current)
        var checks = [machine(selection)]
        checks += energy(selection)
        checks.append(await sampler(selection))
        checks.append(await worker())
        checks += resultsChecks()
        return checks
    }

    private func machine(_ selection: MeterSelection) -> DoctorCheck {
        let environment = selection.environment(version: Version.number, start: .now, channels: [], failures: [])
        var parts = [environment.cpu.model ?? "unknown processor", "\(environment.cpu.logicalCores) logical cores"]
        if let memory = environment.memory.totalBytes { parts.append("\(NumberText.significant(memory.gibibytes, digits: 3)) GiB") }
        parts.append(environment.system.name)
        if environment.cpu.virtualMachine == true { parts.append("virtual machine") }
        if let container = environment.system.container { parts.append("in \(container)") }
        return DoctorCheck(verdict: .good, subject: "machine", finding: parts.joined(separator: ", "), remedy: nil)
    }

    private func energy(_ selection: MeterSelection) -> [DoctorCheck] {
        var checks = selection.meters.flatMap(\.channels).filter(\.countsInTotals).map { channel in
            DoctorCheck(
                verdict: channel.kind == .model ? .limited : .good, subject: "energy of \(channel.scope.rawValue)",
                finding: "\(channel.name) through \(channel.meter) (\(channel.kind.rawValue), ± \(Int(channel.gain * 100)) %)"
                    + (channel.note.map { "; \($0)" } ?? ""), remedy: nil)
        }
        checks += selection.unavailable.map {
            DoctorCheck(verdict: .limited, subject: "meter \($0.meter)", finding: $0.reason, remedy: $0.remedy)
        }
        if !selection.hasMeasured {
            checks.append(
                DoctorCheck(
                    verdict: .limited, subject: "energy", finding: "nothing here is measured; every energy figure will say `modelled`",
                    remedy: "run on a machine with a readable meter, or give a power log with a csv meter"))
        }
        return checks
    }

    private func sampler(_ selection: MeterSelection) async -> DoctorCheck {
        let session = MeasurementSession(meters: selection.meters, period: .milliseconds(1), followsUpdates: false)
        try? await Task.sleep(for: .milliseconds(300))
        await session.stop()
        let statistics = await session.statistics
        guard statistics.ticks > 0 else {
            return DoctorCheck(verdict: .limited, subject: "sampler", finding: "no meter to sample", remedy: nil)
        }
        let finding = "\(statistics.ticks) ticks in 0.3 s at 1 kHz, \(statistics.missedTicks) missed"
        let late = statistics.missedTicks * 20 > statistics.ticks
        return DoctorCheck(
            verdict: late ? .limited : .good, subject: "sampler", finding: finding,
            remedy: late ? "the machine is busy: keep the sample period at 10 ms or more" : nil)
    }

    private func worker() async -> DoctorCheck {
        let installation = WorkerInstallation()
        guard installation.isReady else {
            return DoctorCheck(
                verdict: .bad, subject: "PyTorch worker", finding: "no complete environment at \(installation.virtualEnvironment)",
                remedy: "run `joulebench setup pytorch`")
        }
        do {
            let spec = try installation.childSpec(
                for: BackendSpec(kind: .pytorch, model: WorkerInstallation.builtinModel), visibleGPUs: nil)
            let found = try await withWorker(spec, errorFile: installation.cache + "/doctor.stderr.log") { try await $0.capabilities() }
            let versions = ["torch", "transformers", "bitsandbytes"].compactMap { name in
                (found.versions[name] ?? nil).map { "\(name) \($0)" }
            }
            return DoctorCheck(
                verdict: .good, subject: "PyTorch worker",
                finding: "\(versions.joined(separator: ", ")); devices \(found.devices.map(\.id).joined(separator: ", "))", remedy: nil)
        } catch {
            let failure = error as? Failure
            return DoctorCheck(
                verdict: .bad, subject: "PyTorch worker", finding: failure?.message ?? "\(error)",
                remedy: failure?.remedy ?? "run `joulebench setup pytorch --force`")
        }
    }

    private func resultsChecks() -> [DoctorCheck] {
        var checks: [DoctorCheck] = []
        for (run, state) in AbandonedRuns.mark(in: resultsDirectory) {
            checks.append(
                DoctorCheck(
                    verdict: .limited, subject: "run \(run.id)", finding: state.reason ?? "killed",
                    remedy: "what it recorded is in \(run.path)"))
        }
        return checks
    }
}
