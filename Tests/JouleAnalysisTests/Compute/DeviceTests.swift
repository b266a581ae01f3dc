import JouleAnalysis
import JouleModel
import JouleUnits
import Testing

struct DeviceTests {
    @Test(arguments: [
        ("NVIDIA H100 80GB HBM3", "H100 SXM"), ("NVIDIA H100 PCIe", "H100 PCIe"), ("NVIDIA H100 NVL", "H100 NVL"),
        ("NVIDIA H200", "H200 SXM"), ("NVIDIA A100-SXM4-80GB", "A100 SXM4 80GB"), ("NVIDIA A100 80GB PCIe", "A100 PCIe 80GB"),
        ("NVIDIA A100-PCIE-40GB", "A100 PCIe 40GB"), ("Tesla T4", "T4"), ("Tesla V100-SXM2-32GB", "V100 SXM2 32GB"), ("NVIDIA L4", "L4"),
        ("NVIDIA L40S", "L40S"), ("NVIDIA GeForce RTX 4090", "RTX 4090"), ("NVIDIA B200", "B200"), ("AMD Instinct MI300X OAM", "MI300X"),
        ("NVIDIA GH200 480GB", "GH200 96GB"), ("h100", "H100 SXM"),
    ])
    func `a device is found by the name that its library gives`(name: String, product: String) {
        #expect(DevicePeaks.named(name)?.name == product)
    }

    @Test(arguments: [
        "NVIDIA GeForce RTX 4090 D", "NVIDIA GeForce RTX 4090 Laptop GPU", "NVIDIA GeForce RTX 3090 Ti", "Accelerator", "H1000", "",
    ])
    func `a device that is merely alike is not taken for it`(name: String) {
        #expect(DevicePeaks.named(name) == nil)
    }

    @Test func `no two devices answer to one name`() {
        for device in DevicePeaks.all {
            #expect(DevicePeaks.named(device.name) == device)
        }
        #expect(Set(DevicePeaks.all.map(\.name)).count == DevicePeaks.all.count)
    }

    @Test func `peaks are dense, and few bits are computed with in sixteen where the device has no such arithmetic`() throws {
        let hopper = try #require(DevicePeaks.named("H100"))
        #expect(hopper.peak(.bfloat16) == 989.4e12)
        #expect(hopper.peak(.fp8) == 1_979e12)
        #expect(hopper.peak(.mxfp4) == hopper.peak(.bfloat16))
        let ampere = try #require(DevicePeaks.named("A100"))
        #expect(ampere.peak(.fp8) == 312e12)
        #expect(try #require(DevicePeaks.named("V100")).peak(.bfloat16) == nil)
        for device in DevicePeaks.all {
            #expect(device.bandwidth > 1e11 && device.bandwidth < 1e13 && device.ratedPower >= 60 && device.ratedPower <= 1_200)
            #expect(try #require(device.peak(.float16)) > (try #require(device.peak(.float32))))
        }
    }
}

struct ReferenceBandTests {
    private let bands = ReferenceBands()

    @Test func `every row of the table is read`() {
        #expect(bands.rows.count == 565)
        #expect(bands.models.count == 27)
        for row in bands.rows {
            #expect(DevicePeaks.named(row.gpu) != nil)
            // Energy of a token times tokens a second is power.
            #expect(isClose(row.perToken.rawValue * row.tokensPerSecond / row.meanPower.rawValue, 1, within: 0.01), "\(row)")
        }
    }

    @Test func `a band lies between the measured batches around the asked one and never beyond them`() throws {
        let device = try #require(DevicePeaks.named("B200"))
        let rows = bands.rows(model: "Qwen/Qwen3-14B", gpu: device, precision: .bfloat16).filter { $0.workload == "gpqa" }
        let exact = try #require(bands.band(of: rows, batch: 16))
        #expect(exact.low == exact.high && exact.low == Joules(0.78064))
        let between = try #require(bands.band(of: rows, batch: 20))
        #expect(between.low == Joules(0.41806) && between.high == Joules(0.78064))
        #expect(bands.band(of: rows, batch: 7) == nil)
        #expect(bands.band(of: rows, batch: 100_000) == nil)
    }

    @Test func `a model is known with and without its organisation, and not by that of another`() throws {
        let device = try #require(DevicePeaks.named("H100"))
        #expect(!bands.rows(model: "qwen/qwen3-8b", gpu: device).isEmpty)
        #expect(!bands.rows(model: "Qwen3-8B", gpu: device).isEmpty)
        #expect(!bands.rows(model: "/models/Qwen3-8B", gpu: device).isEmpty)
        #expect(bands.rows(model: "someone/Qwen3-8B", gpu: device).isEmpty)
        #expect(bands.rows(model: "Qwen3-8", gpu: device).isEmpty)
    }

    @Test func `only what is far outside is implausible`() throws {
        func verdict(_ joules: Double, batch: Double = 16, model: String = "Qwen/Qwen3-8B") -> ReferenceBands.Verdict {
            bands.plausibility(
                of: Joules(joules), model: model, gpu: "NVIDIA H100 80GB HBM3", gpuCount: 1, precision: .bfloat16, batch: batch)
        }
        let device = try #require(DevicePeaks.named("H100"))
        let band = try #require(bands.band(of: bands.rows(model: "Qwen/Qwen3-8B", gpu: device, gpuCount: 1), batch: 16))
        #expect(verdict(band.low.rawValue) == .inside(band))
        #expect(verdict(band.high.rawValue * 2) == .outside(band))
        #expect(verdict(band.high.rawValue * 6) == .implausible(band))
        #expect(verdict(band.low.rawValue / 6) == .implausible(band))
        if case .unknown = verdict(1, batch: 1) {} else { Issue.record("batch 1 has no reference") }
        if case .unknown = verdict(1, model: "m") {} else { Issue.record("m has no reference") }
    }
}
