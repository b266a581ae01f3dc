/// A figure over the repetitions of one experiment: mean, spread, and the interval of the mean with its two parts apart.
package struct RepeatedFigure: Hashable, Sendable, Codable {
    /// How many runs have the figure.
    package var count: Int
    /// nil when no run has it, which `reason` explains.
    package var mean: Double?
    package var unit: String
    /// With the n − 1 divisor; nil under two runs.
    package var standardDeviation: Double?
    /// Standard deviation over mean, a fraction; nil under two runs and at a mean of zero.
    package var coefficientOfVariation: Double?
    /// Half the 95 % interval of the mean: scatter and gain as a root of the sum of squares; nil under two runs.
    package var plusMinus: Double?
    /// What the scatter of the runs leaves open: t · s / √n of Student's t; nil under two runs.
    package var random: Double?
    /// What every run shares, the gain of the sensors: more runs do not shrink it, and it cancels in a ratio on the same device and
    /// meter. nil for what is no energy, and where the runs did not keep it apart.
    package var systematic: Double?
    /// As in `Figure`; the weakest of the runs.
    package var method: String
    package var scope: Scope?
    package var flags: [Flag]
    /// Why there is no mean, or no interval.
    package var reason: String?

    package init(count: Int, mean: Double?, unit: String, method: String, scope: Scope? = nil, flags: Set<Flag> = [], reason: String? = nil)
    {
        self.count = count
        self.mean = mean
        self.unit = unit
        self.method = method
        self.scope = scope
        self.flags = flags.sorted()
        self.reason = reason
    }

    /// The mean with its interval as one figure.
    package var figure: Figure {
        Figure(
            value: mean, unit: unit, plusMinus: plusMinus, systematic: systematic, method: method, scope: scope, flags: Set(flags),
            reason: mean == nil ? reason : nil)
    }

    private enum CodingKeys: String, CodingKey {
        case count = "n"
        case mean, unit, method, scope, flags, reason
        case standardDeviation = "standard_deviation"
        case coefficientOfVariation = "coefficient_of_variation"
        case plusMinus = "plus_minus"
        case random = "plus_minus_random"
        case systematic = "plus_minus_systematic"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        // As in `Figure`: what is missing is null and not left out.
        try container.encode(count, forKey: .count)
        try container.encode(mean, forKey: .mean)
        try container.encode(unit, forKey: .unit)
        try container.encode(standardDeviation, forKey: .standardDeviation)
        try container.encode(coefficientOfVariation, forKey: .coefficientOfVariation)
        try container.encode(plusMinus, forKey: .plusMinus)
        try container.encode(random, forKey: .random)
        try container.encode(systematic, forKey: .systematic)
        try container.encode(method, forKey: .method)
        try container.encodeIfPresent(scope, forKey: .scope)
        try container.encode(flags, forKey: .flags)
        try container.encodeIfPresent(reason, forKey: .reason)
    }
}

extension StudySummary {
    /// One experiment of a study over its repetitions.
    package struct Member: Hashable, Sendable, Codable {
        package var name: String
        package var values: [Study.SweptValue]
        /// Runs that came to their end; the others are in no mean.
        package var completed: Int
        package var failed: Int
        /// `joules_per_output_token`, `mean_power`, `output_tokens_per_second`, `time_to_first_token_p50` … by their names in `Figures`.
        package var figures: [String: RepeatedFigure]
        /// Gross energy of the measured window by the name of the scope.
        package var energies: [String: RepeatedFigure]
        /// Why it was not repeated any more, where a goal says how long it is; nil without one.
        package var ending: String?

        package init(
            name: String, values: [Study.SweptValue], completed: Int, failed: Int, figures: [String: RepeatedFigure],
            energies: [String: RepeatedFigure]
        ) {
            self.name = name
            self.values = values
            self.completed = completed
            self.failed = failed
            self.figures = figures
            self.energies = energies
        }
    }
}
