/// A named reason to trust a figure less. The set is closed; each flag has a grade, a sentence and a remedy.
package enum Flag: String, Codable, Sendable, CaseIterable, Hashable, Comparable {
    case energyModelled = "energy_modelled"
    case energyUnavailable = "energy_unavailable"
    case gap
    case counterReset = "counter_reset"
    case counterPowerDisagree = "counter_power_disagree"
    case lowSampleRate = "low_sample_rate"
    case baselineDrift = "baseline_drift"
    case negativeNet = "negative_net"
    case sharedDevice = "shared_device"
    case migSlice = "mig_slice"
    case throttled
    case clockDrop = "clock_drop"
    case powerCapped = "power_capped"
    case shortWindow = "short_window"
    case noSteadyState = "no_steady_state"
    case saturated
    case clientLimited = "client_limited"
    case clientStalled = "client_stalled"
    case coLocatedClient = "co_located_client"
    case tokensEstimated = "tokens_estimated"
    case tokenMismatch = "token_mismatch"
    case cachedPrompts = "cached_prompts"
    case outputLengthMismatch = "output_length_mismatch"
    case promptsOverBudget = "prompts_over_budget"
    case promptLengthMismatch = "prompt_length_mismatch"
    case clockStep = "clock_step"
    case suspended
    case serverRestarted = "server_restarted"
    case agentGap = "agent_gap"
    case intensityFallback = "intensity_fallback"
    case attributionAssumed = "attribution_assumed"
    case formatUnknown = "format_unknown"
    case implausible
    case simulated

    /// How much a flag takes away: a note explains, a doubt widens, an invalid figure is not to be quoted.
    package enum Grade: String, Codable, Sendable, Comparable {
        case note, doubt, invalid
        package static func < (left: Grade, right: Grade) -> Bool { left.rank < right.rank }
        private var rank: Int {
            switch self {
            case .note: 0
            case .doubt: 1
            case .invalid: 2
            }
        }
    }

    package static func < (left: Flag, right: Flag) -> Bool { left.rawValue < right.rawValue }

    package var grade: Grade {
        switch self {
        case .energyModelled, .coLocatedClient, .cachedPrompts, .intensityFallback, .formatUnknown, .powerCapped, .shortWindow,
            .outputLengthMismatch, .promptLengthMismatch, .promptsOverBudget, .clockStep:
            .note
        case .energyUnavailable, .lowSampleRate, .baselineDrift, .negativeNet, .sharedDevice, .migSlice, .throttled, .clockDrop,
            .noSteadyState,
            .tokensEstimated, .tokenMismatch, .attributionAssumed, .counterPowerDisagree, .clientStalled, .gap:
            .doubt
        case .counterReset, .saturated, .clientLimited, .suspended, .serverRestarted, .agentGap, .implausible, .simulated:
            .invalid
        }
    }

    /// What happened, in one sentence.
    package var sentence: String { text.sentence }
    /// What to do about it, in one sentence.
    package var remedy: String { text.remedy }

    private var text: (sentence: String, remedy: String) {
        switch self {
        case .energyModelled:
            ("The energy comes from a model of the load, not from a sensor.", "Run where RAPL, NVML or a node meter is readable.")
        case .energyUnavailable:
            ("A scope has no energy figure.", "See the reason beside the figure, and `joulebench doctor`.")
        case .gap:
            ("Samples are missing inside the window.", "Lower the load on the machine or lengthen `metrics.sample_period`.")
        case .counterReset:
            ("An energy counter went backwards without a wrap.", "Do not reload drivers during a run; repeat it.")
        case .counterPowerDisagree:
            ("Counter and power readings differ by more than 3 %.", "Trust the wider interval; compare with an external meter.")
        case .lowSampleRate:
            ("Fewer than five samples a second were taken.", "Shorten `metrics.sample_period` or free the machine.")
        case .baselineDrift:
            ("Idle power after the run differs from idle power before it.", "Let the machine settle, or lengthen the idle phases.")
        case .negativeNet:
            ("The run drew less than the idle baseline.", "Measure idle again on a quiet machine; quote gross energy.")
        case .sharedDevice:
            (
                "Another process used a measured device.",
                "Stop the other process or choose another device; if it is the server's own, the figure is right."
            )
        case .migSlice:
            ("A MIG slice cannot be metered on its own.", "Read the figure as the whole GPU's.")
        case .throttled:
            ("A device lowered its clocks because of heat or power.", "Improve cooling or set a power limit on purpose.")
        case .clockDrop:
            (
                "A device's clock fell while it worked, and no reason was told.",
                "Improve cooling, lock the clock, or let the device warm up for longer; compare runs at the same clock."
            )
        case .powerCapped:
            ("A device ran at its power limit.", "Expected under full load; compare runs at the same limit.")
        case .shortWindow:
            ("The measured window is shorter than 30 s.", "Ask for more prompts, more tokens or repetitions.")
        case .noSteadyState:
            ("No steady state was found inside the measured phase.", "Run longer or with a steadier load.")
        case .saturated:
            ("The queue grew through the whole run.", "Lower the request rate.")
        case .clientLimited:
            ("The load client could not keep its own schedule.", "Use a faster client machine or a lower rate.")
        case .clientStalled:
            ("The client's event loop stood still for more than 500 ms.", "Free the client machine and repeat.")
        case .coLocatedClient:
            ("Client and server share this machine.", "Read the client's own CPU energy, shown apart.")
        case .tokensEstimated:
            ("Token counts were estimated from chunks.", "Use a server that reports usage.")
        case .tokenMismatch:
            ("Two sources of token counts disagree.", "See the source mix in the summary.")
        case .cachedPrompts:
            ("Part of the prompts came from a prefix cache.", "Set `scenario.unique_prefix: true` to defeat it.")
        case .outputLengthMismatch:
            ("Some answers are shorter than the forced output length.", "Set `ignore_eos: true` and a minimum length.")
        case .promptsOverBudget:
            (
                "Some prompts alone take more than the token budget of a batch, and each ran as a batch of its own.",
                "Raise `scenario.max_batch_tokens`, or cut the prompts with `scenario.max_input_tokens`."
            )
        case .promptLengthMismatch:
            ("Some prompts do not have the length that was asked for.", "See `prompt_lengths` in the summary: quote the reported tokens.")
        case .clockStep:
            ("The wall clock was stepped during the run.", "Durations are unaffected; wall-clock times are those of the start anchor.")
        case .suspended:
            ("The machine slept during the run.", "Repeat the run with sleep disabled.")
        case .serverRestarted:
            ("The server restarted during the run.", "See the server's log and repeat.")
        case .agentGap:
            ("Samples of a remote agent are missing.", "See which seconds the ledger names.")
        case .intensityFallback:
            (
                "The carbon intensity comes from the fallback source.",
                "See the reason beside it: the key or the network of a service, the span of a file of your own."
            )
        case .attributionAssumed:
            ("The prefill and decode weights are assumed.", "Run the fit study for this model and device.")
        case .formatUnknown:
            ("No reasoning format is known for this model.", "Add the family to a formats file.")
        case .implausible:
            ("A figure lies outside what the hardware can do.", "See the reason beside it.")
        case .simulated:
            (
                "No model ran: the tokens came on a schedule.",
                "Never quote it as a measurement; name a server or `pytorch` in `backend.type`."
            )
        }
    }
}
