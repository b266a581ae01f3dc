import JouleModel
import JouleUnits
import Testing

/// The closed sets: flags, scopes, methods, selectors, statuses.
struct WordsTests {
    @Test(arguments: Flag.allCases) func `every flag has a sentence and a remedy`(flag: Flag) {
        for text in [flag.sentence, flag.remedy] {
            #expect(text.hasSuffix("."))
            #expect(text.first?.isUppercase == true)
            #expect(text.count > 15)
        }
        #expect(flag.sentence != flag.remedy)
        #expect(Flag(rawValue: flag.rawValue) == flag)
        #expect(flag.rawValue.allSatisfy { $0.isLowercase || $0 == "_" })
    }

    @Test func `flags are named as in the methodology, and no two say the same`() {
        let names = """
            energy_modelled, energy_unavailable, gap, counter_reset, counter_power_disagree, low_sample_rate, baseline_drift, negative_net, \
            shared_device, mig_slice, throttled, clock_drop, power_capped, short_window, no_steady_state, saturated, client_limited, client_stalled, \
            co_located_client, tokens_estimated, token_mismatch, cached_prompts, output_length_mismatch, prompts_over_budget, \
            prompt_length_mismatch, clock_step, suspended, server_restarted, agent_gap, intensity_fallback, attribution_assumed, \
            format_unknown, implausible, simulated
            """
        #expect(Set(Flag.allCases.map(\.rawValue)) == Set(names.split(separator: ", ").map(String.init)))
        #expect(Set(Flag.allCases.map(\.sentence)).count == Flag.allCases.count)
        #expect(Flag.Grade.note < .doubt && Flag.Grade.doubt < .invalid)
    }

    @Test(
        arguments: [
            ("0", .index(0)), ("7", .index(7)), ("007", .index(7)), ("GPU-5e1f", .uuid("GPU-5e1f")), ("GPU-", .uuid("GPU-")),
            ("MIG-1/2/3", .mig("MIG-1/2/3")),
        ] as [(String, DeviceSelector)])
    func `a device is named by its index or its identity`(text: String, selector: DeviceSelector) {
        #expect(DeviceSelector(text) == selector)
        #expect(DeviceSelector(selector.description) == selector)
    }

    @Test(arguments: ["", "-1", "1.0", "gpu-5e1f", "cuda:0", " 0", "all", "99999999999999999999"])
    func `what names no device is none`(text: String) { #expect(DeviceSelector(text) == nil) }

    @Test(arguments: [ReadStatus.ok, .retry(""), .retry("a: b"), .gone("x"), .gone("retry:y"), .retry("gone:z")])
    func `the text of a status gives the status back`(status: ReadStatus) { #expect(ReadStatus(text: status.description) == status) }

    @Test func `a scope lies in those that hold it, and in none of its own`() {
        for scope in Scope.allCases {
            #expect(!scope.containers.contains(scope))
            #expect(scope.containers.allSatisfy { !$0.containers.contains(scope) }, "no two hold each other")
        }
        #expect(Scope.core.containers.contains(.package) && Scope.package.containers.contains(.psys))
        #expect(!Scope.dram.containers.contains(.package), "server DRAM zones are beside the package")
        #expect(Scope.facility.containers.isEmpty)
    }

    @Test func `a sum is as good as its worst part`() {
        for left in EnergyMethod.allCases {
            #expect(left.weaker(left) == left)
            #expect(left.weaker(.unavailable) == .unavailable)
            #expect(left.weaker(.measuredCounter) == left)
            for right in EnergyMethod.allCases { #expect(left.weaker(right) == right.weaker(left)) }
        }
        #expect(EnergyMethod.allCases.filter(\.isMeasured) == [.measuredCounter, .measuredPower])
    }

    @Test func `a failure says where, what, why and what next`() {
        let failure = Failure(
            "store.row", "a row cannot be read", cause: "no number", remedy: "repair it",
            source: SourcePlace(file: "samples.csv", line: 4, column: 1))
        #expect("\(failure)" == "samples.csv:4:1: a row cannot be read [store.row]: no number (repair it)")
        #expect("\(Failure("a.b", "short"))" == "short [a.b]")
    }

    @Test func `phases come in their order and have words for people`() {
        #expect(Phase.allCases.map(\.rawValue) == ["idle_host", "load", "idle_loaded", "warmup", "measure", "drain", "cooldown"])
        #expect(Set(Phase.allCases.map(\.label)).count == Phase.allCases.count)
    }
}
