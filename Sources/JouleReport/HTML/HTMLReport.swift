import JouleModel
import JouleUnits

/// The report of a run as one file: style and drawings are inside, nothing is fetched, nothing is executed.
package enum HTMLReport {
    /// `configuration` is the resolved configuration as text.
    package static func render(summary: Summary, recording: Recording, configuration: String? = nil) -> String {
        let version = recording.environment.joulebench
        return document("\(summary.name) · \(summary.runID)", version: version) { page in
            header(summary, recording, to: &page)
            cards(summary, to: &page)
            if let serving = summary.serving { load(summary, serving, to: &page) }
            flags(summary, to: &page)
            charts(summary, recording, to: &page)
            if summary.serving != nil { servingCharts(summary, recording, to: &page) }
            energies(summary, to: &page)
            carbon(summary, to: &page)
            attribution(summary, to: &page)
            compute(summary, to: &page)
            latencies(summary, to: &page)
            if let serving = summary.serving {
                distributions(summary, recording, to: &page)
                server(summary, serving, recording, to: &page)
                client(serving, to: &page)
            }
            phases(summary, to: &page)
            gpus(summary, to: &page)
            failures(summary, to: &page)
            figures(summary, to: &page)
            ledger(summary, to: &page)
            sensors(summary, to: &page)
            environment(recording, to: &page)
            if let configuration { self.configuration(configuration, to: &page) }
            footer(summary, recording, to: &page)
        }
    }

    /// A page with our looks around its content.
    static func document(_ title: String, version: String?, _ content: (inout Markup) -> Void) -> String {
        var page = Markup()
        page.element("html", ["lang": "en"]) { page in
            page.element("head") { page in
                page.leaf("meta", ["charset": "utf-8"])
                page.leaf("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                page.leaf("meta", ["name": "color-scheme", "content": "light dark"])
                page.leaf("meta", ["name": "generator", "content": "joulebench" + (version.map { " \($0)" } ?? "")])
                page.element("title", text: "\(title) · joulebench")
                page.style(Stylesheet.page)
                page.style(ChartStyle.sheet)
            }
            page.lineBreak()
            page.element("body") { page in page.element("main", [:], content) }
        }
        return "<!DOCTYPE html>\n" + page.text + "\n"
    }

    static func section(_ title: String, note: String? = nil, to page: inout Markup, _ content: (inout Markup) -> Void) {
        page.element("section") { page in
            page.element("h2", text: title)
            if let note { page.element("p", ["class": "hint"], text: note) }
            content(&page)
        }
        page.lineBreak()
    }

    private static func header(_ summary: Summary, _ recording: Recording, to page: inout Markup) {
        let verdict = RunVerdict(summary)
        let environment = recording.environment
        page.element("header") { page in
            page.element("h1", text: summary.name)
            page.element("p", ["class": "badges"]) { page in
                page.element("span", ["class": "badge \(verdict.tone.name)"], text: verdict.status)
                page.element("span", ["class": "badge \(verdict.energyTone.name)"], text: verdict.energy)
            }
            if let simulation = summary.simulation {
                page.element("p", ["class": "notice caution"]) { page in
                    page.element("strong", text: "Simulated: ")
                    page.write(quoting: "\(RunVerdict.noModel): \(simulation.source).")
                }
            }
            if let reason = verdict.statusReason {
                page.element("p", ["class": "notice \(verdict.tone.name)"]) { page in
                    page.element("strong", text: "Run: ")
                    page.write(quoting: reason)
                }
            }
            if let reason = verdict.energyReason {
                page.element("p", ["class": "notice \(verdict.energyTone.name)"]) { page in
                    page.element("strong", text: "Energy: ")
                    page.write(quoting: reason + (reason.hasSuffix(".") ? " " : ". "))
                    page.write(quoting: "For what this machine can measure, see `joulebench doctor`.")
                }
            }
            page.element("dl", ["class": "facts"]) { page in
                fact("run", code: summary.runID, to: &page)
                fact("model", summary.model, to: &page)
                fact("device", environment.devicesText, to: &page)
                fact("started", summary.startedText, to: &page)
                fact("window", summary.windowText, to: &page)
                fact("versions", environment.versionsText, to: &page)
            }
        }
    }

    static func fact(_ name: String, _ text: String = "", code: String? = nil, to page: inout Markup) {
        page.element("div") { page in
            page.element("dt", text: name)
            page.element("dd") { page in
                if let code { page.element("code", text: code) } else { page.write(text) }
            }
        }
    }

    private static func cards(_ summary: Summary, to page: inout Markup) {
        let hasRequests = summary.requests.completed > 0
        page.element("section", ["class": "cards", "aria-label": "headline figures"]) { page in
            if hasRequests {
                for key in [
                    "joules_per_output_token", "net_joules_per_output_token", "output_tokens_per_joule", "watt_hours_per_1000_requests",
                ] { card(FigureNames.label(of: key), summary.figure(key), to: &page) }
                for key in FigureNames.perTokenOfWholes where summary.figures[key] != nil {
                    card(FigureNames.label(of: key), summary.figure(key), to: &page)
                }
            }
            for key in ["mean_power", "peak_power"] { card(FigureNames.label(of: key), summary.figure(key), to: &page) }
            if hasRequests {
                card("output tokens per second", summary.figure("output_tokens_per_second"), to: &page)
                for (key, label) in [
                    ("time_to_first_token", "TTFT"), ("time_per_output_token", "TPOT"), ("inter_token_latency", "ITL"),
                ] {
                    if let distribution = summary.latencies[key] { card(label, distribution, to: &page) }
                }
            }
        }
        if !hasRequests {
            page.element(
                "p", ["class": "notice bad"],
                text: "No request completed: there is no figure per token or per request, no throughput and no latency.")
        }
        page.lineBreak()
    }

    private static func card(_ label: String, _ figure: Figure, to page: inout Markup) {
        let text = FigureFormat.text(figure)
        page.element("article", ["class": text.isAbsent ? "card none" : "card"]) { page in
            page.element("h3", text: label)
            page.element("p", ["class": "value"]) { page in
                page.write(text.value)
                if !text.isAbsent { page.element("span", ["class": "unit"], text: " " + text.unit) }
            }
            page.element("p", ["class": "interval"]) { page in
                if let reason = text.reason {
                    page.write(quoting: reason)
                } else if let interval = text.plusMinus {
                    page.write("± \(interval) \(text.unit)")
                    if let relative = FigureFormat.relative(figure) { page.write(" (\(relative.dropFirst(2)))") }
                } else {
                    page.write("no interval stated")
                }
            }
            page.element("p", ["class": "origin"]) { page in
                if let scope = figure.scope { page.element("span", ["class": "tag"], text: scope.rawValue) }
                let method = FigureFormat.method(figure)
                page.element("span", ["class": "tag \(methodTone(method))"], text: method)
            }
        }
        page.lineBreak()
    }

    private static func card(_ label: String, _ distribution: Summary.Distribution, to page: inout Markup) {
        let format = LatencyFormat([distribution])
        page.element("article", ["class": distribution.p50 == nil ? "card none" : "card"]) { page in
            page.element("h3", text: "\(label), median")
            page.element("p", ["class": "value"]) { page in
                page.write(format.text(distribution.p50))
                if distribution.p50 != nil { page.element("span", ["class": "unit"], text: " " + format.unit) }
            }
            page.element(
                "p", ["class": "interval"],
                text: "p90 \(format.text(distribution.p90)), p99 \(format.text(distribution.p99)) \(format.unit)")
            page.element("p", ["class": "origin"]) { page in
                page.element("span", ["class": "tag"], text: "n = \(NumberText.count(distribution.count))")
                page.element("span", ["class": "tag"], text: "timed")
            }
        }
        page.lineBreak()
    }

    private static func charts(_ summary: Summary, _ recording: Recording, to page: inout Markup) {
        section(
            "Power over time",
            note: "Every device that counts into the total. Solid lines are measured, dashed lines are modelled. Where readings are "
                + "denser than the drawing, the lowest and the highest of each column are drawn.", to: &page
        ) { page in
            if let chart = PowerChart.chart(summary: summary, recording: recording) {
                figure(chart, to: &page)
                if summary.serving != nil, let beneath = ServingCharts.inFlight(recording, below: chart) { figure(beneath, to: &page) }
            } else {
                let reason = summary.energyReason ?? "no meter was read"
                page.element("p", ["class": "absent"]) { $0.write(quoting: "No power was recorded: \(reason).") }
            }
        }
        // Beyond that many, a run against a server has charts of its own, on the axis of the power.
        let count = recording.requests.count
        guard summary.serving == nil || count == 0 || count <= RequestChart.mostBars else { return }
        section("Requests", note: "From the moment a request was sent, on the same clock as the power above.", to: &page) { page in
            if let chart = RequestChart.chart(recording: recording) {
                figure(chart, to: &page)
            } else {
                page.element("p", ["class": "absent"], text: "No request was sent.")
            }
        }
    }

    static func figure(_ chart: Chart, to page: inout Markup) {
        page.element("div", ["class": "figure"]) { $0.append(chart.svg()) }
    }

    /// Small charts beside each other.
    static func figures(_ charts: [Chart], to page: inout Markup) {
        page.element("div", ["class": "figures"]) { page in
            for chart in charts { page.element("div") { $0.append(chart.svg()) } }
        }
    }

    private static func footer(_ summary: Summary, _ recording: Recording, to page: inout Markup) {
        page.element("footer") { page in
            if let cost = summary.longOwnCostText { page.element("p", text: "joulebench itself: \(cost).") }
            page.element(
                "p",
                text: "± is half of a 95 % interval. — is a figure that could not be had; it is never counted as zero. "
                    + "Net energy is gross energy less idle power times duration and keeps its sign. "
                    + "Unrounded figures are in summary.json beside this file.")
            page.element(
                "p", text: "joulebench \(recording.environment.joulebench), run \(summary.runID), summary schema \(summary.schemaVersion)")
        }
    }

    static func methodTone(_ method: String) -> String {
        switch EnergyMethod(rawValue: method) {
        case .measuredCounter, .measuredPower: "good"
        case .modelled, .assumed, .simulated: "caution"
        case .unavailable: "bad"
        case nil: ""
        }
    }
}

extension RunVerdict.Tone {
    /// The class of the style sheet.
    var name: String {
        switch self {
        case .good: "good"
        case .caution: "caution"
        case .bad: "bad"
        }
    }
}
