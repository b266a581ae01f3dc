import JouleModel

extension TerminalSummary {
    /// Nothing where no operation could be counted: the reason is in the report.
    static func compute(_ summary: Summary, on page: inout TerminalText) {
        guard let compute = summary.compute, compute.flops.value != nil else { return }
        page.heading("Compute", note: TerminalText.safe(ComputeText.basis(compute)))
        var table = TextTable([.init(), .init("", .right), .init(), .init(isDim: true)])
        for row in ComputeText.rows(compute) where row.figure.value != nil {
            let text = FigureFormat.text(row.figure)
            let scope = row.figure.scope.map { "\($0.rawValue)" } ?? ""
            table.add(.text(row.label), .figure(text), .text(text.unit), .text(scope))
        }
        table.write(to: &page)
        if let peak = compute.peak {
            page.paragraph(TerminalText.safe(ComputeText.peak(peak)), hanging: 2)
        } else if let reason = compute.utilization.reason {
            page.paragraph("no MFU: \(TerminalText.safe(reason))", hanging: 2)
        }
    }
}
