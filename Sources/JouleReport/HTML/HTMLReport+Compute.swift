import JouleModel
import JouleUnits

extension HTMLReport {
    /// Operations, how they were counted, and how much of the devices they took; what could not be had stands there with its reason.
    static func compute(_ summary: Summary, to page: inout Markup) {
        guard let compute = summary.compute else { return }
        let basis = ComputeText.basis(compute)
        section("Compute", note: basis.isEmpty ? nil : "Over the measured window; \(basis).", to: &page) { page in
            var table = HTMLTable([.text("figure"), .figure("value"), .text("unit"), .text("method")])
            for row in ComputeText.rows(compute) {
                let text = FigureFormat.text(row.figure)
                table.add(
                    .text(row.label), .figure(text), .text(text.isAbsent ? "" : text.unit), .text(FigureFormat.method(row.figure)))
            }
            table.write(to: &page)
            page.element("dl", ["class": "facts"]) { page in
                if let bytes = compute.weightBytes { fact("weights", mebibytes(bytes), to: &page) }
                if let bytes = compute.cacheBytesPerToken {
                    fact("cache of one token", "\(NumberText.count(Int(bytes.bytes))) B", to: &page)
                }
                if let batch = compute.batch { fact("requests in a step", NumberText.significant(batch, digits: 3), to: &page) }
                if let peak = compute.peak { fact("peak", ComputeText.peak(peak), to: &page) }
                if let configuration = compute.configuration { fact("configuration from", configuration, to: &page) }
            }
            for note in compute.notes { page.element("p", ["class": "hint"], text: note) }
        }
    }

    private static func mebibytes(_ bytes: ByteCount) -> String {
        "\(NumberText.count(Int(bytes.mebibytes.rounded()))) MiB"
    }
}
