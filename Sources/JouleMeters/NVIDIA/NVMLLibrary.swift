import CNVML
import JouleModel

/// What an NVML call returned, by its number in the library's interface.
struct NVMLStatus: Hashable, Sendable {
    let code: Int32

    static let success = NVMLStatus(code: Int32(JB_NVML_SUCCESS))
    static let noPermission = NVMLStatus(code: Int32(JB_NVML_NO_PERMISSION))
    static let driverNotLoaded = NVMLStatus(code: Int32(JB_NVML_DRIVER_NOT_LOADED))
    static let insufficientSize = NVMLStatus(code: Int32(JB_NVML_INSUFFICIENT_SIZE))
    static let versionMismatch = NVMLStatus(code: Int32(JB_NVML_LIB_RM_VERSION_MISMATCH))
    static let gpuIsLost = NVMLStatus(code: Int32(JB_NVML_GPU_IS_LOST))
    static let functionNotFound = NVMLStatus(code: Int32(JB_NVML_FUNCTION_NOT_FOUND))

    /// The answers that a second question would not change: the device or the library lacks the feature.
    private static let final: Set<Int32> = [
        Int32(JB_NVML_NOT_SUPPORTED), Int32(JB_NVML_FUNCTION_NOT_FOUND), Int32(JB_NVML_INVALID_ARGUMENT),
        Int32(JB_NVML_NO_PERMISSION), Int32(JB_NVML_ARGUMENT_VERSION_MISMATCH), Int32(JB_NVML_DEPRECATED),
    ]
    var isUnsupported: Bool { Self.final.contains(code) }
    /// The device has left the bus, or answers nothing until the machine is reset.
    var isLoss: Bool { self == .gpuIsLost || code == Int32(JB_NVML_RESET_REQUIRED) || code == Int32(JB_NVML_GPU_NOT_FOUND) }
}

/// NVIDIA's management library, opened by name at run time and kept initialised as long as this object lives.
///
/// `@unchecked Sendable`: the table is filled before `init` returns and never changes, and NVML allows calls from several threads at
/// once.
package final class NVMLLibrary: @unchecked Sendable {
    /// The names a driver installs the library under; the last one is WSL's.
    package static let defaultNames = ["libnvidia-ml.so.1", "libnvidia-ml.so", "/usr/lib/wsl/lib/libnvidia-ml.so.1"]

    let functions: jb_nvml

    private static let vendor = VendorLibrary(
        title: "NVML", installing: "install the NVIDIA driver; in a container start it with `--gpus all`",
        replacing: "remove the library from LD_LIBRARY_PATH, or install a driver of version 450 or later")

    /// Opens the first library that can be opened and started; the names are those of `defaultNames` unless told otherwise.
    package init(names: [String]? = nil) throws(LibraryAbsence) {
        functions = try Self.vendor.open(
            names ?? Self.defaultNames, empty: jb_nvml(), load: { jb_nvml_open($0, &$1, $2, $3) }, start: Self.start)
    }

    /// The library stays mapped: nothing is won by unloading a driver's code, and threads may still run through its destructors.
    deinit { _ = functions.shutdown?() }

    private static func start(_ table: jb_nvml, name: String) -> LibraryAbsence.Finding? {
        guard let initialise = table.`init` else { return .incomplete(name: name, function: "nvmlInit_v2") }
        guard table.count != nil else { return .incomplete(name: name, function: "nvmlDeviceGetCount_v2") }
        guard table.device_at != nil else { return .incomplete(name: name, function: "nvmlDeviceGetHandleByIndex_v2") }
        guard table.uuid != nil else { return .incomplete(name: name, function: "nvmlDeviceGetUUID") }
        let code = initialise()
        if code == NVMLStatus.success.code { return nil }
        return .refused(code: Int(code), words: words(for: code, in: table), remedy: remedy(for: NVMLStatus(code: code)))
    }

    private static func remedy(for refusal: NVMLStatus) -> String {
        switch refusal {
        case .noPermission: "let this user open /dev/nvidiactl and /dev/nvidia0, or run in a container started with `--gpus all`"
        case .driverNotLoaded: "load the kernel module with `sudo modprobe nvidia` and look at `dmesg` for its errors"
        case .versionMismatch: "restart the machine: the kernel module is of another version than the library"
        default: "try `nvidia-smi`, which uses the same library, and look at `dmesg` for the driver's errors"
        }
    }

    private static func words(for code: Int32, in table: jb_nvml) -> String {
        table.error_string?(code).map { String(cString: $0) } ?? "unknown error"
    }

    /// The library's own words for a status.
    func words(for status: NVMLStatus) -> String { Self.words(for: status.code, in: functions) }

    /// One call's status, or `functionNotFound` where the library lacks the function.
    static func status(_ code: Int32?) -> NVMLStatus { code.map { NVMLStatus(code: $0) } ?? .functionNotFound }

    /// The text that a call writes, nil where it cannot.
    func text(_ call: (UnsafeMutablePointer<CChar>, UInt32) -> Int32?) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            buffer.initialize(repeating: 0)
            // One byte short, so that an answer that fills its room still ends.
            guard let start = buffer.baseAddress, call(start, UInt32(buffer.count - 1)) == NVMLStatus.success.code else { return nil }
            return String(cString: start)
        }
    }

    /// The number that a call writes, nil where it cannot.
    func number(_ call: (UnsafeMutablePointer<UInt32>) -> Int32?) -> UInt32? {
        var value: UInt32 = 0
        return call(&value) == NVMLStatus.success.code ? value : nil
    }

    /// The driver's version, such as `580.159.04`.
    package var driverVersion: String? { text { functions.driver_version?($0, $1) } }

    /// The newest CUDA that the driver runs, such as `13.0`.
    package var cudaVersion: String? {
        var version: Int32 = 0
        guard functions.cuda_version?(&version) == NVMLStatus.success.code, version > 0 else { return nil }
        return "\(version / 1_000).\(version % 1_000 / 10)"
    }
}
