import JouleModel

extension MeterOptions {
    /// What `--meters` takes. The families are those of the configuration: none can be missing here.
    static func help(orNone: Bool) -> String {
        let families = MeterSelector.Family.allCases.filter { $0 != .none }
        let plain = families.filter { !$0.needsOptions }.map(\.rawValue).joined(separator: ", ")
        let told = families.filter(\.needsOptions).map(\.rawValue).joined(separator: ", ")
        return """
            Meters to read: `auto`, \(orNone ? "`none`, " : "")or a list of \(plain). With options, and for \(told), as in a configuration: \
            "{plug: {url: http://HOST, kind: shelly}}, {rapl: {gain: 0.1}}".
            """
    }
}
