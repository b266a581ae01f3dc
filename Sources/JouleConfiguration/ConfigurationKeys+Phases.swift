import JouleModel
import JouleUnits

extension ConfigurationKeys {
    static let phases: [ConfigurationKey] = [
        ConfigurationKey(
            "phases.preset", type: preset.description, schema: preset.schema, fallback: "quick",
            "Lengths of all phases, which the keys below change.",
            decode: { setting, experiment, reading in
                guard let preset = preset.decode(setting, &reading) else { return }
                experiment.phases = preset.lengths
            },
            render: { preset.render($0.phases.preset) }),
        ConfigurationKey(
            "phases.idle_host", .duration(), \.phases.idleHost, "Idle before the model is loaded, where the run loads it."),
        ConfigurationKey("phases.idle_loaded", .duration(), \.phases.idleLoaded, "Idle with the model loaded."),
        ConfigurationKey("phases.warmup_requests", .count(atLeast: 0), \.phases.warmupRequests, "Requests that are in no figure."),
        ConfigurationKey(
            "phases.warmup", .stretch, \.phases.warmup, fallback: "by warmup_requests; protocol: 120s", for: timed,
            "How long requests that are in no figure are sent."),
        ConfigurationKey(
            "phases.warmup_rate", .rate(allowsUnlimited: false), \.phases.warmupRate, for: timed,
            when: { $0.phases.warmup != nil && $0.load.arrival.isOpen }, "Arrivals of a warm-up of a given length, in an open loop."),
        ConfigurationKey(
            "phases.warmup_concurrency", Shape<Int>.count(atLeast: 1).optional, \.phases.warmupConcurrency, fallback: "half of the load's",
            for: timed, "Requests in flight in a warm-up of a given length, in a closed loop."),
        ConfigurationKey(
            "phases.measure", .stretch, \.phases.measure, fallback: "by load.duration or load.requests; protocol: 600s", for: timed,
            "How long the measured requests are sent."),
        ConfigurationKey(
            "phases.drain", .duration(), \.phases.drain, for: timed, "The longest wait for answers after the last request was sent."),
        ConfigurationKey("phases.cooldown", .duration(), \.phases.cooldown, "Idle after the last request."),
    ]

    private static let preset = Shape<PhasesSpec.Preset>.choice(PhasesSpec.Preset.self, noun: "preset")

    private static let timed = Audience.servers(
        "a worker answers its prompts however long that takes", remedy: "use scenario.num_samples and phases.warmup_requests")
}

extension PhasesSpec.Preset {
    var lengths: PhasesSpec {
        switch self {
        case .quick: .quick
        case .full: .full
        case .none: .none
        }
    }
}

extension Shape<Duration?> {
    /// A duration, of which zero asks for nothing.
    fileprivate static var stretch: Shape {
        let duration = Shape<Duration>.duration()
        return Shape(
            duration.description, schema: duration.schema,
            decode: { setting, reading in duration.decode(setting, &reading).map { $0 == .zero ? nil : $0 } },
            render: { $0.flatMap(duration.render) })
    }
}
