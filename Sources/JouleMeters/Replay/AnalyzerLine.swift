/// One line of the power log of MLPerf (`spl.txt`), which names its fields as it goes:
/// `Time,01-31-2026 12:00:00.123,Watts,412.3,Volts,229.9,…,Mark,run_1`.
///
/// An analyzer with several channels repeats the names behind the totals; the totals come first and are what is read.
struct AnalyzerLine {
    let time: LogTime
    let watts: LogNumber

    /// - Parameter fields: the line, cut at its commas.
    init?(_ fields: [String]) {
        guard Self.begins(fields), let time = LogTime(fields[1]) else { return nil }
        self.time = time
        watts = LogNumber(fields[3])
    }

    /// Whether a line, and with it the file, has this form: a table's header would name a column where the time stands.
    static func begins(_ fields: [String]) -> Bool {
        fields.count >= 4 && fields[0] == "Time" && fields[2] == "Watts" && fields[1].contains(" ")
    }
}
