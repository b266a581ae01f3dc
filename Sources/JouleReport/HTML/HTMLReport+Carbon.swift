import JouleModel
import JouleUnits

extension HTMLReport {
    static func carbon(_ summary: Summary, to page: inout Markup) {
        guard let carbon = summary.carbon else { return }
        let note =
            "Energy of the machines, with the overhead of the site (PUE), times the carbon intensity of the electricity while it was used; "
            + "each row of the scope of its own energy."
        section("Carbon, water and cost", note: note, to: &page) { page in
            page.element("dl", ["class": "facts wide one"]) { page in
                fact("intensity", CarbonText.intensity(carbon), to: &page)
                fact("site", CarbonText.site(carbon.record), to: &page)
                if let reason = carbon.record.fallbackReason {
                    fact("stands in", "The source that was asked gave nothing: \(reason).", to: &page)
                }
                if let retrieved = carbon.record.retrievedUnixSeconds { fact("retrieved", timeText(retrieved), to: &page) }
                if let embodied = CarbonText.embodied(carbon) { fact("embodied", embodied, to: &page) }
            }
            rows(carbon, to: &page)
            scores(carbon, to: &page)
            for note in carbon.notes { page.element("p", ["class": "hint"], text: note + ".") }
        }
    }

    private static func rows(_ carbon: Summary.Carbon, to page: inout Markup) {
        let rows = carbon.rows
        let joules = UnitScale.common(for: rows.flatMap { [$0.itEnergy, $0.facilityEnergy] })
        let mass = UnitScale.common(for: rows.map(\.emissions))
        let request = UnitScale.common(for: rows.map(\.perRequest))
        let tokens = UnitScale.common(for: rows.map(\.perThousandOutputTokens))
        let litres = UnitScale.common(for: rows.map(\.water))
        let money = UnitScale.common(for: rows.map(\.cost))
        let thousand = UnitScale.common(for: rows.map(\.costPerThousandRequests))
        let hasCost = carbon.record.price != nil
        var columns: [HTMLTable.Column] = [
            .text("scope"), .figure("machines, \(joules?.unit ?? "J")"), .figure("site, \(joules?.unit ?? "J")"),
            .figure("carbon, \(mass?.unit ?? "gCO2e")"), .figure(request?.unit ?? "per request"),
            .figure(tokens?.unit ?? "per 1,000 tokens"),
            .figure("water, \(litres?.unit ?? "L")"),
        ]
        if let price = carbon.record.price {
            columns += [.figure("cost, \(money?.unit ?? price.currency)"), .figure(thousand?.unit ?? "per 1,000 requests")]
        }
        var table = HTMLTable(columns + [.text("method")])
        for row in rows {
            let method = FigureFormat.method(row.emissions)
            var cells: [HTMLTable.Cell] = [
                .code(row.scope.rawValue), .figure(FigureFormat.text(row.itEnergy, in: joules)),
                .figure(FigureFormat.text(row.facilityEnergy, in: joules)), .figure(FigureFormat.text(row.emissions, in: mass)),
                .figure(FigureFormat.text(row.perRequest, in: request)),
                .figure(FigureFormat.text(row.perThousandOutputTokens, in: tokens)),
                .figure(FigureFormat.text(row.water, in: litres)),
            ]
            if hasCost {
                cells.append(.figure(FigureFormat.text(row.cost, in: money)))
                cells.append(.figure(FigureFormat.text(row.costPerThousandRequests, in: thousand)))
            }
            table.rows.append(cells + [.tag(method, tone: methodTone(method))])
        }
        table.write(to: &page)
    }

    private static func scores(_ carbon: Summary.Carbon, to page: inout Markup) {
        guard carbon.record.embodied != nil else { return }
        page.element("h3", text: "Software Carbon Intensity, (E·I + M)/R")
        var table = HTMLTable([.text("R"), .figure("SCI"), .text("unit"), .text("scope of E"), .text("method")])
        for score in carbon.scores {
            let text = FigureFormat.text(score.score)
            let method = FigureFormat.method(score.score)
            table.add(
                .text(score.functionalUnit), .figure(text), .text(text.unit), .code(score.score.scope?.rawValue ?? ""),
                .tag(method, tone: methodTone(method)))
        }
        table.write(to: &page)
        if let embodied = carbon.record.embodied {
            var devices = HTMLTable([.text("device"), .number("count"), .number("kgCO2e each"), .text("source")])
            for device in embodied.devices {
                devices.add(
                    .text(device.name), .text("\(device.count)"), .text(NumberText.significant(device.mass.kilograms)),
                    .text(device.origin))
            }
            devices.write(to: &page)
        }
    }

    private static func timeText(_ unixSeconds: Double) -> String { WallTime.text(unixSeconds) }
}
