import JouleModel
import JouleUnits

/// What a reader needs to judge the figures: flags, failures, the machine and the configuration.
extension HTMLReport {
    static func flags(_ summary: Summary, to page: inout Markup) {
        guard !summary.flags.isEmpty || !summary.notes.isEmpty else { return }
        section("Flags", to: &page) { page in
            page.element("ul", ["class": "flags"]) { page in
                for raised in summary.flagGroups {
                    page.element("li", ["class": raised.grade.tone]) { page in
                        page.element("p") { page in
                            page.element("span", ["class": "tag \(raised.grade.tone)"], text: raised.grade.rawValue)
                            page.write(" ")
                            page.element("code", text: raised.flag.rawValue)
                            page.write(quoting: " \(raised.flag.sentence)")
                            if !raised.detail.isEmpty {
                                page.element("span", ["class": "detail"]) { $0.write(quoting: " \(raised.detail)") }
                            }
                        }
                        page.element("p", ["class": "remedy"]) { $0.write(quoting: "→ \(raised.flag.remedy)") }
                    }
                }
                for note in summary.notes { page.element("li") { $0.write(quoting: note) } }
            }
        }
    }

    static func failures(_ summary: Summary, to page: inout Markup) {
        guard summary.requests.failed > 0 || !summary.requests.errors.isEmpty else { return }
        let note = "\(NumberText.count(summary.requests.failed)) of \(NumberText.count(summary.requests.planned)) requests."
        section("Failed requests", note: note, to: &page) { page in
            var table = HTMLTable([.number("count"), .text("error")])
            for (text, count) in summary.requests.errorsByCount { table.add(.text(NumberText.count(count)), .code(text)) }
            if table.rows.isEmpty { table.add(.text(NumberText.count(summary.requests.failed)), .text("no reason was recorded")) }
            table.write(to: &page)
        }
    }

    static func environment(_ recording: Recording, to page: inout Markup) {
        let environment = recording.environment
        section("Environment", to: &page) { page in
            page.element("dl", ["class": "facts wide"]) { page in
                for (name, value) in recording.environmentFacts {
                    page.element("div") { page in
                        page.element("dt", text: name)
                        page.element("dd", text: value ?? "— (not read)")
                    }
                }
            }
            if !environment.gpus.isEmpty { gpuTable(environment.gpus, to: &page) }
            meterTable(environment, to: &page)
            agents(recording, to: &page)
            if !environment.unavailableMeters.isEmpty {
                page.element("h3", text: "Meters that could not be used")
                var table = HTMLTable([.text("meter"), .text("why"), .text("what to do")])
                for meter in environment.unavailableMeters {
                    table.add(.code(meter.meter), .prose(meter.reason), .prose(meter.remedy ?? FigureFormat.absent))
                }
                table.write(to: &page)
            }
        }
    }

    static func configuration(_ text: String, to page: inout Markup) {
        section("Configuration", note: "As resolved: every key with the value that was used.", to: &page) { page in
            page.element("pre") { $0.element("code", text: text) }
        }
    }

    private static func gpuTable(_ gpus: [RunEnvironment.GPU], to page: inout Markup) {
        let hosts = Set(gpus.map { $0.host ?? "this machine" }).sorted()
        page.element("h3", text: "GPUs of \(hosts.joined(separator: ", "))")
        var table = HTMLTable([
            .number("#"), .text("name"), .text("UUID"), .text("PCI"), .number("memory"), .number("power limit, W"), .text("limit range, W"),
            .text("MIG"), .text("other processes"),
        ])
        func watts(_ value: Double?) -> String { value.map { NumberText.fixed($0, decimals: 0) } ?? FigureFormat.absent }
        for gpu in gpus {
            let titles = gpu.foreignSightings.map { $0.map(\.title) } ?? gpu.foreignProcesses.map { $0.map { "\($0)" } }
            let foreign = titles.map { $0.isEmpty ? "none" : $0.joined(separator: ", ") }
            table.add(
                .text("\(gpu.index)"), .text((gpu.name ?? FigureFormat.absent) + (gpu.host.map { " of \($0)" } ?? "")), .code(gpu.uuid),
                .code(gpu.pciBusID ?? FigureFormat.absent),
                .text(gpu.memoryBytes.map(\.text) ?? FigureFormat.absent), .text(watts(gpu.powerLimitWatts)),
                .text("\(watts(gpu.powerLimitMinWatts)) to \(watts(gpu.powerLimitMaxWatts))"),
                .text(gpu.migMode.map { $0 ? "on" : "off" } ?? FigureFormat.absent), .text(foreign ?? FigureFormat.absent))
        }
        table.write(to: &page)
    }

    private static func meterTable(_ environment: RunEnvironment, to page: inout Markup) {
        page.element("h3", text: "Meters")
        guard !environment.meters.isEmpty else {
            page.element("p", ["class": "absent"], text: "No meter was read.")
            return
        }
        var table = HTMLTable([
            .text("meter"), .text("scope"), .text("device"), .text("kind"), .number("gain"), .number("update period"), .text("note"),
        ])
        for meter in environment.meters {
            table.add(
                .code(meter.meter), .code(meter.scope.rawValue), .text(meter.name + (meter.host.map { " of \($0)" } ?? "")),
                .text(meter.kind.rawValue),
                .text("± " + NumberText.percent(meter.gain)),
                .text(meter.updatePeriod.map { "\(NumberText.significant($0.milliseconds, digits: 3)) ms" } ?? FigureFormat.absent),
                .text(meter.note ?? ""))
        }
        table.write(to: &page)
    }
}

extension Flag.Grade {
    /// The class of the style sheet.
    fileprivate var tone: String {
        switch self {
        case .note: "note"
        case .doubt: "caution"
        case .invalid: "bad"
        }
    }
}

extension RunEnvironment {
    /// `2 × NVIDIA H200, AMD EPYC 9554 (128 threads)`.
    var devicesText: String {
        var names: [(name: String, count: Int)] = []
        for gpu in gpus {
            let name = gpu.name ?? "GPU of unknown name"
            if let index = names.firstIndex(where: { $0.name == name }) { names[index].count += 1 } else { names.append((name, 1)) }
        }
        let parts = names.map { $0.count > 1 ? "\($0.count) × \($0.name)" : $0.name }
        return (parts + ["\(cpu.model ?? "processor of unknown name") (\(cpu.logicalCores) threads)"]).joined(separator: ", ")
    }

    /// `joulebench 0.1.0, torch 2.9.0, driver 580.65`.
    var versionsText: String {
        var parts = ["joulebench \(joulebench)"]
        parts += versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        if let nvidiaDriver { parts.append("driver \(nvidiaDriver)") }
        if let cudaVersion { parts.append("CUDA \(cudaVersion)") }
        return parts.joined(separator: ", ")
    }
}
