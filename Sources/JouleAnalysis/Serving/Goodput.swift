import JouleModel
import JouleUnits

/// Which requests met every objective.
struct Goodput {
    let objectives: LoadSpec.Objectives
    let good: Int
    let undefined: Int

    /// - Parameter isCounted: whether a request was completed inside the window, so that good ones are a part of the throughput.
    init(_ objectives: LoadSpec.Objectives, of requests: [RequestTimeline], where isCounted: (RequestTimeline) -> Bool) {
        self.objectives = objectives
        var good = 0
        var undefined = 0
        for request in requests where isCounted(request) {
            let pairs: [(limit: Duration?, value: Duration?)] = [
                (objectives.timeToFirstToken, request.timeToFirstToken), (objectives.timePerOutputToken, request.timePerOutputToken),
                (objectives.endToEnd, request.serviceLatency),
            ]
            let asked = pairs.filter { $0.limit != nil }
            if asked.contains(where: { $0.value == nil }) {
                undefined += 1
            } else if asked.allSatisfy({ pair in pair.limit.flatMap { limit in pair.value.map { $0 <= limit } } ?? false }) {
                good += 1
            }
        }
        self.good = good
        self.undefined = undefined
    }

    /// By their names in `summary.json`, in seconds.
    var limits: [String: Double] {
        // Through whole nanoseconds, so that 60 ms is written 0.06.
        func seconds(_ limit: Duration?) -> Double? { limit.map { Double($0.nanoseconds) / 1e9 } }
        var limits: [String: Double] = [:]
        limits["ttft"] = seconds(objectives.timeToFirstToken)
        limits["tpot"] = seconds(objectives.timePerOutputToken)
        limits["e2el"] = seconds(objectives.endToEnd)
        return limits
    }
}
