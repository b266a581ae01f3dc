import JouleBackends
import JouleModel
import JouleWorkload
import Testing

@testable import JouleRunner

/// What each of several workers gets, and what they come to together.
struct WorkerCrewTests {
    private func backend(_ processes: Int, device: String = "auto") -> BackendSpec {
        var backend = BackendSpec(kind: .pytorch, model: "m")
        backend.processes = processes
        backend.device = device
        return backend
    }

    @Test func `every GPU goes to one worker, and every worker has one at least`() throws {
        for gpus in 1...9 {
            let uuids = (0..<gpus).map { "GPU-\($0)" }
            for workers in 1...gpus {
                let shares = try CrewDevices.shares(of: uuids, for: backend(workers))
                #expect(shares.count == workers)
                #expect(shares.flatMap { $0 ?? [] } == uuids)
                #expect(shares.allSatisfy { $0?.isEmpty == false })
            }
            #expect(throws: Failure.self) { try CrewDevices.shares(of: uuids, for: backend(gpus + 1)) }
        }
    }

    @Test func `on the processor any number may share it, and elsewhere GPUs must be known`() throws {
        #expect(try CrewDevices.shares(of: [], for: backend(3, device: "cpu")).count == 3)
        #expect(try CrewDevices.shares(of: nil, for: backend(1)) == [nil])
        let failure = #expect(throws: Failure.self) { try CrewDevices.shares(of: nil, for: backend(2)) }
        #expect(failure?.message.contains("num_processes must be <= len(gpu_list)") == true)
    }

    @Test func `tokens, rate and memory of several workers are sums, and what one does not know the sum does not know`() {
        var first = ProcessResult(experimentID: "e", processIndex: 0)
        (first.outputTokens, first.tokensPerSecond, first.modelMemory, first.devices) = (100, 50, .init(10), ["cuda:0"])
        var second = ProcessResult(experimentID: "e", processIndex: 1)
        (second.outputTokens, second.tokensPerSecond, second.modelMemory, second.devices) = (150, 50, .init(20), ["cuda:0"])
        first.peakMemory = .init(99)
        let both = ProcessResult.together([first, second])
        #expect(both?.outputTokens == 250 && both?.tokensPerSecond == 100 && both?.modelMemory?.bytes == 30)
        #expect(both?.peakMemory == nil)
        #expect(ProcessResult.together([first]) == first)
        #expect(ProcessResult.together([]) == nil)
    }

    @Test func `batches have numbers of their own, and every worker is warmed up`() {
        let requests = (0..<7).map { Plan.Request(index: $0, promptID: "", text: "") }
        let rule = BatchRule(size: 2)
        let crew = (0..<3).map { WorkerBatches(requests, lengths: nil, rule: rule, member: $0, of: 3) }
        let numbers = crew.flatMap { batches in batches.plan.batches.indices.map(batches.number) }
        #expect(Set(numbers).count == numbers.count)
        #expect(crew[0].plan.batches.map { $0.map(\.index) } == [[0, 3], [6]])
        let warmup = (0..<3).map {
            WorkerBatches(
                warmup: Array(requests.prefix(2)), lengths: [5, 1, 9, 9, 9, 9, 9], rule: BatchRule(size: 2, sortsByLength: true),
                member: $0, of: 3)
        }
        #expect(warmup.flatMap { $0.plan.batches.flatMap { $0.map(\.index) } } == Array(0..<6))
        #expect(warmup[1].plan.tokens == 6)
        // One worker numbers its batches as they come.
        let alone = WorkerBatches(requests, lengths: nil, rule: rule, member: 0, of: 1)
        #expect(alone.plan.batches.indices.map(alone.number) == [0, 1, 2, 3])
    }

    @Test(arguments: [
        (BackendSpec.Kind.vllm, ["--tensor-parallel-size", "2", "--pipeline-parallel-size", "3"]),
        (.sglang, ["--tp-size", "2", "--pp-size", "3"]), (.trtllm, ["--tp_size", "2", "--pp_size", "3"]), (.tgi, ["--num-shard", "2"]),
    ])
    func `a launched server is told how its model is split`(kind: BackendSpec.Kind, arguments: [String]) throws {
        var backend = BackendSpec(kind: kind, model: "m")
        backend.server.launch = LaunchSpec(command: ["serve", "m"])
        backend.server.endpoint = "http://127.0.0.1:1"
        #expect(try ServerTarget(backend, variables: [:]).spec.launch?.command == ["serve", "m"])
        (backend.tensorParallel, backend.pipelineParallel) = (2, 3)
        #expect(try ServerTarget(backend, variables: [:]).spec.launch?.command == ["serve", "m"] + arguments)
    }
}
