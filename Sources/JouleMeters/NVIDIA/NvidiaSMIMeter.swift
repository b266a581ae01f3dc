import JouleModel
import JouleUnits

/// Which column a GPU's power comes from.
enum NvidiaSMIPower: Hashable, Sendable {
    /// `power.draw.instant`.
    case instant
    /// `power.draw`: instant on GA100 and before, a mean of 1 s since.
    case draw

    var note: String {
        switch self {
        case .instant: "power.draw.instant"
        case .draw: "power.draw (a mean of 1 s from Ampere on, GA100 excepted)"
        }
    }
}

/// All selected GPUs, read from one `nvidia-smi` that repeats its query: where NVML itself cannot be loaded, or when asked for.
package struct NvidiaSMIMeter: Meter {
    /// The sensor is NVML's, and so is its gain.
    package static let gain = NVMLMeter.gain

    let smi: NvidiaSMI
    let columns: [NvidiaSMIColumn]
    let period: Duration
    /// The column behind the power of each channel.
    let sources: [NvidiaSMIPower]
    package let channels: [MeterChannel]

    package var isSlow: Bool { true }

    /// Starts the tool and waits for a first row of every GPU.
    package func open() throws(Failure) -> any MeterReader {
        let reader = NvidiaSMIReader(meter: self)
        do throws(Failure) {
            try reader.start()
        } catch {
            reader.close()
            throw error
        }
        return reader
    }

    /// The arguments of the child that repeats.
    var arguments: [String] {
        let milliseconds = Swift.max(Int(period.milliseconds.rounded()), 10)
        let query = columns.map { $0.rawValue }.joined(separator: ",")
        return ["--query-gpu=\(query)", "--format=csv,noheader,nounits", "-lms", "\(milliseconds)"]
    }
}
