extension Summary {
    /// What the energy of the window was in carbon, water and money. Every figure is of the scope of the energy beside it.
    package struct Carbon: Hashable, Sendable, Codable {
        /// One scope that has energy.
        package struct Row: Hashable, Sendable, Codable {
            package var scope: Scope
            /// Energy of the machines.
            package var itEnergy: Figure
            /// The same with the overhead of the site (PUE).
            package var facilityEnergy: Figure
            package var emissions: Figure
            package var perRequest: Figure
            package var perThousandOutputTokens: Figure
            package var water: Figure
            package var cost: Figure
            package var costPerThousandRequests: Figure

            package init(
                scope: Scope, itEnergy: Figure, facilityEnergy: Figure, emissions: Figure, perRequest: Figure,
                perThousandOutputTokens: Figure, water: Figure, cost: Figure, costPerThousandRequests: Figure
            ) {
                self.scope = scope
                self.itEnergy = itEnergy
                self.facilityEnergy = facilityEnergy
                self.emissions = emissions
                self.perRequest = perRequest
                self.perThousandOutputTokens = perThousandOutputTokens
                self.water = water
                self.cost = cost
                self.costPerThousandRequests = costPerThousandRequests
            }

            private enum CodingKeys: String, CodingKey {
                case scope, emissions, water, cost
                case itEnergy = "it_energy"
                case facilityEnergy = "facility_energy"
                case perRequest = "per_request"
                case perThousandOutputTokens = "per_1000_output_tokens"
                case costPerThousandRequests = "cost_per_1000_requests"
            }
        }

        /// A score of the Software Carbon Intensity specification, (E·I + M)/R.
        package struct Score: Hashable, Sendable, Codable {
            /// R, as it is declared: `one request`.
            package var functionalUnit: String
            package var score: Figure

            package init(functionalUnit: String, score: Figure) {
                self.functionalUnit = functionalUnit
                self.score = score
            }

            private enum CodingKeys: String, CodingKey {
                case score
                case functionalUnit = "functional_unit"
            }
        }

        /// How the intensity was had. Its points are in `carbon.json`.
        package var record: CarbonRecord
        /// Mean over the window, weighted by the energy of the headline scope.
        package var intensity: Figure
        package var rows: [Row]
        /// The share of the devices' making that falls to the window; absent with its reason where no table was given.
        package var embodied: Figure
        package var scores: [Score]
        package var notes: [String]

        package init(record: CarbonRecord, intensity: Figure, rows: [Row], embodied: Figure, scores: [Score], notes: [String]) {
            self.record = record
            self.intensity = intensity
            self.rows = rows
            self.embodied = embodied
            self.scores = scores
            self.notes = notes
        }

        package func row(of scope: Scope) -> Row? { rows.first { $0.scope == scope } }
    }
}
