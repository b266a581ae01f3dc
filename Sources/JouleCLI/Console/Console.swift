import JouleModel
import JouleUnits

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The only place that prints: results to standard output, everything else to standard error.
struct Console: Sendable {
    let isQuiet: Bool
    let errorIsTerminal: Bool
    let outputIsTerminal: Bool
    let useColor: Bool
    private let line = ProgressRow()

    init(quiet: Bool, color: Bool) {
        isQuiet = quiet
        errorIsTerminal = isatty(STDERR_FILENO) == 1
        outputIsTerminal = isatty(STDOUT_FILENO) == 1
        useColor = color && getenv("NO_COLOR") == nil
    }

    var errorColor: Bool { useColor && errorIsTerminal }
    var outputColor: Bool { useColor && outputIsTerminal }

    /// Columns of the terminal behind standard error; 100 where there is none.
    var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return Int(size.ws_col)
    }

    func result(_ text: String) {
        line.clear(if: errorIsTerminal)
        writeAll(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO)
    }

    func note(_ text: String) {
        guard !isQuiet else { return }
        line.clear(if: errorIsTerminal)
        writeAll(text + "\n", to: STDERR_FILENO)
    }

    func warning(_ failure: Failure) { report(failure, label: "warning", color: "\u{1B}[33m") }
    func error(_ failure: Failure) { report(failure, label: "error", color: "\u{1B}[31m") }

    /// Replaces the progress line; only on a terminal.
    func progress(_ text: String) {
        guard errorIsTerminal, !isQuiet else { return }
        line.show(text)
    }

    func clearProgress() { line.clear(if: errorIsTerminal) }

    private func report(_ failure: Failure, label: String, color: String) {
        line.clear(if: errorIsTerminal)
        let (on, off) = errorColor ? (color, "\u{1B}[0m") : ("", "")
        var text = "\(on)\(label)\(off): "
        if let source = failure.source { text += "\(source): " }
        text += "\(failure.message)  [\(failure.code)]\n"
        if let cause = failure.cause, !cause.isEmpty {
            for row in cause.split(whereSeparator: \.isNewline) { text += "  \(row)\n" }
        }
        if let remedy = failure.remedy { text += "help: \(remedy)\n" }
        writeAll(text, to: STDERR_FILENO)
    }
}

/// The one line at the bottom of the terminal that is overwritten.
private final class ProgressRow: Sendable {
    private let shown = Guarded(false)

    func show(_ text: String) {
        shown.withLock {
            $0 = true
            writeAll("\r\u{1B}[K" + text, to: STDERR_FILENO)
        }
    }

    func clear(if terminal: Bool) {
        shown.withLock {
            if $0, terminal { writeAll("\r\u{1B}[K", to: STDERR_FILENO) }
            $0 = false
        }
    }
}

private func writeAll(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 {
            if errno == EINTR { continue }
            return
        }
        bytes = bytes.dropFirst(count)
    }
}
