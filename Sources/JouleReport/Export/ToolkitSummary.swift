import JouleModel

/// The summary of the older serving toolkit: six numbers of the headline scope over the window. What is missing is null.
package enum ToolkitSummary {
    package static func json(_ summary: Summary) -> String {
        let energy = summary.headlineEnergy
        // The toolkit's idle power is that of the server with its model loaded; without one, that of the idle machine.
        let isLoaded = energy?.idleLoadedPower.value != nil
        let gross = energy?.gross.value
        let tokens = summary.requests.outputTokens
        return json(
            seconds: summary.windowDurationSeconds, idleWatts: isLoaded ? energy?.idleLoadedPower.value : energy?.idleHostPower.value,
            totalJoules: gross, activeJoules: isLoaded ? energy?.netOverIdleLoaded.value : energy?.netOverIdleHost.value,
            completionTokens: tokens)
    }

    /// From logs that were taken elsewhere; `activeJoules` is the energy above idle.
    package static func json(
        seconds: Double?, idleWatts: Double?, totalJoules: Double?, activeJoules: Double?, completionTokens: Int
    ) -> String {
        var object = OrderedJSON()
        object.add("duration_s", seconds)
        object.add("idle_power_W", idleWatts)
        object.add("total_energy_J", totalJoules)
        object.add("active_energy_J", activeJoules)
        object.add("total_completion_tokens", completionTokens)
        object.add("energy_per_completion_token_J", completionTokens > 0 ? totalJoules.map { $0 / Double(completionTokens) } : nil)
        return object.text
    }
}
