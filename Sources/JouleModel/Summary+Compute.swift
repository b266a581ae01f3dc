import JouleUnits

extension Summary {
    /// Operations of the measured window, and how much of the device they and the memory they read took.
    package struct Compute: Hashable, Sendable, Codable {
        /// How the operations were counted.
        package enum Method: String, Hashable, Sendable, Codable {
            /// So many for each token, by the user's word.
            case provided
            /// Counted by the worker while the model ran.
            case profiled
            /// From the matrices that the model's configuration describes.
            case architecture
            /// Two for each parameter and token.
            case parameters

            package var confidence: Confidence {
                switch self {
                case .provided, .profiled: .high
                case .architecture: .medium
                case .parameters: .low
                }
            }
        }

        package enum Confidence: String, Hashable, Sendable, Codable { case high, medium, low }

        /// What the devices of the run could do together.
        package struct Peak: Hashable, Sendable, Codable {
            /// `2 × H100 SXM`; nil where the user gave the numbers.
            package var devices: String?
            package var precision: String?
            package var flops: Double?
            package var bandwidth: Double?
            package var source: String

            package init(source: String) { self.source = source }

            private enum CodingKeys: String, CodingKey {
                case devices, precision, source
                case flops = "flops_per_second"
                case bandwidth = "bytes_per_second"
            }
        }

        /// nil where nothing could be counted.
        package var method: Method?
        package var confidence: Confidence?
        package var flops: Figure
        package var flopsPerSecond: Figure
        /// Over generated tokens, the prompt's work included.
        package var flopsPerToken: Figure
        /// Over the headline energy.
        package var flopsPerJoule: Figure
        /// Model FLOPs utilisation: operations a second over the devices' peak.
        package var utilization: Figure
        /// Bytes that a decoding step must read over the time it takes, over the devices' peak.
        package var bandwidthUtilization: Figure
        package var modelType: String?
        /// Where the model's configuration is from.
        package var configuration: String?
        package var parameters: Int64?
        /// Those that work on one token.
        package var activeParameters: Int64?
        /// All weights as they lie in memory.
        package var weightBytes: ByteCount?
        /// Keys and values of one token of the context.
        package var cacheBytesPerToken: ByteCount?
        /// Requests that a decoding step serves, on the mean.
        package var batch: Double?
        /// The number format of the arithmetic.
        package var precision: String?
        package var peak: Peak?
        package var notes: [String]

        /// Nothing counted, for one reason.
        package init(absent reason: String) {
            flops = .absent(unit: "FLOP", reason: reason)
            flopsPerSecond = .absent(unit: "FLOP/s", reason: reason)
            flopsPerToken = .absent(unit: "FLOP/token", reason: reason)
            flopsPerJoule = .absent(unit: "FLOP/J", reason: reason)
            utilization = .absent(unit: "%", reason: reason)
            bandwidthUtilization = .absent(unit: "%", reason: reason)
            notes = []
        }

        private enum CodingKeys: String, CodingKey {
            case method, confidence, flops, configuration, parameters, batch, precision, peak, notes
            case flopsPerSecond = "flops_per_second"
            case flopsPerToken = "flops_per_token"
            case flopsPerJoule = "flops_per_joule"
            case utilization = "model_flops_utilization"
            case bandwidthUtilization = "bandwidth_utilization"
            case modelType = "model_type"
            case activeParameters = "active_parameters"
            case weightBytes = "weight_bytes"
            case cacheBytesPerToken = "cache_bytes_per_token"
        }
    }
}
