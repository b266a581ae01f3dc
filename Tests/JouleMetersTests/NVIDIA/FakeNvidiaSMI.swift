import Foundation
import JouleMeters
import Testing

/// A shell script that speaks as `nvidia-smi` does: it answers queries by column, knows only the columns it was given, and repeats.
///
/// Owns the folder that it lies in.
final class FakeNvidiaSMI {
    let folder: URL
    var smi: NvidiaSMI { NvidiaSMI(executable: folder.appending(path: "nvidia-smi").path) }

    /// - Parameters:
    ///   - gpus: the values of each GPU by column; a column that the first one lacks is one that the tool does not know.
    ///   - rounds: after how many queries the repeating tool ends.
    ///   - listing: what `-L` prints.
    ///   - processes: what `--query-compute-apps` prints.
    ///   - words: printed instead of any answer.
    init(
        _ gpus: [[String: String]], rounds: Int = .max, listing: String = "", processes: String = "", words: String? = nil
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "fake-smi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "nvidia-smi")
        let arms = gpus.enumerated().flatMap { index, values in
            values.map { "    \(index):\($0)) value='\($1)' ;;" }
        }
        let script = """
            #!/bin/sh
            pause= fields=
            while [ $# -gt 0 ]; do
              case $1 in
              --query-gpu=*) fields=${1#--query-gpu=} ;;
              --query-compute-apps=*) printf '%s' '\(processes)'; exit ;;
              -L) printf '%s' '\(listing)'; exit ;;
              -lms) pause=$2; shift ;;
              esac
              shift
            done
            echo "$fields $pause" >>'\(folder.path)/asked'
            words='\(words ?? "")'
            if [ -n "$words" ]; then echo "$words"; exit 9; fi
            value_of() {
              case $1 in
            \(arms.joined(separator: "\n"))
                *) echo "Field \\"${1#*:}\\" is not a valid field to query."; exit 2 ;;
              esac
            }
            row() {
              line=
              IFS=,
              for field in $fields; do
                value_of "$1:$field"
                line="$line${line:+, }$value"
              done
              unset IFS
              rows="$rows$line
            "
            }
            round=0
            while [ $round -lt \(rounds) ]; do
              rows=
              for gpu in \(gpus.indices.map(String.init).joined(separator: " ")); do row $gpu; done
              printf '%s' "$rows"
              [ -n "$pause" ] || exit 0
              round=$((round + 1))
              sleep "$(printf '0.%03d' $pause)"
            done
            exit 3
            """
        let source = folder.appending(path: "source")
        try script.write(to: source, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: source.path)
        // A file that this process wrote can be busy for a moment in a child that another test has just forked, and then it cannot be
        // executed: so another process writes it.
        var status: Int32 = 0
        waitpid(try spawn("/bin/cp", ["-p", source.path, file.path]), &status, 0)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The queries so far, each with its pause.
    var asked: [String] {
        get throws {
            try String(contentsOf: folder.appending(path: "asked"), encoding: .utf8).split(separator: "\n").map(String.init)
        }
    }

    /// A GPU as a driver of today prints it.
    static func gpu(_ index: Int, power: String = "301.25", _ others: [String: String] = [:]) -> [String: String] {
        [
            "index": "\(index)", "uuid": "GPU-5e1f000\(index)-0000", "name": "NVIDIA H100 80GB HBM3",
            "pci.bus_id": "00000000:0\(index):00.0", "memory.total": "81559", "driver_version": "550.54.15",
            "vbios_version": "96.00.74.00.01", "persistence_mode": "Enabled",
            "mig.mode.current": "Disabled", "ecc.mode.current": "Enabled", "enforced.power.limit": "700.00", "power.min_limit": "200.00",
            "power.max_limit": "700.00", "clocks.max.sm": "1980", "clocks.max.mem": "2619", "power.draw": "288.00",
            "power.draw.instant": power, "power.draw.average": "288.00", "utilization.gpu": "97", "memory.used": "71234",
            "temperature.gpu": "55", "clocks.sm": "1755", "clocks.mem": "2619", "power.limit": "700.00",
        ].merging(others) { _, other in other }
    }

    /// The same as a driver of 2019 does: without MIG, and with one kind of power.
    static func oldGPU(_ index: Int) -> [String: String] {
        gpu(index).filter { !["mig.mode.current", "power.draw.instant", "power.draw.average"].contains($0.key) }
    }
}

/// Starts a program with our own streams.
func spawn(_ path: String, _ arguments: [String]) throws -> pid_t {
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, path, nil, nil, &words, environ)
    try #require(result == 0, "\(path) cannot be started: error \(result)")
    return pid
}

/// Runs blocking work on a thread of its own: a test that waits for a child must not hold a thread that the child's start needs.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result { try work() }) }.start()
    }
}
