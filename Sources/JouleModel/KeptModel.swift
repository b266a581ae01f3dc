import JouleUnits

/// The model that a run found loaded, by an earlier run of its study: `kept_model.json`.
package struct KeptModel: Hashable, Sendable, Codable {
    package static let file = "kept_model.json"

    /// The run that loaded it, whose figures have the time and the energy of the load.
    package var loadedBy: String
    /// From the end of the load to the moment at which this run took the model over.
    package var loadedSecondsBefore: Double
    /// The idle host as the loading run measured it: with the model loaded it cannot be measured again. nil where that run did not.
    package var idleHost: IdleHostBaseline?

    package init(loadedBy: String, loadedSecondsBefore: Double, idleHost: IdleHostBaseline?) {
        self.loadedBy = loadedBy
        self.loadedSecondsBefore = loadedSecondsBefore
        self.idleHost = idleHost
    }

    private enum CodingKeys: String, CodingKey {
        case loadedBy = "loaded_by"
        case loadedSecondsBefore = "loaded_seconds_before"
        case idleHost = "idle_host"
    }
}

/// Idle power without the model, for runs that come after the one that measured it.
package struct IdleHostBaseline: Hashable, Sendable, Codable {
    /// The mean power of one channel.
    package struct Channel: Hashable, Sendable, Codable {
        package var meter: String
        package var scope: Scope
        package var device: String
        package var host: String?
        package var watts: Double

        package init(_ channel: MeterChannel, power: Watts) {
            meter = channel.meter
            scope = channel.scope
            device = channel.device
            host = channel.host
            watts = power.rawValue
        }

        package func isOf(_ channel: MeterChannel) -> Bool {
            meter == channel.meter && scope == channel.scope && device == channel.device && host == channel.host
        }
    }

    /// The loading run's idle power with the model loaded, against which a later run's own shows how far the machine has moved.
    package struct Loaded: Hashable, Sendable, Codable {
        package var watts: Double
        /// Half the 95 % interval of the mean from scatter alone.
        package var scatterWatts: Double

        package init(watts: Double, scatterWatts: Double) {
            self.watts = watts
            self.scatterWatts = scatterWatts
        }

        private enum CodingKeys: String, CodingKey { case watts, scatterWatts = "scatter_watts" }
    }

    /// Idle power of one scope, in watts; the intervals are halves of 95 % ones.
    package struct Power: Hashable, Sendable, Codable {
        package var scope: Scope
        package var watts: Double
        package var plusMinus: Double?
        package var systematic: Double?
        package var scatter: Double
        package var method: EnergyMethod
        package var flags: [Flag]
        /// The channels that make up the scope.
        package var channels: [Channel]
        package var loaded: Loaded?

        package init(_ power: Measured<Watts>, scatter: Watts, channels: [Channel], loaded: Loaded?) {
            scope = power.scope
            watts = power.value.rawValue
            plusMinus = power.plusMinus?.rawValue
            systematic = power.systematic?.rawValue
            self.scatter = scatter.rawValue
            method = power.method
            flags = power.flags.sorted()
            self.channels = channels
            self.loaded = loaded
        }

        private enum CodingKeys: String, CodingKey {
            case scope, watts, scatter, method, flags, channels
            case plusMinus = "plus_minus"
            case systematic = "plus_minus_systematic"
            case loaded = "idle_loaded"
        }
    }

    /// From the end of the idle phase to the moment at which the later run took the model over; zero in the run that measured it.
    package var secondsBefore: Double
    /// How long it was measured.
    package var durationSeconds: Double
    package var powers: [Power]

    package init(secondsBefore: Double, durationSeconds: Double, powers: [Power]) {
        self.secondsBefore = secondsBefore
        self.durationSeconds = durationSeconds
        self.powers = powers
    }

    private enum CodingKeys: String, CodingKey {
        case powers
        case secondsBefore = "seconds_before"
        case durationSeconds = "duration_seconds"
    }
}
