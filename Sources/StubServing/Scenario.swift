import Foundation
import JouleModel

/// A script: rules that pick the requests which are answered otherwise than usual, and rates that hold from now on.
package struct Scenario: Hashable, Sendable {
    /// Which requests a rule holds for. It counts those that fit `path` and `promptContains`, from 1; the others choose by that count.
    package struct Condition: Hashable, Sendable {
        /// A path such as `/health`; nil is the generating ones.
        package var path: String?
        package var promptContains: String?
        package var nth: [Int] = []
        package var every: Int?
        package var from: Int?
        package var to: Int?

        fileprivate func holds(for count: Int) -> Bool {
            if !nth.isEmpty && !nth.contains(count) { return false }
            if let every, !count.isMultiple(of: every) { return false }
            if let from, count < from { return false }
            if let to, count > to { return false }
            return true
        }
    }

    package struct Rule: Hashable, Sendable {
        package var condition: Condition
        package var behaviour: Behaviour
        fileprivate var count = 0
    }

    package var rules: [Rule] = []
    package var rates: Rates

    package init(rates: Rates) { self.rates = rates }

    /// Reads a script: `{"server": {…}, "rules": [{"when": {…}, …}]}`, or an array of behaviours for the first requests in order.
    ///
    /// - Throws: `Failure` that names the place.
    package init(_ data: Data, rates: Rates) throws {
        let script: JSONValue
        do {
            script = try JSONDecoder().decode(JSONValue.self, from: data)
        } catch {
            throw Failure("stub.bad-script", "the script is no JSON", cause: "\(error)", remedy: "docs/stub-server.md shows scripts")
        }
        self.init(rates: rates)
        if case .array(let sequence) = script {
            rules = try sequence.enumerated().compactMap { index, value in
                guard value != .null else { return nil }
                var fields = try JSONFields(value, at: "[\(index)]")
                let behaviour = try Behaviour(reading: &fields)
                try fields.finish()
                return Rule(condition: Condition(nth: [index + 1]), behaviour: behaviour)
            }
            return
        }
        var fields = try JSONFields(script, at: "script")
        if let server = fields.value("server") { self.rates = try rates.changed(by: server) }
        rules =
            try fields.objects("rules") {
                let condition = try $0.object("when") { try Condition(reading: &$0) }
                return Rule(condition: condition ?? Condition(), behaviour: try Behaviour(reading: &$0))
            } ?? []
        try fields.finish()
    }

    /// The behaviour for a request, by the first rule that holds; every rule counts the requests that fit it.
    package mutating func behaviour(path: String, prompt: String?) -> Behaviour? {
        var chosen: Behaviour?
        for index in rules.indices {
            let condition = rules[index].condition
            if let wanted = condition.path {
                guard wanted == path else { continue }
            } else {
                guard prompt != nil else { continue }
            }
            if let text = condition.promptContains {
                guard prompt?.contains(text) == true else { continue }
            }
            rules[index].count += 1
            if chosen == nil && condition.holds(for: rules[index].count) { chosen = rules[index].behaviour }
        }
        return chosen
    }
}

extension Scenario.Condition {
    fileprivate init(reading fields: inout JSONFields) throws {
        let counts = 1...1_000_000_000
        path = try fields.string("path")
        promptContains = try fields.string("prompt_contains")
        nth = try fields.integers("nth", in: counts) ?? []
        every = try fields.integer("every", in: counts)
        from = try fields.integer("from", in: counts)
        to = try fields.integer("to", in: counts)
    }
}
