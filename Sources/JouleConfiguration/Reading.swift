import JouleModel

/// What comes up while a configuration is read: every mistake is collected and none stops the reading, so that a person sees them all
/// at once.
struct Reading {
    private(set) var failures: [Failure] = []
    private(set) var warnings: [Failure] = []
    /// Keys whose value was refused; rules about several keys keep silent when one of theirs is among them.
    private(set) var refused: Set<String> = []
    /// Whether a file of the chain could not be read at all: then nothing can be said about keys that seem to be missing.
    var isIncomplete = false
    /// Whether the record of a run is read, in which secrets are hidden, and not a configuration that is to be run.
    var isRecord = false

    mutating func report(_ failure: Failure) { failures.append(failure) }

    mutating func report(_ code: String, _ message: String, at origin: Origin?, remedy: String? = nil) {
        failures.append(Failure(code, message, cause: origin?.explanation, remedy: remedy, source: origin?.place))
    }

    mutating func warn(_ code: String, _ message: String, at origin: Origin?, remedy: String? = nil) {
        warnings.append(Failure(code, message, cause: origin?.explanation, remedy: remedy, source: origin?.place))
    }

    mutating func warn(_ warning: Failure) { warnings.append(warning) }

    /// Runs `body` and notes the key as refused when it reported something.
    mutating func decoding(_ path: String, _ body: (inout Reading) -> Void) {
        let before = failures.count
        body(&self)
        if failures.count > before { refused.insert(path) }
    }

    mutating func refuse(_ path: String) { refused.insert(path) }

    /// All failures in reading order: the files in the order given, top to bottom, then what no file is to blame for.
    func orderedFailures(files: [String]) -> [Failure] { Self.order(failures, files: files) }

    func orderedWarnings(files: [String]) -> [Failure] { Self.order(warnings, files: files) }

    private static func order(_ list: [Failure], files: [String]) -> [Failure] {
        func rank(_ failure: Failure) -> (Int, Int, Int) {
            guard let source = failure.source else { return (Int.max, 0, 0) }
            return (files.firstIndex(of: source.file) ?? files.count, source.line, source.column)
        }
        let ranked = list.enumerated().sorted { left, right in
            let (first, second) = (rank(left.element), rank(right.element))
            return first == second ? left.offset < right.offset : first < second
        }
        return ranked.map(\.element)
    }
}

/// A key with the value found for it.
struct Setting {
    /// The canonical dotted path: what messages call the key.
    let path: String
    let node: ConfigNode

    /// A part of the value: an option of a meter.
    func part(_ name: String, _ node: ConfigNode) -> Setting { Setting(path: "\(path).\(name)", node: node) }

    func item(_ index: Int, _ node: ConfigNode) -> Setting { Setting(path: "\(path)[\(index)]", node: node) }

    func report(_ code: String, _ message: String, remedy: String? = nil, to reading: inout Reading) {
        reading.report(code, message, at: node.origin, remedy: remedy)
    }

    func wrongType(expected: String, remedy: String? = nil, to reading: inout Reading) {
        report("config.wrong-type", "`\(path)` should be \(expected) and is \(node.kind)", remedy: remedy, to: &reading)
    }

    func outOfRange(_ rule: String, to reading: inout Reading) {
        guard case .scalar(let text, _) = node.content else { return }
        report("config.out-of-range", "\(rule), but `\(path)` is \(text)", to: &reading)
    }
}
