import JouleModel
import JouleUnits

extension HTMLReport {
    /// Operations, how they were counted, and how much of the devices they took; what could not be had stands there with its reason.
    static func compute(_ summary: Summary, to page: inout Markup) {
        guard let compute = summary.compute else { return }
        let basis = ComputeText.basis(compute)
        section("Compute", note: basis.isEmpty ? nil : "Over the measured window; \(basis).", to: &page) { page in
            if let reason = ComputeText.commonReason(compute) {
                page.element("p", text: "No operations were counted: \(reason).")
            } else {
                figures(compute, to: &page)
            }
            facts(compute, to: &page)
            for note in compute.notes { page.element("p", ["class": "hint"], text: note) }
        }
    }

    private static func facts(_ compute: Summary.Compute, to page: inout Markup) {
        let facts = [
            ("weights", compute.weightBytes.map(mebibytes)),
            ("cache of one token", compute.cacheBytesPerToken.map { "\(NumberText.count(Int($0.bytes))) B" }),
            ("requests in a step", compute.batch.map { NumberText.significant($0, digits: 3) }),
            ("peak", compute.peak.map(ComputeText.peak)), ("configuration from", compute.configuration),
        ].compactMap { name, value in value.map { (name, $0) } }
        guard !facts.isEmpty else { return }
        page.element("dl", ["class": "facts"]) { page in
            for (name, value) in facts { fact(name, value, to: &page) }
        }
    }

    private static func figures(_ compute: Summary.Compute, to page: inout Markup) {
        var table = HTMLTable([.text("figure"), .figure("value"), .text("unit"), .text("method")])
        for row in ComputeText.rows(compute) {
            let text = FigureFormat.text(row.figure)
            table.add(.text(row.label), .figure(text), .text(text.isAbsent ? "" : text.unit), .text(FigureFormat.method(row.figure)))
        }
        table.write(to: &page)
    }

    private static func mebibytes(_ bytes: ByteCount) -> String {
        "\(NumberText.count(Int(bytes.mebibytes.rounded()))) MiB"
    }
}
