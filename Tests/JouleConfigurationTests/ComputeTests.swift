import JouleConfiguration
import JouleModel
import Testing

struct ComputeTests {
    private func compute(_ keys: String) throws -> ComputeSpec { try experiment(minimal + "compute: {\(keys)}\n").compute }

    @Test func `operations are counted as well as can be unless something else is said`() throws {
        #expect(try experiment(minimal).compute == ComputeSpec())
        #expect(try compute("flops: profiled").flops == .profiled)
        #expect(try compute("flops: architecture").flops == .architecture)
        #expect(try compute("flops: parameters").flops == .parameters)
        #expect(try compute("flops: 14e9").flops == .perToken(14e9))
        #expect(try compute("flops: 14 GFLOP").flops == .perToken(14e9))
    }

    @Test(arguments: [
        ("989e12", 989e12), ("989 TFLOP/s", 989e12), ("0.989 PFLOPS", 989e12), ("1_000", 1_000), ("1EFLOP/s", 1e18), ("2e3 GFLOP/s", 2e12),
    ])
    func `peaks carry a prefix and a unit or none`(text: String, value: Double) throws {
        #expect(try compute("peak_flops: \(text)").peakFLOPS == value)
    }

    @Test func `a bandwidth is in bytes, never in bits`() throws {
        #expect(try compute("peak_bandwidth: 4.8 TB/s").peakBandwidth == 4.8e12)
        #expect(try compute("peak_bandwidth: 3350 GB/s").peakBandwidth == 3.35e12)
        #expect(try failure(minimal + "compute: {peak_bandwidth: 4.8 Tb/s}\n").code == "config.wrong-type")
    }

    @Test(arguments: [
        ("flops: fast", "config.invalid-value"), ("flops: -1", "config.out-of-range"), ("peak_flops: 0", "config.out-of-range"),
        ("peak_flops: 5 W", "config.wrong-type"), ("peak_flops: [1]", "config.wrong-type"), ("peak_flop: 1", "config.unknown-key"),
    ])
    func `what is no amount is refused`(keys: String, code: String) throws {
        #expect(try failure(minimal + "compute: {\(keys)}\n").code == code)
    }

    @Test func `counting while the model runs needs a worker that can see its operations`() throws {
        let server = try failure("backend: {type: vllm, model: m}\ncompute: {flops: profiled}\n")
        #expect(server.code == "config.not-honoured" && server.cause == nil && server.source?.line == 2)
        let packed = try failure("backend: {type: pytorch, model: m, quantization: int8}\ncompute: {flops: profiled}\n")
        #expect(packed.message.contains("quantised"))
        #expect(failures("backend: {type: vllm, model: m}\ncompute: {flops: architecture}\n").isEmpty)
    }

    @Test(arguments: ["flops: auto", "flops: 2.5 GFLOP", "peak_flops: 989 TFLOP/s, peak_bandwidth: 3.35 TB/s"])
    func `what is shown reads back to the same`(keys: String) throws {
        let first = try experiment(minimal + "compute: {\(keys)}\n")
        #expect(try experiment(ConfigurationRenderer.yaml(first)) == first)
    }
}
