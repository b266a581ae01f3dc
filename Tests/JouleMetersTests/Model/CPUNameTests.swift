import JouleUnits
import Testing

@testable import JouleMeters

struct CPUNameTests {
    @Test(arguments: [
        ("Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", "GenuineIntel", 120.0),
        ("Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz", "GenuineIntel", 240),
        ("INTEL(R) XEON(R) PLATINUM 8480+", "GenuineIntel", 350),
        ("Intel(R) Xeon(R) Gold 6230 CPU @ 2.10GHz", "GenuineIntel", 125),
        ("11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz", "GenuineIntel", 28),
        ("Intel(R) Core(TM)2 Duo CPU     E8400  @ 3.00GHz", "GenuineIntel", 65),
        ("Intel(R) Core(TM) Ultra 7 155H", "GenuineIntel", 28),
        ("Intel(R) Atom(TM) CPU D525   @ 1.80GHz", "GenuineIntel", 13),
        ("Intel(R) N100", "GenuineIntel", 6),
        ("Pentium(R) Dual-Core  CPU      E5200  @ 2.50GHz", "GenuineIntel", 65),
        ("AMD EPYC 7763 64-Core Processor", "AuthenticAMD", 280),
        ("AMD EPYC 9654 96-Core Processor", "AuthenticAMD", 360),
        ("AMD Ryzen 9 7950X 16-Core Processor", "AuthenticAMD", 170),
        ("AMD Ryzen 7 5800U with Radeon Graphics", "AuthenticAMD", 15),
        ("AMD Ryzen 7 7840HS w/ Radeon 780M Graphics", "AuthenticAMD", 54),
        ("AMD Ryzen Threadripper PRO 3995WX 64-Cores", "AuthenticAMD", 280),
        ("AMD FX(tm)-8350 Eight-Core Processor", "AuthenticAMD", 125),
        ("AMD Opteron(TM) Processor 6278", "AuthenticAMD", 115),
        ("AMD A10-7850K Radeon R7, 12 Compute Cores 4C+8G", "AuthenticAMD", 95),
        ("AMD A6-6400K APU with Radeon(tm) HD Graphics", "AuthenticAMD", 65),
        ("Apple M1", "Apple", 10),
    ])
    func `a processor's own words lead to its rated power`(model: String, vendor: String, watts: Double) {
        #expect(CPUName.ratedPower(of: model, vendor: vendor)?.power == Watts(watts))
    }

    @Test(arguments: [
        "AMD EPYC", "AMD EPYC-Rome Processor", "Intel(R) Xeon(R) CPU @ 2.20GHz", "Intel Xeon Processor (Skylake, IBRS)",
        "QEMU Virtual CPU version 2.5+", "Common KVM processor", "Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", "Arm Neoverse-V2", "",
    ])
    func `a name that is not listed is not guessed`(model: String) {
        #expect(CPUName.ratedPower(of: model, vendor: "GenuineIntel") == nil)
        #expect(CPUName.ratedPower(of: model, vendor: "AuthenticAMD") == nil)
    }

    @Test func `every row of the table reads as a name and a power`() {
        let lines = CPUPowerTable.text.split(separator: "\n")
        #expect(lines.count == 4_902)
        for line in lines {
            let parts = line.split(separator: "|", omittingEmptySubsequences: false)
            #expect(parts.count == 2 && !parts[0].isEmpty, "\(line)")
            #expect(parts.last.flatMap { Double($0) }.map { $0 > 0 && $0 <= 1_000 } == true, "\(line)")
        }
        #expect(Set(lines.map { $0.lowercased().prefix { $0 != "|" } }).count == lines.count)
    }
}
