import Foundation
import Testing

/// An agent in a process of its own; it ends with this object.
final class AgentProcess: Sendable {
    let child: Child
    /// `127.0.0.1:PORT`.
    let address: String

    /// - Parameters:
    ///   - listen: where it listens; by default on a free port of the loopback.
    ///   - prefix: what runs it, such as `ip netns exec NAME`.
    init(
        _ scene: Scene, _ options: [String] = ["--meters", "nvml"], listen: String = "127.0.0.1:0", environment: [String: String] = [:],
        prefix: [String] = []
    ) async throws {
        child = try scene.start(["agent", "--listen", listen] + options, environment: environment, command: prefix + [Tool.path])
        let ready = await eventually { [child] in child.output.contains("listens on") || child.status != nil }
        try #require(ready && child.status == nil, "the agent did not start: \(child.error)")
        let found = try #require(child.output.firstMatch(of: /listens on ([^ ,]+),/), "no address: \(child.output)")
        address = String(found.output.1)
    }

    var port: String { String(address.split(separator: ":").last ?? "") }
}

/// A relay in a process of its own, `Tests/Fixtures/relay.py`, that spoils a link as it is told.
final class Relay: Sendable {
    private let child: Child
    private let control: String
    let address: String

    init(_ scene: Scene, to upstream: String, listen: String = "127.0.0.1:0", prefix: [String] = []) async throws {
        control = scene.file("relay-\(UUID().uuidString).json")
        let command = prefix + [Tool.python, "\(Tool.fixtures)/relay.py", control, upstream, listen]
        child = try Child(command, environment: scene.environment, output: scene.file("relay-\(UUID().uuidString)"))
        let ready = await eventually { [child] in child.output.contains("\n") || child.status != nil }
        try #require(ready && child.status == nil, "the relay did not start: \(child.error)")
        let port = child.output.trimmingCharacters(in: .whitespacesAndNewlines)
        address = listen.split(separator: ":")[0] + ":" + port
    }

    /// What the relay does from its next request on.
    func behave(_ settings: String) throws {
        try Data("{\(settings)}".utf8).write(to: URL(filePath: control), options: .atomic)
    }
}

/// What a run or a measurement recorded of an agent.
struct AgentFacts {
    let json: JSON

    var gaps: [Range<Int64>] {
        json["gaps"].list.compactMap { gap in
            guard let start = gap["start_ns"].number, let end = gap["end_ns"].number else { return nil }
            return Int64(start)..<Int64(end)
        }
    }
    var instances: Int { json["instances"].list.count }
    var reconnects: Int { json["reconnects"].number.map { Int($0) } ?? -1 }
    var duplicates: Int { json["duplicates_dropped"].number.map { Int($0) } ?? -1 }
    var bound: Double { json["clock_bound_seconds"].number ?? .infinity }
    var offset: Double { json["clock_offset_seconds"].number ?? .infinity }
}

/// The window of `measure --json` and its energy.
struct MeasuredWindow {
    let json: JSON
    let window: Range<Int64>

    init(_ ended: Ended) throws {
        json = try ended.json
        let start = Clock.instant(unixSeconds: try #require(json["start_unix_seconds"].number))
        window = start..<start + Int64((try #require(json["duration_seconds"].number)) * 1e9)
    }

    var agent: AgentFacts { AgentFacts(json: json["agents"][0]) }
    var gpu: JSON { json["ledger"].list.first { $0["scope"].text == "gpu" } ?? .absent }

    /// Joules that the bound of the clock leaves open at both edges, at a greatest power.
    static func slack(_ facts: AgentFacts, watts: Double) -> Double { 2 * facts.bound * watts + 0.05 }

    /// The one GPU's joules against the truth.
    func check(_ gpus: StandInGPUs, watts: Double, _ what: String) throws {
        try Accuracy.check(
            gpu["energy_joules"].number, plusMinus: gpu["plus_minus_joules"].number, truth: gpus.joules(in: window),
            slack: Self.slack(agent, watts: watts), what)
    }
}
