import JouleMeters
import JouleModel
import JouleUnits
import Testing

@testable import JouleRunner

/// Who is seen on the devices of a run, look by look.
@Suite struct `Who computes on a device` {
    private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

    private func sight(_ seconds: Double, _ pids: [Int], _ origins: [Int: ProcessOrigin] = [:], names: [Int: String] = [:])
        -> DeviceUse.Sight
    {
        DeviceUse.Sight(instant: at(seconds), devices: ["GPU-0": pids], origins: origins, names: names)
    }

    private func use(_ sights: [DeviceUse.Sight]) -> DeviceUse {
        sights.reduce(into: DeviceUse()) { $0.note($1) }
    }

    @Test func `a device that is not told has nobody known, and an empty one nobody`() {
        #expect(DeviceUse().foreign(on: "GPU-0") == nil)
        #expect(use([sight(0, [])]).foreign(on: "GPU-0") == [])
    }

    @Test func `who was there, who came and who went`() {
        let seen = use([
            sight(0, [7, 9], [7: .own, 9: .foreign], names: [9: "python3"]), sight(2, [7, 9]),
            sight(4, [7, 9, 11], [7: .own, 9: .foreign, 11: .foreign], names: [11: "train"]), sight(6, [7, 11]),
        ]).foreign(on: "GPU-0")
        #expect(
            seen == [
                ForeignProcess(pid: 9, name: "python3", lastSeen: at(4)), ForeignProcess(pid: 11, name: "train", came: at(4)),
            ])
    }

    @Test func `what was the run's stays the run's when its parents are gone`() {
        let seen = use([
            sight(0, [7], [7: .own]), sight(2, [7, 8], [7: .foreign, 8: .unclear("it may be")], names: [8: "x"]),
        ]).foreign(on: "GPU-0")
        #expect(seen?.map(\.pid) == [8] && seen?.first?.doubt == "it may be")
    }

    @Test func `a doubt ends when the server is seen`() {
        let seen = use([
            sight(0, [3], [3: .unclear("it may be the server itself")], names: [3: "vllm"]),
            sight(2, [3, 4], [3: .server, 4: .foreign], names: [4: "train"]),
        ]).foreign(on: "GPU-0")
        #expect(seen?.map(\.pid) == [4])
    }

    @Test func `one that ends while it is looked at is nobody`() {
        let gone = use([sight(0, []), sight(2, [5], [5: .unclear("-")]), sight(4, [])])
        #expect(gone.foreign(on: "GPU-0") == [])
        let stays = use([sight(0, []), sight(2, [5], [5: .unclear("-")]), sight(4, [5])])
        #expect(stays.foreign(on: "GPU-0")?.map(\.pid) == [5])
    }
}
