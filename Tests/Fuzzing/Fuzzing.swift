import Foundation
import JouleBackends
import JouleConfiguration
import JouleHTTP
import JouleMeters
import JouleModel
import JouleStore
import JouleWorkload

/// What is fuzzed, by the name in `FUZZ_TARGET`: everything that reads bytes which somebody else wrote.
private enum FuzzTarget: String, CaseIterable {
    /// A server's answer, from the event stream to the request's line.
    case stream
    /// A page of metrics.
    case metrics
    /// A configuration file.
    case configuration
    /// The recording of a run that was cut off or damaged.
    case recording
    /// Files of prompts and traces.
    case prompts
    /// An agent's samples, from the wire or a spool.
    case samples

    func run(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .stream: fuzzStream(bytes)
        case .metrics:
            let page = PrometheusText(String(decoding: bytes, as: UTF8.self))
            let sums = page.sums { _ in true }
            precondition(sums.values.allSatisfy { !$0.isNaN } && sums.count <= page.series.count)
        case .configuration:
            let content = Array(bytes)
            let loader = ConfigurationLoader(environment: [:]) { _ in content }
            if let loaded = try? loader.load("fuzz.yaml") {
                // What was understood can be written down and understood again.
                let record = ExperimentRecord(experiment: loaded.experiment).json()
                guard let again = try? ExperimentRecord.parse(record, file: "record") else { preconditionFailure(record) }
                precondition(again.experiment == loaded.experiment, record)
            }
        case .samples:
            let content = Array(bytes)
            var position = 0
            while position < content.count, let batch = try? SampleBatch(content, at: &position) {
                precondition(position <= content.count && batch.samples.count == batch.head.count)
                for sample in batch.samples { _ = sample.sample }
            }
        case .recording: Recordings.shared.read(bytes)
        case .prompts:
            guard let kind = bytes.first else { return }
            let content = Array(bytes.dropFirst())
            if kind % 3 == 2 {
                _ = try? ArrivalTrace(content, file: "trace")
            } else {
                var scenario = ScenarioSpec()
                scenario.datasetName = ["p.txt", "p.jsonl"][Int(kind % 3)]
                _ = try? Plan(scenario: scenario, seed: 1) { _ in content }
            }
        }
    }
}

/// A folder that the bytes are put into as the files of a run.
private struct Recordings {
    static let shared = Recordings()
    private let directory: RunDirectory

    private init() {
        let path = NSTemporaryDirectory() + "joulebench-fuzz-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        directory = RunDirectory(path: path)
    }

    func read(_ bytes: UnsafeRawBufferPointer) {
        // The first byte says which file they are; the others are left as they were, which mixes them.
        guard let first = bytes.first else { return }
        let name = ["samples.csv", "requests.jsonl", "chunks.bin", "server_metrics.csv"][Int(first) % 4]
        try? FileSystem.write(Array(bytes.dropFirst()), to: directory.file(name))
        let channel = MeterChannel(
            meter: "nvml", scope: .gpu, device: "GPU-0", name: "GPU 0", kind: .counter, hasEnergy: true, hasPower: true, gain: 0.05)
        _ = try? directory.readRecords(channels: [channel])
        _ = try? directory.readServerMetrics()
    }
}

private let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        fatalError("FUZZ_TARGET is one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return target
}()

/// The entry that libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
