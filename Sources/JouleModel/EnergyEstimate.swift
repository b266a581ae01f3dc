import JouleUnits

/// Energy that a model would use, without a run: assumed, and never put beside measured figures.
package struct EnergyEstimate: Hashable, Sendable, Codable {
    package enum Basis: String, Hashable, Sendable, Codable {
        case referenceBands = "reference-bands"
        case devicePeaks = "device-peaks"
    }

    package struct Range: Hashable, Sendable, Codable {
        package let low: Double
        package let high: Double
        package let unit: String

        package init(low: Double, high: Double, unit: String) {
            self.low = low
            self.high = high
            self.unit = unit
        }
    }

    package static let schemaVersion = 1

    package var schemaVersion = EnergyEstimate.schemaVersion
    /// Always `assumed`.
    package var label = EnergyMethod.assumed.rawValue
    package var scope = Scope.gpu
    package var model: String
    package var gpu: String
    /// GPUs together: all that were in a reference, as many as were said else.
    package var gpuCounts: [Int]
    package var precision: String
    package var batch: Double
    package var outputTokens: Int
    package var inputTokens: Int
    package var basis: Basis
    package var perToken: Range
    package var energy: Range
    package var wattHours: Range
    /// How it was come by, in sentences.
    package var method: [String]
    package var source: String
    package var notes: [String] = []

    /// - Parameters:
    ///   - perToken: joules for each output token, everything included.
    package init(
        model: String, gpu: String, gpuCounts: [Int], precision: String, batch: Double, outputTokens: Int, inputTokens: Int, basis: Basis,
        perToken: ClosedRange<Joules>, method: [String], source: String
    ) {
        self.model = model
        self.gpu = gpu
        self.gpuCounts = gpuCounts
        self.precision = precision
        self.batch = batch
        self.outputTokens = outputTokens
        self.inputTokens = inputTokens
        self.basis = basis
        let (low, high) = (perToken.lowerBound, perToken.upperBound)
        self.perToken = Range(low: low.rawValue, high: high.rawValue, unit: "J/token")
        let tokens = Double(outputTokens)
        energy = Range(low: (low * tokens).rawValue, high: (high * tokens).rawValue, unit: Joules.symbol)
        wattHours = Range(low: (low * tokens).wattHours, high: (high * tokens).wattHours, unit: "Wh")
        self.method = method
        self.source = source
    }

    private enum CodingKeys: String, CodingKey {
        case label, scope, model, gpu, precision, batch, basis, energy, method, source, notes
        case schemaVersion = "schema_version"
        case gpuCounts = "gpu_counts"
        case outputTokens = "output_tokens"
        case inputTokens = "input_tokens"
        case perToken = "joules_per_output_token"
        case wattHours = "watt_hours"
    }
}
