import JouleUnits

extension Summary {
    /// How a sensor behaved in this run, as far as its readings show it: a fact of the recording, not of a data sheet.
    package struct Sensor: Hashable, Sendable, Codable {
        /// The median distance between two changes of a value.
        package struct UpdatePeriod: Hashable, Sendable, Codable {
            package var seconds: Double
            /// Whether the value was new at almost every read, so that it may be renewed more often than this.
            package var isLimitedByReads: Bool

            package init(seconds: Double, isLimitedByReads: Bool) {
                self.seconds = seconds
                self.isLimitedByReads = isLimitedByReads
            }

            private enum CodingKeys: String, CodingKey {
                case seconds
                case isLimitedByReads = "limited_by_reads"
            }
        }

        package var scope: Scope
        package var device: String
        package var meter: String
        /// nil: this machine.
        package var host: String?
        /// nil where there is none of the two, or where it changed too rarely to say.
        package var counterPeriod: UpdatePeriod?
        package var powerPeriod: UpdatePeriod?
        /// The time in seconds over which a power reading is the trailing mean: what the source declares, else what fits best.
        package var averagingWindow: Double?
        /// Whether the source declares it.
        package var isDeclared = false
        /// By how much the fitted window may be wrong, in seconds, for no better reason than how often the counter moves.
        package var averagingResolution: Double?
        /// How long a power reading stands behind what it tells, in seconds, beyond its averaging; half of its own update
        /// period is in it, for so old is what is read on average.
        package var delay: Double?
        /// The part of the readings' variance that the fitted trailing mean explains.
        package var rSquared: Double?
        /// Why no averaging window could be had; nil when there is one.
        package var reason: String?

        package init(scope: Scope, device: String, meter: String, host: String? = nil) {
            self.scope = scope
            self.device = device
            self.meter = meter
            self.host = host
        }

        private enum CodingKeys: String, CodingKey {
            case scope, device, meter, host, reason
            case counterPeriod = "counter_update_period"
            case powerPeriod = "power_update_period"
            case averagingWindow = "averaging_window_seconds"
            case isDeclared = "averaging_window_declared"
            case averagingResolution = "averaging_window_resolution_seconds"
            case delay = "delay_seconds"
            case rSquared = "r_squared"
        }
    }
}
