import JouleModel

/// What tells one boot of a machine from every other: stamps of the monotonic clock can only be joined within one.
package enum BootIdentity {
    /// The kernel's random id of this boot (`/proc/sys/kernel/random/boot_id`); nil on systems that have none.
    package static func read(root: HostRoot = HostRoot()) -> String? {
        HostFile.textIfPresent(root.resolve("/proc/sys/kernel/random/boot_id")).flatMap { $0.isEmpty ? nil : $0 }
    }
}
