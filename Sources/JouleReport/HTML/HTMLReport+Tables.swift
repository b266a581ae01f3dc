import JouleModel

/// The tables of figures.
extension HTMLReport {
    static func energies(_ summary: Summary, to page: inout Markup) {
        let note =
            "Over the measured window. Gross is all energy; net is what lies above an idle machine: before the model was loaded, with the model loaded, "
            + "and idle again after the run (the second half of the cool-down)."
        section("Energy by scope", note: note, to: &page) { page in
            let energies = summary.energies
            guard !energies.isEmpty else {
                let reason = summary.energyReason ?? "no reason was recorded"
                page.element("p", ["class": "absent"]) { $0.write(quoting: "No meter delivered energy: \(reason).") }
                return
            }
            let joules = UnitScale.common(
                for: energies.flatMap { [$0.gross, $0.netOverIdleHost, $0.netOverIdleLoaded, $0.netOverIdleAfter] })
            let watts = UnitScale.common(
                for: energies.flatMap { [$0.meanPower, $0.peakPower, $0.idleHostPower, $0.idleLoadedPower, $0.idleAfterPower] })
            let (j, w) = (joules?.unit ?? "J", watts?.unit ?? "W")
            var energy = HTMLTable([
                .text("scope"), .figure("gross, \(j)"), .figure("net over idle host, \(j)"), .figure("net over idle loaded, \(j)"),
                .figure("net over idle after, \(j)"), .text("method"),
            ])
            var power = HTMLTable([
                .text("scope"), .figure("mean, \(w)"), .figure("peak, \(w)"), .figure("idle host, \(w)"), .figure("idle loaded, \(w)"),
                .figure("idle after, \(w)"), .text("method"),
            ])
            for row in energies {
                let method = FigureFormat.method(row.gross)
                energy.add(
                    .code(row.scope.rawValue), .figure(FigureFormat.text(row.gross, in: joules)),
                    .figure(FigureFormat.text(row.netOverIdleHost, in: joules)),
                    .figure(FigureFormat.text(row.netOverIdleLoaded, in: joules)),
                    .figure(FigureFormat.text(row.netOverIdleAfter, in: joules)),
                    .tag(method, tone: methodTone(method)))
                let powerMethod = FigureFormat.method(row.meanPower)
                power.add(
                    .code(row.scope.rawValue), .figure(FigureFormat.text(row.meanPower, in: watts)),
                    .figure(FigureFormat.text(row.peakPower, in: watts)), .figure(FigureFormat.text(row.idleHostPower, in: watts)),
                    .figure(FigureFormat.text(row.idleLoadedPower, in: watts)),
                    .figure(FigureFormat.text(row.idleAfterPower, in: watts)), .tag(powerMethod, tone: methodTone(powerMethod)))
            }
            energy.write(to: &page)
            page.element("h3", text: "Power by scope")
            power.write(to: &page)
            idle(summary, to: &page)
        }
    }

    /// The three baselines of the headline scope with what they leave open.
    private static func idle(_ summary: Summary, to page: inout Markup) {
        guard let row = summary.headlineEnergy else { return }
        let baselines = IdleText.baselines(row)
        guard baselines.contains(where: { $0.power.value != nil }) else { return }
        let watts = UnitScale.common(for: baselines.map(\.power))
        let joules = UnitScale.common(for: baselines.map(\.net))
        page.element("h3", text: "Idle power, \(row.scope.rawValue)")
        var table = HTMLTable([
            .text("baseline"), .figure("power, \(watts?.unit ?? "W")"), .number("scatter ± W"),
            .figure("net energy over it, \(joules?.unit ?? "J")"),
        ])
        for baseline in baselines {
            table.add(
                .text(baseline.name), .figure(FigureFormat.text(baseline.power, in: watts)), .text(baseline.scatterText),
                .figure(FigureFormat.text(baseline.net, in: joules)))
        }
        table.write(to: &page)
        page.element(
            "p", ["class": "hint"],
            text: ["scatter is without the gain that all readings of a sensor share", IdleText.drift(row, of: summary)].compactMap(\.self)
                .joined(separator: "; ") + ".")
    }

