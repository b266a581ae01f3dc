import JouleModel
import JouleUnits
import Testing

@testable import JouleMeters

struct HostFactsTests {
    static let cpuinfo = """
        processor\t: 0
        vendor_id\t: GenuineIntel
        model name\t: Intel(R) Xeon(R) Gold 6230 CPU @ 2.10GHz
        physical id\t: 0
        flags\t\t: fpu vme de pse
        power management:

        processor\t: 1
        vendor_id\t: GenuineIntel
        model name\t: Intel(R) Xeon(R) Gold 6230 CPU @ 2.10GHz
        physical id\t: 1
        flags\t\t: fpu vme de pse

        """

    @Test func `a bare-metal host tells processor, clocks, governor, memory and system`() throws {
        let tree = try HostTree([
            "/proc/cpuinfo": Self.cpuinfo, "/sys/devices/system/cpu/online": "0-1\n",
            "/sys/devices/system/cpu/cpu0/topology/physical_package_id": "0\n",
            "/sys/devices/system/cpu/cpu1/topology/physical_package_id": "1\n",
            "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "performance\n",
            "/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "performance\n",
            "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq": "3900000\n",
            "/sys/devices/system/cpu/cpu1/cpufreq/cpuinfo_max_freq": "3700000\n",
            "/proc/meminfo": "MemTotal:       16384000 kB\nMemFree:  1 kB\n",
            "/etc/os-release": "NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
            "/proc/sys/kernel/osrelease": "6.1.0-18-amd64\n", "/proc/sys/kernel/hostname": "node7\n",
            "/proc/self/cgroup": "0::/init.scope\n",
        ])
        let facts = HostFacts.read(root: tree.root)
        #expect(facts.cpu.model == "Intel(R) Xeon(R) Gold 6230 CPU @ 2.10GHz")
        #expect(facts.cpu.logicalCores == 2)
        #expect(facts.cpu.sockets == 2)
        #expect(facts.cpu.maxMHz == 3_900)
        #expect(facts.cpu.governor == "performance")
        #expect(facts.cpu.virtualMachine == false)
        #expect(facts.memory.totalBytes == .kibibytes(16_384_000))
        #expect(facts.memory.limitBytes == nil)
        #expect(facts.system.name == "Debian GNU/Linux 12 (bookworm)")
        #expect(facts.system.kernel == "6.1.0-18-amd64")
        #expect(facts.system.hostname == "node7")
        #expect(facts.system.container == nil)
        #expect(facts.system.architecture?.isEmpty == false)
    }

    @Test func `what cannot be read is absent`() throws {
        let facts = HostFacts.read(root: try HostTree().root)
        #expect(facts.cpu.model == nil)
        #expect(facts.cpu.governor == nil)
        #expect(facts.cpu.virtualMachine == nil)
        #expect(facts.memory.totalBytes == nil)
        #expect(facts.system.kernel == nil)
        #expect(facts.system.name == "Linux")
    }

    @Test func `the hypervisor flag makes a virtual machine`() throws {
        let tree = try HostTree(["/proc/cpuinfo": "processor : 0\nmodel name : AMD EPYC\nflags : fpu hypervisor lahf_lm\n"])
        let cpu = try #require(CPUDescription.read(root: tree.root))
        #expect(cpu.isVirtual == true)
        #expect(cpu.sockets == nil)
    }

    @Test func `an arm core is named by its numbers`() throws {
        let tree = try HostTree(["/proc/cpuinfo": "processor\t: 0\nBogoMIPS : 243\nCPU implementer : 0x41\nCPU part : 0xd4f\n"])
        let cpu = try #require(CPUDescription.read(root: tree.root))
        #expect(cpu.model == "Arm Neoverse-V2")
        #expect(cpu.isVirtual == nil)
    }

    @Test func `affinity names processors that are not there, and they do not count`() throws {
        let tree = try HostTree([
            "/proc/cpuinfo": Self.cpuinfo, "/sys/devices/system/cpu/online": "0-3,8-11\n",
            "/proc/self/status": "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t2-127\n",
        ])
        let cpu = try #require(CPUDescription.read(root: tree.root))
        #expect(cpu.online.numbers == [0, 1, 2, 3, 8, 9, 10, 11])
        #expect(cpu.visible.numbers == [2, 3, 8, 9, 10, 11])
    }

    @Test(arguments: [
        (["/.dockerenv": ""], "docker"), (["/run/.containerenv": "engine=podman"], "podman"),
        (["/proc/self/cgroup": "0::/kubepods/besteffort/pod1\n", "/.dockerenv": ""], "kubernetes"),
        (["/proc/self/cgroup": "4:memory:/docker/0a1b\n0::/\n"], "docker"),
        (["/run/systemd/container": "systemd-nspawn\n"], "systemd-nspawn"),
    ])
    func `a container is known by its marks`(files: [String: String], engine: String) throws {
        #expect(HostFacts.read(root: try HostTree(files).root).system.container == engine)
    }

    @Test func `the least memory limit around the group holds`() throws {
        let tree = try HostTree([
            "/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/memory.max": "4294967296\n", "/sys/fs/cgroup/a/b/memory.max": "max\n",
            "/proc/meminfo": "MemTotal: 8388608 kB\n",
        ])
        #expect(HostFacts.read(root: tree.root).memory.limitBytes == ByteCount(4_294_967_296))
    }

    @Test func `version 1 without a limit writes a huge number, which is none`() throws {
        let tree = try HostTree([
            "/proc/self/cgroup": "4:memory:/x\n0::/\n", "/sys/fs/cgroup/memory/x/memory.limit_in_bytes": "9223372036854771712\n",
            "/proc/meminfo": "MemTotal: 8388608 kB\n",
        ])
        #expect(HostFacts.read(root: tree.root).memory.limitBytes == nil)
    }

    @Test func `a container that sees the host's path finds its limit at the mount`() throws {
        let tree = try HostTree([
            "/proc/self/cgroup": "4:memory:/docker/0a1b\n", "/sys/fs/cgroup/memory/memory.limit_in_bytes": "1073741824\n",
        ])
        #expect(ControlGroup(root: tree.root).memoryLimit == .mebibytes(1_024))
    }

    @Test(arguments: ["", "0", "0-3,8", "63-64,200"])
    func `a processor list is read as the kernel writes it`(list: String) throws {
        let set = try #require(CPUSet(list: list))
        let expected = ["": [], "0": [0], "0-3,8": [0, 1, 2, 3, 8], "63-64,200": [63, 64, 200]]
        #expect(set.numbers == expected[list])
        #expect(set.count == expected[list]?.count)
    }

    @Test(arguments: ["x", "3-1", "1-2-3", "-1", "0-99999999"])
    func `a text that is no processor list is refused`(list: String) {
        #expect(CPUSet(list: list) == nil)
    }

    @Test func `a number that does not fit is malformed, not another number`() throws {
        let tree = try HostTree(["/a": "18446744073709551615\n", "/b": "18446744073709551616\n", "/c": "-1\n", "/d": ""])
        func number(_ file: String) throws -> KernelFile.Number { try KernelFile(path: tree.root.resolve(file)).number() }
        #expect(try number("/a") == .value(.max))
        #expect(try number("/b") == .malformed)
        #expect(try number("/c") == .malformed)
        #expect(try number("/d") == .malformed)
    }
}
