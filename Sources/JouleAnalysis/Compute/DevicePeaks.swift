/// What a device could do at most, by its maker's data sheet: dense, without the doubling that sparsity promises.
package struct DevicePeaks: Hashable, Sendable {
    /// How the product is called.
    package let name: String
    /// What NVML and the other libraries call it, without the maker and the line: lower case, words in this order.
    let aliases: [String]
    /// FLOP/s (or operations on integers) by precision; a precision that is missing is not in hardware.
    let operations: [Precision: Double]
    /// Bytes a second of the device's memory.
    package let bandwidth: Double
    /// Bytes.
    package let memory: Double
    /// Rated power in watts.
    package let ratedPower: Double

    /// Operations a second at a precision. Weights of four bits are computed with in sixteen, where the device has no such arithmetic.
    package func peak(_ precision: Precision) -> Double? {
        if let peak = operations[precision] { return peak }
        switch precision {
        case .mxfp4, .int4: return operations[.bfloat16] ?? operations[.float16]
        // Kernels that keep eight bits in memory and compute with sixteen.
        case .fp8, .int8: return operations[.bfloat16] ?? operations[.float16]
        case .float32, .tf32, .float16, .bfloat16: return nil
        }
    }

    /// The device that a name of NVML, or one that a person writes, means; nil for any other, however near: an H100 PCIe is no H100 SXM.
    package static func named(_ name: String) -> DevicePeaks? {
        let key = normalized(name)
        return all.first { $0.aliases.contains(key) || normalized($0.name) == key }
    }

    /// Words without the maker, the line and the separators: `NVIDIA A100-SXM4-80GB` is `a100 sxm4 80gb`.
    static func normalized(_ name: String) -> String {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let makers: Set = ["nvidia", "amd", "tesla", "geforce", "instinct", "gpu", "oam", "tensor", "core"]
        let kept = words.filter { !makers.contains($0) }
        return kept.joined(separator: " ")
    }
}

extension DevicePeaks {
    private init(
        _ name: String, _ aliases: [String], _ tera: [Precision: Double], gigabytesPerSecond: Double, gigabytes: Double, watts: Double
    ) {
        self.name = name
        self.aliases = aliases
        operations = tera.mapValues { $0 * 1e12 }
        bandwidth = gigabytesPerSecond * 1e9
        memory = gigabytes * 1e9
        ratedPower = watts
    }

    /// Where the numbers are from.
    package static let source = "makers' data sheets, dense"