    static func latencies(_ summary: Summary, to page: inout Markup) {
        let requests = summary.requests
        guard requests.completed > 0 else { return }
        let note =
            "\(NumberText.count(requests.completed)) of \(NumberText.count(requests.planned)) requests completed, "
            + "\(NumberText.count(requests.inputTokens)) tokens in, \(NumberText.count(requests.outputTokens)) out"
            + (requests.wastedTokens > 0 ? ", \(NumberText.count(requests.wastedTokens)) of them in requests that did not complete." : ".")
            + " Percentiles are exact, over completed requests."
        section("Latency", note: note, to: &page) { page in
            let keys = FigureNames.ordered(latencies: summary.shownLatencies.keys)
            guard !keys.isEmpty else {
                page.element("p", ["class": "absent"], text: "No latency was computed.")
                return
            }
            let latencies = summary.shownLatencies
            let common = LatencyFormat(latencies.values)
            // A queue of minutes and gaps of milliseconds have no unit in common.
            let isMixed = summary.serving != nil
            var table = HTMLTable(
                (isMixed ? [.text("latency"), .text("unit")] : [.text("latency, \(common.unit)")])
                    + ["mean", "sd", "min", "p50", "p90", "p95", "p99", "max", "n"].map { .number($0) })
            for key in keys {
                guard let row = latencies[key] else { continue }
                let values = [row.mean, row.standardDeviation, row.minimum, row.p50, row.p90, row.p95, row.p99, row.maximum]
                let format = isMixed ? LatencyFormat([row]) : common
                table.rows.append(
                    [.text(FigureNames.label(of: key))] + (isMixed ? [.text(format.unit)] : []) + values.map { .text(format.text($0)) } + [
                        .text(NumberText.count(row.count))
                    ])
            }
            table.write(to: &page)
            censored(summary, to: &page)
            let sources = requests.tokenSources.sorted { $0.key < $1.key }.map { "\($0.key) \(NumberText.count($0.value))" }
            if !sources.isEmpty {
                page.element("p", ["class": "hint"], text: "Source of token counts: \(sources.joined(separator: ", ")).")
            }
        }
    }

    /// The same percentiles over all requests, for a run in which some failed: what a user who waits for an answer meets.
    private static func censored(_ summary: Summary, to page: inout Markup) {
        guard let rows = summary.serving?.censoredLatencies.filter({ $0.value.count > 0 }), !rows.isEmpty, summary.requests.failed > 0
        else { return }
        page.element("h3", text: "Over all requests, one that did not complete counting as infinite")
        var table = HTMLTable([.text("latency"), .text("unit")] + ["p50", "p90", "p95", "p99", "n"].map { .number($0) })
        for key in FigureNames.ordered(latencies: rows.keys) {
            guard let row = rows[key] else { continue }
            let format = LatencyFormat([row])
            func text(_ seconds: Double?) -> HTMLTable.Cell { .text(seconds.map(format.text) ?? "∞") }
            table.add(
                .text(FigureNames.label(of: key)), .text(format.unit), text(row.p50), text(row.p90), text(row.p95), text(row.p99),
                .text(NumberText.count(row.count)))
        }
        table.write(to: &page)
    }

    static func phases(_ summary: Summary, to page: inout Markup) {
        guard !summary.phases.isEmpty else { return }
        section("Phases", note: "Energy and power of the scope \(summary.headlineScope.rawValue).", to: &page) { page in
            let joules = UnitScale.common(for: summary.phases.map(\.energy))
            let watts = UnitScale.common(for: summary.phases.map(\.meanPower))
            var table = HTMLTable([
                .text("phase"), .number("start, s"), .number("duration, s"), .figure("mean power, \(watts?.unit ?? "W")"),
                .figure("energy, \(joules?.unit ?? "J")"), .text("method"),
            ])
            for row in summary.phases {
                let method = FigureFormat.method(row.energy)
                table.add(
                    .text(row.phase.label), .text(NumberText.fixed(row.startSeconds, decimals: 2)),
                    .text(NumberText.fixed(row.durationSeconds, decimals: 2)), .figure(FigureFormat.text(row.meanPower, in: watts)),
                    .figure(FigureFormat.text(row.energy, in: joules)), .tag(method, tone: methodTone(method)))
            }
            table.write(to: &page)
        }
    }

