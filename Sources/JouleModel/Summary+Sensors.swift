import JouleUnits

extension Summary {
    /// How a sensor behaved in this run, as far as its readings show it: a fact of the recording, not of a data sheet.
    package struct Sensor: Hashable, Sendable, Codable {
        /// The shortest distance between two changes of a value that came again and again.
        package struct UpdatePeriod: Hashable, Sendable, Codable {
            package var seconds: Double
            /// Whether the value was new at almost every read, so that it may be renewed more often than this.
            package var isLimitedByReads: Bool
            /// Whether the value went back and forth between a few levels, as the load does, so that it may be renewed more often than
            /// this without a new value. Absent in summaries of older versions.
            package var isLimitedByLoad: Bool?
            /// Which readings decided. Absent in summaries of older versions.
            package var source: Source?

            /// The readings that an update period is from.
            package enum Source: String, Hashable, Sendable, Codable {
                /// Those before the first request: the fast ones at the start, and the idle phases.
                case idle
                /// All, with the load's own movement in them.
                case run
            }

            package init(seconds: Double, isLimitedByReads: Bool, isLimitedByLoad: Bool? = nil, source: Source? = nil) {
                self.seconds = seconds
                self.isLimitedByReads = isLimitedByReads
                self.isLimitedByLoad = isLimitedByLoad
                self.source = source
            }

            /// Whether it may be renewed more often than this.
            package var isBound: Bool { isLimitedByReads || isLimitedByLoad == true }

            private enum CodingKeys: String, CodingKey {
                case seconds, source
                case isLimitedByReads = "limited_by_reads"
                case isLimitedByLoad = "limited_by_load"
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
        /// Why there is no period of the power reading; nil where there is one, and where there are no such readings.
        package var powerPeriodReason: String?
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
            case powerPeriodReason = "power_update_period_reason"
            case averagingWindow = "averaging_window_seconds"
            case isDeclared = "averaging_window_declared"
            case averagingResolution = "averaging_window_resolution_seconds"
            case delay = "delay_seconds"
            case rSquared = "r_squared"
        }
    }
}
