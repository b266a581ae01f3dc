import JouleModel
import JouleUnits

/// How the readings came to be: the sensors as they behaved, and the agents that read for us elsewhere.
extension HTMLReport {
    static func sensors(_ summary: Summary, to page: inout Markup) {
        guard let sensors = summary.sensors, !sensors.isEmpty else { return }
        let note =
            "How often values were renewed, as this run's readings show it. A power reading may be the trailing mean over some time; which one follows from the device's own energy counter, "
            + "where the power moved enough. ≤ marks what was new at almost every read, or moved with the load alone, and may be renewed more often."
        section("Sensors", note: note, to: &page) { page in
            let hasHosts = sensors.contains { $0.host != nil }
            var table = HTMLTable(
                [.text("scope")] + (hasHosts ? [.text("host")] : []) + [
                    .text("device"), .text("meter"), .number("counter every"), .number("power every"), .number("mean over"),
                    .number("delay"), .number("R²"),
                ])
            for sensor in sensors {
                table.rows.append(
                    [.code(sensor.scope.rawValue)] + (hasHosts ? [.text(sensor.host ?? "")] : []) + [
                        .code(sensor.device), .code(sensor.meter), .text(text(sensor.counterPeriod)), .text(text(sensor.powerPeriod)),
                        .text(averaging(sensor)), .text(sensor.delay.map(milliseconds) ?? FigureFormat.absent),
                        .text(sensor.rSquared.map { NumberText.fixed($0, decimals: 3) } ?? FigureFormat.absent),
                    ])
            }
            table.write(to: &page)
            for sensor in sensors {
                let declared = sensor.isDeclared ? "the averaging is as the source declares it" : nil
                remark(sensor.powerPeriodReason.map { "power reading: \($0)" }, on: sensor.device, sensor.host, to: &page)
                remark(sensor.reason.map { "no averaging could be had: \($0)" } ?? declared, on: sensor.device, sensor.host, to: &page)
            }
        }
    }

    private static func milliseconds(_ seconds: Double) -> String { "\(NumberText.significant(seconds * 1_000, digits: 3)) ms" }

    private static func text(_ period: Summary.Sensor.UpdatePeriod?) -> String {
        period.map { ($0.isBound ? "≤ " : "") + milliseconds($0.seconds) } ?? FigureFormat.absent
    }

    private static func averaging(_ sensor: Summary.Sensor) -> String {
        guard let window = sensor.averagingWindow else { return FigureFormat.absent }
        let moment = window == 0 ? "its moment" : milliseconds(window)
        return moment + (sensor.averagingResolution.map { " ± \(milliseconds($0))" } ?? "")
    }

    static func agents(_ recording: Recording, to page: inout Markup) {
        let agents = recording.environment.agents
        guard !agents.isEmpty else { return }
        let start = recording.environment.start.monotonic
        page.element("h3", text: "Agents")
        var table = HTMLTable([
            .text("host"), .text("endpoint"), .text("version"), .number("clock known to"), .number("round trips"), .number("reconnects"),
            .number("duplicates dropped"), .number("lives"), .text("without samples, s of the run"),
        ])
        for agent in agents {
            let gaps = agent.gaps.map { gap in
                "\(NumberText.fixed((gap.start - start).seconds, decimals: 1))–\(NumberText.fixed((gap.end - start).seconds, decimals: 1))"
            }
            table.add(
                .text(agent.host), .code(agent.endpoint), .text(agent.version),
                .text("± " + milliseconds(Double(agent.clockBound.nanoseconds) / 1e9)), .text(NumberText.count(agent.roundTrips)),
                .text(NumberText.count(agent.reconnects)), .text(NumberText.count(agent.duplicatesDropped)),
                .text(NumberText.count(agent.instances.count)), .text(gaps.isEmpty ? "none" : gaps.joined(separator: ", ")))
        }
        table.write(to: &page)
    }
}
