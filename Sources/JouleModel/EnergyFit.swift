/// Prefill and decode energy coefficients fitted over several runs: `E = P0·T + α·T_prefill_uncached + β·T_output`.
package struct EnergyFit: Hashable, Sendable, Codable {
    package static let schemaVersion = 1

    /// One run's totals over its window.
    package struct Observation: Hashable, Sendable, Codable {
        package var label: String
        /// Joules of the window.
        package var energy: Double
        package var seconds: Double
        package var prefillTokens: Double
        package var outputTokens: Double

        package init(label: String, energy: Double, seconds: Double, prefillTokens: Double, outputTokens: Double) {
            self.label = label
            self.energy = energy
            self.seconds = seconds
            self.prefillTokens = prefillTokens
            self.outputTokens = outputTokens
        }

        private enum CodingKeys: String, CodingKey {
            case label
            case energy = "energy_joules"
            case seconds = "duration_seconds"
            case prefillTokens = "prefill_tokens_uncached"
            case outputTokens = "output_tokens"
        }
    }

    package struct Coefficient: Hashable, Sendable, Codable {
        package var value: Double
        package var unit: String
        /// nil where the residuals leave no degree of freedom, or the coefficient lies at its bound of zero.
        package var standardError: Double?

        package init(value: Double, unit: String, standardError: Double?) {
            self.value = value
            self.unit = unit
            self.standardError = standardError
        }

        private enum CodingKeys: String, CodingKey {
            case value, unit
            case standardError = "standard_error"
        }
    }

    package var schemaVersion = EnergyFit.schemaVersion
    /// What the coefficients hold for.
    package var model: String
    package var device: String
    package var precision: String
    package var scope: Scope
    /// nil where the fit has no constant power.
    package var baseline: Coefficient?
    package var alpha: Coefficient
    package var beta: Coefficient
    package var rSquared: Double?
    /// Joules, one for each observation.
    package var residuals: [Double]
    package var observations: [Observation]

    package init(
        model: String, device: String, precision: String, scope: Scope, baseline: Coefficient?, alpha: Coefficient, beta: Coefficient,
        rSquared: Double?, residuals: [Double], observations: [Observation]
    ) {
        self.model = model
        self.device = device
        self.precision = precision
        self.scope = scope
        self.baseline = baseline
        self.alpha = alpha
        self.beta = beta
        self.rSquared = rSquared
        self.residuals = residuals
        self.observations = observations
    }

    private enum CodingKeys: String, CodingKey {
        case model, device, precision, scope, alpha, beta, residuals, observations
        case schemaVersion = "schema_version"
        case baseline = "baseline_power"
        case rSquared = "r_squared"
    }
}
