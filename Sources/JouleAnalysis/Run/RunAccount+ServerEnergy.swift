import JouleModel
import JouleUnits

extension RunAccount {
    /// The method of figures that a server gave: neither measured here nor modelled here.
    private static let origin = "server-reported"

    /// What the server says of the requests that were completed inside the window, whole; nil when no answer of the phase says anything.
    ///
    /// Servers share their energy over requests by rules of their own, so it has no interval, no scope and no part in any total.
    var serverEnergy: Summary.ServerEnergy? {
        guard requests.contains(where: { $0.serverEnergy != nil }) else { return nil }
        let inside = requests.filter { request in
            guard request.outcome == .completed, let window = window.value else { return false }
            if isWholePhase { return true }
            return (request.lastToken ?? request.bodyEnd).map { window.contains($0) } ?? false
        }
        let told = inside.filter { $0.serverEnergy != nil }
        let joules = told.compactMap(\.serverEnergy).sum()
        let tokens = told.compactMap(\.outputTokens)
        func figure(_ unit: String, over count: Double?, _ missing: String) -> Figure {
            guard !told.isEmpty else { return .absent(unit: unit, reason: "no request inside the window carries a figure") }
            guard let count, count > 0 else { return .absent(unit: unit, reason: missing) }
            return Figure(value: joules.rawValue / count, unit: unit, method: Self.origin)
        }
        return Summary.ServerEnergy(
            energy: figure("J", over: 1, ""),
            perRequest: figure("J/request", over: Double(told.count), ""),
            perOutputToken: figure(
                "J/token", over: tokens.count == told.count ? Double(tokens.reduce(0, +)) : nil, "a request has no count of output tokens"),
            requests: told.count, completed: inside.count)
    }
}
