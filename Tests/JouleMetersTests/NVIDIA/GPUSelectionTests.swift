import JouleMeters
import JouleModel
import Testing

@Suite struct `The choice of GPUs` {
    static let gpus = [
        GPUIdentity(index: 0, uuid: "GPU-aaaa1111-0000", name: "NVIDIA A100"),
        GPUIdentity(index: 1, uuid: "GPU-aaaa2222-0000", name: "NVIDIA A100", slices: ["MIG-11110000", "MIG-11112222", "MIG-33330000"]),
        GPUIdentity(index: 2, uuid: "GPU-bbbb0000-0000", name: nil),
    ]

    private func chosen(_ selectors: [DeviceSelector]?, _ visible: String? = nil) throws -> [Int] {
        try GPUSelection.resolve(selectors, cudaVisibleDevices: visible, among: Self.gpus).choices.map { $0.gpu.index }
    }

    private func failure(_ selector: DeviceSelector) -> Failure? {
        do {
            _ = try GPUSelection.resolve([selector], cudaVisibleDevices: nil, among: Self.gpus)
            return nil
        } catch {
            return error
        }
    }

    @Test func `everything is chosen when nothing is said`() throws {
        #expect(try chosen(nil) == [0, 1, 2])
        #expect(try chosen([]) == [])
    }

    @Test func `an index is NVML's whatever CUDA sees`() throws {
        #expect(try chosen([.index(2), .index(0)]) == [2, 0])
        #expect(try chosen([.index(0)], "2,1") == [0])
        #expect(try chosen([.index(1)], "") == [1])
    }

    @Test func `the beginning of a UUID is enough where it fits one GPU`() throws {
        #expect(try chosen([.uuid("GPU-b")]) == [2])
        #expect(try chosen([.uuid("GPU-aaaa2222-0000")]) == [1])
        let ambiguous = failure(.uuid("GPU-aaaa"))
        #expect(ambiguous?.code == "meter.unknown-device" && ambiguous?.message == "GPU-aaaa is the beginning of 2 UUIDs")
    }

    @Test func `a whole UUID wins over a longer one that it begins`() throws {
        let gpus = [GPUIdentity(index: 0, uuid: "GPU-aa", name: nil), GPUIdentity(index: 1, uuid: "GPU-aabb", name: nil)]
        let selection = try GPUSelection.resolve([.uuid("GPU-aa")], cudaVisibleDevices: nil, among: gpus)
        #expect(selection.choices.map { $0.gpu.index } == [0])
    }

    @Test func `a slice leads to its GPU, and two slices of one GPU to one GPU`() throws {
        let selection = try GPUSelection.resolve(
            [.mig("MIG-33330000"), .mig("MIG-11112"), .index(1)], cudaVisibleDevices: nil, among: Self.gpus)
        #expect(selection.choices.map { $0.gpu.index } == [1])
        #expect(selection.choices[0].slices == ["MIG-33330000", "MIG-11112222"])
        #expect(try chosen([.mig("MIG-GPU-aaaa2222-0000/3/0")]) == [1])
        #expect(failure(.mig("MIG-1111"))?.message == "MIG-1111 is the beginning of 2 UUIDs")
        #expect(failure(.mig("MIG-7"))?.message == "there is no GPU MIG-7")
    }

    @Test(arguments: [
        DeviceSelector.index(3), .uuid("GPU-c"), .uuid("GPU-bbbb0000-0000-1"), .mig("MIG-GPU-cccc/1/0"),
    ])
    func `a selector that fits nothing is an error that lists what there is`(selector: DeviceSelector) {
        let failure = failure(selector)
        #expect(failure?.code == "meter.unknown-device")
        #expect(failure?.remedy?.contains("0 (NVIDIA A100, GPU-aaaa1111-0000), 1 (") == true)
        #expect(failure?.remedy?.contains("with MIG-11110000 and MIG-11112222 and MIG-33330000") == true)
    }

    @Test(arguments: [
        ("0,1,2", [0, 1, 2]), ("2,0", [2, 0]), (" 1 , 2 ", [1, 2]), ("1", [1]), ("1gpu,2x", [1, 2]), ("0,3,1", [0]), ("0,-1,1", [0]),
        ("", []), ("-1", []), ("none", []), ("0,0", []), ("1,2,1", []), ("GPU-aaaa1,GPU-bbbb", [0, 2]), ("GPU-aaaa,GPU-bbbb", []),
        ("GPU-bbbb,GPU-c,GPU-aaaa1", [2]), ("GPU-bbbb,0", [2]), ("0,GPU-bbbb", [0]), ("MIG-33330000", [1]), ("GPU-bbbb,MIG-33330000", [2]),
        ("MIG-33330000,MIG-11110000", [1]), ("GPU-bbbb,GPU-bbbb0000-0000", []),
    ])
    func `CUDA_VISIBLE_DEVICES means what it means to CUDA`(value: String, expected: [Int]) throws {
        #expect(try chosen(nil, value) == expected)
    }

    @Test func `what the variable hides by a mistake is said`() throws {
        func remark(_ value: String) throws -> String? {
            try GPUSelection.resolve(nil, cudaVisibleDevices: value, among: Self.gpus).remark
        }
        #expect(try remark("0,1") == nil)
        #expect(try remark("") == "CUDA_VISIBLE_DEVICES= hides every GPU")
        #expect(try remark("-1") == "CUDA_VISIBLE_DEVICES=-1 hides every GPU")
        #expect(try remark("0,5")?.contains("names `5`, which is no GPU here") == true)
        #expect(try remark("1,1")?.contains("names 1 twice") == true)
    }

    // MARK: Whose processes

    @Test func `the parent is read past a name with brackets and blanks`() {
        #expect(ProcessTree.parent(inStat: "4711 (a ) (b) c) S 42 4711 0") == 42)
        #expect(ProcessTree.parent(inStat: "4711 (torn") == nil)
    }
}
