import CAMDSMI
import JouleModel

/// What a call of the amd-smi library returned, by its number in the library's interface.
struct AMDSMIStatus: Hashable, Sendable {
    let code: UInt32

    static let success = AMDSMIStatus(code: UInt32(JB_AMDSMI_SUCCESS))
    static let functionMissing = AMDSMIStatus(code: UInt32(JB_AMDSMI_FUNCTION_MISSING))
    static let noPermission = AMDSMIStatus(code: UInt32(JB_AMDSMI_NO_PERMISSION))
    static let noDriver = AMDSMIStatus(code: UInt32(JB_AMDSMI_NO_DRIVER))

    /// The answers that a second question would not change: the device or the library lacks the feature.
    private static let final: Set<UInt32> = [
        UInt32(JB_AMDSMI_INVALID), UInt32(JB_AMDSMI_NOT_SUPPORTED), UInt32(JB_AMDSMI_NOT_YET_IMPLEMENTED),
        UInt32(JB_AMDSMI_NO_PERMISSION), UInt32(JB_AMDSMI_FUNCTION_MISSING),
    ]
    var isUnsupported: Bool { Self.final.contains(code) }

    init(code: UInt32) { self.code = code }
    /// One call's status, or `functionMissing` where the library lacks the function.
    init(_ code: UInt32?) { self.code = code ?? UInt32(JB_AMDSMI_FUNCTION_MISSING) }
}

/// AMD's management library, opened by name at run time and kept initialised as long as this object lives.
///
/// `@unchecked Sendable`: the table is filled before `init` returns and never changes, and the library serialises calls on a device
/// itself.
package final class AMDSMILibrary: @unchecked Sendable {
    /// The names ROCm installs the library under.
    package static let defaultNames = [
        "libamd_smi.so", "/opt/rocm/lib/libamd_smi.so", "libamd_smi.so.26", "libamd_smi.so.25", "libamd_smi.so.24",
    ]

    let functions: jb_amdsmi
    /// The first part of the library's version: the year until ROCm 6.3 (24), the major version from ROCm 6.4 (25) on.
    let generation: UInt32?

    private static let vendor = VendorLibrary(
        title: "the amd-smi library",
        installing: "install ROCm's package `amd-smi-lib`, or rely on hwmon, which reads the power of amdgpu cards without it",
        replacing: "remove the library from LD_LIBRARY_PATH, or install ROCm 6.0 or later")

    /// Opens the first library that can be opened and started; the names are those of `defaultNames` unless told otherwise.
    package init(names: [String]? = nil) throws(LibraryAbsence) {
        functions = try Self.vendor.open(
            names ?? Self.defaultNames, empty: jb_amdsmi(), load: { jb_amdsmi_open($0, &$1, $2, $3) }, start: Self.start)
        var version = jb_amdsmi_version()
        generation = functions.version?(&version) == AMDSMIStatus.success.code ? version.first : nil
    }

    /// The library stays mapped: nothing is won by unloading it, and threads may still run through its destructors.
    deinit { _ = functions.shut_down?() }

    private static func start(_ table: jb_amdsmi, name: String) -> LibraryAbsence.Finding? {
        guard let initialise = table.`init` else { return .incomplete(name: name, function: "amdsmi_init") }
        guard table.sockets != nil else { return .incomplete(name: name, function: "amdsmi_get_socket_handles") }
        guard table.processors != nil else { return .incomplete(name: name, function: "amdsmi_get_processor_handles") }
        guard table.bdf != nil else { return .incomplete(name: name, function: "amdsmi_get_gpu_device_bdf") }
        let code = initialise(UInt64(JB_AMDSMI_INIT_GPUS))
        if code == AMDSMIStatus.success.code { return nil }
        return .refused(code: Int(code), words: words(for: code, in: table), remedy: remedy(for: AMDSMIStatus(code: code)))
    }

    private static func remedy(for refusal: AMDSMIStatus) -> String {
        switch refusal {
        case .noPermission: "let this user open /dev/kfd and /dev/dri/renderD* (groups `render` and `video`)"
        case .noDriver: "load the kernel module with `sudo modprobe amdgpu` and look at `dmesg` for its errors"
        default: "try `amd-smi list`, which uses the same library; in a container start it with `--device /dev/kfd --device /dev/dri`"
        }
    }

    private static func words(for code: UInt32, in table: jb_amdsmi) -> String {
        var text: UnsafePointer<CChar>?
        guard table.status_text?(code, &text) == AMDSMIStatus.success.code, let text else { return "status \(code)" }
        return String(cString: text)
    }

    /// The library's own words for a status.
    func words(for status: AMDSMIStatus) -> String {
        status == .functionMissing ? "the library lacks the function" : Self.words(for: status.code, in: functions)
    }
}
