import JouleModel
import JouleUnits

extension RunAccount {
    /// The idle host as this run measured it, for runs that will find its model loaded; nil where it did not measure it itself.
    var ownIdleHost: IdleHostBaseline? {
        guard let account, let span = recording.window(of: .idleHost) else { return nil }
        let powers = Scope.allCases.compactMap { scope -> IdleHostBaseline.Power? in
            guard let idle = idleHost[scope]?.value, let parts = account.parts[scope] else { return nil }
            let loaded = idleLoaded[scope]?.value.map {
                IdleHostBaseline.Loaded(watts: $0.power.value.rawValue, scatterWatts: $0.scatter.rawValue)
            }
            let channels = zip(parts, idle.means).map { IdleHostBaseline.Channel($0.trace.channel, power: $1) }
            return IdleHostBaseline.Power(idle.power, scatter: idle.scatter, channels: channels, loaded: loaded)
        }
        return powers.isEmpty ? nil : IdleHostBaseline(secondsBefore: 0, durationSeconds: span.duration.seconds, powers: powers)
    }

    /// Whose figures have the load, and how old the idle host is.
    var keptModelNotes: [String] {
        guard let kept = recording.keptModel else { return [] }
        var notes = [
            "the model was loaded by \(kept.loadedBy), \(Self.age(kept.loadedSecondsBefore)) before this run, "
                + "whose figures have the time and the energy of the load"
        ]
        if let idle = kept.idleHost {
            let loaded = idle.powers.first { $0.scope == headline }?.loaded
            let check =
                switch (loaded, idleLoaded[headline]?.value) {
                case (let then?, let now?):
                    ", when the idle machine with the model took \(Self.watts(then.watts)); "
                        + "now it takes \(Self.watts(now.power.value.rawValue))"
                case (_, _): ""
                }
            notes.append(
                "idle host is that of \(kept.loadedBy), measured \(Self.age(idle.secondsBefore)) before this run over "
                    + "\(Int(idle.durationSeconds.rounded())) s\(check)")
        }
        return notes
    }

    private static func watts(_ value: Double) -> String { "\((value * 10).rounded() / 10) W" }

    private static func age(_ seconds: Double) -> String {
        seconds < 120
            ? "\(Int(seconds.rounded())) s"
            : seconds < 7_200 ? "\(Int((seconds / 60).rounded())) min" : "\(Int((seconds / 3_600).rounded())) h"
    }
}

extension WindowAccount {
    /// An idle power that an earlier run measured with the same channels.
    ///
    /// The machine may have moved since. What both runs measured with the model loaded tells how far: where that differs by more than its
    /// scatter and 2 %, the difference is a drift of the baseline, beside the one that this run saw itself.
    func idlePower(_ kept: IdleHostBaseline.Power, loadedNow: IdlePower?, drift own: Watts?) -> Reading<IdlePower> {
        let channels = (parts[kept.scope] ?? []).map(\.trace.channel)
        let means = channels.compactMap { channel in kept.channels.first { $0.isOf(channel) }.map { Watts($0.watts) } }
        guard means.count == channels.count, channels.count == kept.channels.count else {
            return .absent(reason: "no idle power: the run that loaded the model measured \(kept.scope.rawValue) with other meters")
        }
        let power = Measured<Watts>(
            Watts(kept.watts), plusMinus: kept.plusMinus.map { Watts($0) }, systematic: kept.systematic.map { Watts($0) },
            method: kept.method, scope: kept.scope, flags: Set(kept.flags))
        var idle = IdlePower(power: power, scatter: Watts(kept.scatter), drift: own, means: means)
        if let loadedNow, let then = kept.loaded {
            let loadedThen = IdlePower(
                power: Measured(Watts(then.watts), plusMinus: nil, method: kept.method, scope: kept.scope),
                scatter: Watts(then.scatterWatts), drift: nil, means: [])
            if let since = drift(from: loadedThen, to: loadedNow) { idle.drift = own.map { rootSumSquare($0, since) } ?? since }
        }
        return .value(idle)
    }
}