    /// NVIDIA data sheets and architecture papers (Volta, Turing, Ampere GA100 and GA102, Ada, Hopper, Blackwell, Jetson AGX Orin) and AMD Instinct data
    /// sheets. Where a sheet gives tensor throughput with sparsity alone, half of it. Consumer cards: with accumulation in 32 bits, at
    /// which their tensor cores run at half rate.
    package static let all: [DevicePeaks] = [
        DevicePeaks(
            "V100 SXM2 16GB", ["v100 sxm2 16gb", "v100 sxm2", "v100"], [.float32: 15.7, .float16: 125], gigabytesPerSecond: 900,
            gigabytes: 16, watts: 300),
        DevicePeaks(
            "V100 SXM2 32GB", ["v100 sxm2 32gb"], [.float32: 15.7, .float16: 125], gigabytesPerSecond: 900, gigabytes: 32, watts: 300),
        DevicePeaks(
            "V100 PCIe 16GB", ["v100 pcie 16gb", "v100 pcie"], [.float32: 14, .float16: 112], gigabytesPerSecond: 900, gigabytes: 16,
            watts: 250),
        DevicePeaks(
            "V100 PCIe 32GB", ["v100 pcie 32gb"], [.float32: 14, .float16: 112], gigabytesPerSecond: 900, gigabytes: 32, watts: 250),
        DevicePeaks("T4", ["t4"], [.float32: 8.1, .float16: 65, .int8: 130], gigabytesPerSecond: 320, gigabytes: 16, watts: 70),
        DevicePeaks(
            "A10", ["a10"], [.float32: 31.2, .tf32: 62.5, .float16: 125, .bfloat16: 125, .int8: 250], gigabytesPerSecond: 600,
            gigabytes: 24, watts: 150),
        DevicePeaks(
            "A100 SXM4 40GB", ["a100 sxm4 40gb", "a100 sxm 40gb", "a100 40gb"], ampere, gigabytesPerSecond: 1_555, gigabytes: 40,
            watts: 400),
        DevicePeaks(
            "A100 SXM4 80GB", ["a100 sxm4 80gb", "a100 sxm 80gb", "a100 80gb", "a100"], ampere, gigabytesPerSecond: 2_039, gigabytes: 80,
            watts: 400),
        DevicePeaks("A100 PCIe 40GB", ["a100 pcie 40gb"], ampere, gigabytesPerSecond: 1_555, gigabytes: 40, watts: 250),
        DevicePeaks(
            "A100 PCIe 80GB", ["a100 80gb pcie", "a100 pcie 80gb"], ampere, gigabytesPerSecond: 1_935, gigabytes: 80, watts: 300),
        DevicePeaks(
            "L4", ["l4"], [.float32: 30.3, .tf32: 60, .float16: 121, .bfloat16: 121, .fp8: 242.5, .int8: 242.5],
            gigabytesPerSecond: 300, gigabytes: 24, watts: 72),
        DevicePeaks(
            "L40S", ["l40s"], [.float32: 91.6, .tf32: 183, .float16: 362.05, .bfloat16: 362.05, .fp8: 733, .int8: 733],
            gigabytesPerSecond: 864, gigabytes: 48, watts: 350),
        DevicePeaks(
            "H100 SXM", ["h100 80gb hbm3", "h100 sxm5 80gb", "h100 sxm5", "h100 sxm", "h100"], hopper, gigabytesPerSecond: 3_350,
            gigabytes: 80, watts: 700),
        DevicePeaks(
            "H100 PCIe", ["h100 pcie", "h100 pcie 80gb"],
            [.float32: 51.2, .tf32: 378, .float16: 756.5, .bfloat16: 756.5, .fp8: 1_513, .int8: 1_513], gigabytesPerSecond: 2_000,
            gigabytes: 80, watts: 350),
        DevicePeaks("H100 NVL", ["h100 nvl"], hopperNVL, gigabytesPerSecond: 3_900, gigabytes: 94, watts: 400),
        DevicePeaks("H200 SXM", ["h200", "h200 sxm", "h200 141gb hbm3e"], hopper, gigabytesPerSecond: 4_800, gigabytes: 141, watts: 700),
        DevicePeaks("H200 NVL", ["h200 nvl"], hopperNVL, gigabytesPerSecond: 4_800, gigabytes: 141, watts: 600),
        // The number in the name of the 96 GB one is the memory of its processor.
        DevicePeaks("GH200 96GB", ["gh200 480gb", "gh200 120gb", "gh200"], hopper, gigabytesPerSecond: 4_000, gigabytes: 96, watts: 700),
        DevicePeaks("GH200 144GB", ["gh200 144g hbm3e"], hopper, gigabytesPerSecond: 4_900, gigabytes: 144, watts: 700),
        DevicePeaks(
            "B200", ["b200", "b200 sxm"],
            [.float32: 80, .tf32: 1_100, .float16: 2_250, .bfloat16: 2_250, .fp8: 4_500, .int8: 4_500, .mxfp4: 9_000],
            gigabytesPerSecond: 8_000, gigabytes: 180, watts: 1_000),
        DevicePeaks(
            "RTX 3090", ["rtx 3090"], [.float32: 35.6, .tf32: 35.6, .float16: 71, .bfloat16: 71, .int8: 284], gigabytesPerSecond: 936,
            gigabytes: 24, watts: 350),
        DevicePeaks(
            "RTX 4090", ["rtx 4090"], [.float32: 82.6, .tf32: 82.6, .float16: 165.2, .bfloat16: 165.2, .fp8: 330.3, .int8: 660.6],
            gigabytesPerSecond: 1_008, gigabytes: 24, watts: 450),
        DevicePeaks(
            "RTX 5090", ["rtx 5090"],
            [.float32: 104.8, .tf32: 104.8, .float16: 209.5, .bfloat16: 209.5, .fp8: 419, .int8: 838, .mxfp4: 1_676],
            gigabytesPerSecond: 1_792, gigabytes: 32, watts: 575),
        DevicePeaks(
            "MI210", ["mi210"], [.float32: 45.3, .float16: 181, .bfloat16: 181, .int8: 181], gigabytesPerSecond: 1_638, gigabytes: 64,
            watts: 300),
        DevicePeaks(
            "MI250X", ["mi250x"], [.float32: 95.7, .float16: 383, .bfloat16: 383, .int8: 383], gigabytesPerSecond: 3_277, gigabytes: 128,
            watts: 560),
        DevicePeaks("MI300X", ["mi300x"], instinct3, gigabytesPerSecond: 5_300, gigabytes: 192, watts: 750),
        DevicePeaks("MI325X", ["mi325x"], instinct3, gigabytesPerSecond: 6_000, gigabytes: 256, watts: 1_000),
        DevicePeaks(
            "Jetson AGX Orin 64GB", ["jetson agx orin", "agx orin", "jetson agx orin developer kit"],
            [.float32: 5.3, .float16: 42.5, .int8: 85], gigabytesPerSecond: 204.8, gigabytes: 64, watts: 60),
    ]

    private static let ampere: [Precision: Double] = [.float32: 19.5, .tf32: 156, .float16: 312, .bfloat16: 312, .int8: 624]
    private static let hopper: [Precision: Double] = [
        .float32: 67, .tf32: 494.7, .float16: 989.4, .bfloat16: 989.4, .fp8: 1_979, .int8: 1_979,
    ]
    private static let hopperNVL: [Precision: Double] = [
        .float32: 60, .tf32: 417.5, .float16: 835.5, .bfloat16: 835.5, .fp8: 1_670.5, .int8: 1_670.5,
    ]
    private static let instinct3: [Precision: Double] = [
        .float32: 163.4, .tf32: 653.7, .float16: 1_307.4, .bfloat16: 1_307.4, .fp8: 2_614.9, .int8: 2_614.9,
    ]
}