    static func gpus(_ summary: Summary, to page: inout Markup) {
        guard !summary.gpus.isEmpty else { return }
        section("GPUs", note: "Means over the measured window.", to: &page) { page in
            var table = HTMLTable([
                .number("#"), .text("device"), .number("power, W"), .number("limit, W"), .number("use, %"), .number("memory, MiB"),
                .number("of, MiB"), .number("temp., °C"), .number("SM clock, MHz"), .number("memory clock, MHz"), .text("clock events"),
            ])
            func number(_ value: Double?, _ decimals: Int) -> HTMLTable.Cell {
                .text(value.map { NumberText.fixed($0, decimals: decimals) } ?? FigureFormat.absent)
            }
            for gpu in summary.gpus {
                table.add(
                    .text("\(gpu.index)"), .text(gpu.name + (gpu.host.map { " of \($0)" } ?? "")), number(gpu.powerWatts, 1),
                    number(gpu.powerLimitWatts, 0),
                    number(gpu.utilizationPercent, 0), number(gpu.memoryUsedMebibytes, 0), number(gpu.memoryTotalMebibytes, 0),
                    number(gpu.temperatureCelsius, 0), number(gpu.smClockMHz, 0), number(gpu.memoryClockMHz, 0),
                    .text(gpu.throttleReasons.isEmpty ? "none seen" : gpu.throttleReasons.joined(separator: ", ")))
            }
            table.write(to: &page)
        }
    }

    static func figures(_ summary: Summary, to page: inout Markup) {
        guard !summary.figures.isEmpty else { return }
        section("All figures", to: &page) { page in
            var table = HTMLTable([.text("figure"), .figure("value"), .text("unit"), .text("scope"), .text("method"), .text("key")])
            for key in FigureNames.ordered(figures: summary.figures.keys) {
                let figure = summary.figure(key)
                let text = FigureFormat.text(figure)
                let method = FigureFormat.method(figure)
                table.add(
                    .text(FigureNames.label(of: key)), .figure(text), .text(text.unit), .text(figure.scope?.rawValue ?? ""),
                    .tag(method, tone: methodTone(method)), .code(key))
            }
            table.write(to: &page)
        }
    }

    static func ledger(_ summary: Summary, to page: inout Markup) {
        guard !summary.ledger.isEmpty else { return }
        let note =
            "Every device and meter over the measured window. Only rows marked as counted are added up: a device is never counted twice."
        section("Ledger", note: note, to: &page) { page in
            let energies = summary.ledger.map(\.energyFigure)
            let joules = UnitScale.common(for: energies)
            let hasHosts = summary.ledger.contains { $0.host != nil }
            var table = HTMLTable(
                [.text("scope")] + (hasHosts ? [.text("host")] : []) + [
                    .text("device"), .text("meter"), .figure("energy, \(joules?.unit ?? "J")"), .number("mean, W"), .number("peak, W"),
                    .text("counted"), .text("method"), .text("flags"),
                ])
            for (entry, energy) in zip(summary.ledger, energies) {
                table.rows.append(
                    [.code(entry.scope.rawValue)] + (hasHosts ? [.text(entry.host ?? "this machine")] : []) + [
                        .code(entry.device), .code(entry.meter), .figure(FigureFormat.text(energy, in: joules)),
                        .text(entry.meanPower.map { NumberText.significant($0.rawValue) } ?? FigureFormat.absent),
                        .text(entry.peakPower.map { NumberText.significant($0.rawValue) } ?? FigureFormat.absent),
                        .text(entry.inTotal ? "yes" : "no"), .tag(entry.method.rawValue, tone: methodTone(entry.method.rawValue)),
                        .text(entry.flags.map(\.rawValue).joined(separator: ", ")),
                    ])
            }
            table.write(to: &page)
            for entry in summary.ledger where entry.energy != nil && entry.reason != nil {
                remark(entry.reason, on: entry.device, entry.host, to: &page)
            }
        }
    }

    /// A sentence about one row, below the table: in a cell of its own it would be a column of single words.
    static func remark(_ text: String?, on device: String, _ host: String?, to page: inout Markup) {
        guard let text else { return }
        page.element("p", ["class": "hint"]) { page in
            page.element("code", text: device)
            page.write(quoting: "\(host.map { " of \($0)" } ?? ""): \(text)")
        }
    }
}

extension LedgerEntry {
    fileprivate var energyFigure: Figure {
        Figure(
            value: energy?.rawValue, unit: "J", plusMinus: plusMinus?.rawValue, method: method.rawValue, scope: scope, flags: Set(flags),
            reason: energy == nil ? reason ?? "no reason was recorded" : nil)
    }
}
