import JouleModel

/// The meters that stand in one argument of a command line: `nvml,{plug: {url: http://192.0.2.1, kind: shelly}}`.
package enum MeterArgument {
    /// Reads names and maps as the items of a YAML flow list, by the same decoder as `metrics.meters`; `auto` is the empty list.
    ///
    /// - Throws: every mistake with its place in the argument, as `Failures`.
    package static func parse(_ text: String, option: String) throws -> [MeterSelector] {
        // The list's bracket is ours: columns count in what was typed.
        let origin: (SourcePlace) -> Origin = {
            .file(SourcePlace(file: $0.file, line: $0.line, column: $0.line == 1 ? max(1, $0.column - 1) : $0.column))
        }
        var reading = Reading()
        let isList = text.drop { $0 == " " }.first == "["
        let node = YAMLReader.read(isList ? " " + text : "[\(text)]", file: option, reading: &reading, origin: origin)
        var meters: [MeterSelector]?
        if reading.failures.isEmpty {
            if let node, !node.isNull {
                meters = Shape<[MeterSelector]>.meters.decode(Setting(path: option, node: node), &reading)
            } else {
                reading.report("config.wrong-type", "`\(option)` names no meter", at: nil, remedy: "write auto, none or names of meters")
            }
        }
        guard let meters, reading.failures.isEmpty else { throw Failures(reading.failures) }
        return meters
    }
}
