import JouleModel
import JouleTestSupport
import JouleUnits
import Testing

@testable import JouleMeters

@Suite(.timeLimit(.minutes(2))) struct `Plugs on the network` {
    private func plug(_ url: String, _ kind: MeterSelector.PlugKind) -> MeterSelector { selector(.plug, url) { $0.plug = kind } }

    @Test func `a Shelly of the first generation counts watt-minutes`() async throws {
        let server = LoopbackServer { request in
            switch request.path {
            case "/shelly": .init(#"{"type":"SHPLG-S","mac":"98cdac1f2e3d","auth":false,"fw":"x"}"#)
            case "/meter/0": .init(#"{"power":27.63,"overpower":0.0,"is_valid":true,"timestamp":1,"counters":[27.6,1.0,1.0],"total":8271}"#)
            default: .init(status: 404)
            }
        }
        let meter = try #require(try await find(plug(server.url, .shelly)).meters.first)
        let channel = try #require(meter.channels.first)
        #expect(channel.scope == .node && channel.device == "plug 98CDAC1F2E3D" && channel.gain == 0.02 && channel.kind == .counter)
        let sample = try #require(try await meter.samples().first?.first)
        #expect(sample.energy == Joules(8_271 * 60) && sample.power == Watts(27.63))
        #expect(meter.shortestPeriod == .milliseconds(500))
    }

    @Test func `a Shelly of a later generation counts watt-hours, as a switch or as a meter`() async throws {
        for page in ["/rpc/Switch.GetStatus", "/rpc/PM1.GetStatus"] {
            let server = LoopbackServer { request in
                if request.path == "/shelly" { return .init(#"{"id":"x","mac":"AABB","model":"SNPL-00112EU","gen":2}"#) }
                guard request.target == page + "?id=0" else { return .init(status: 404) }
                return .init(
                    #"{"id":0,"output":true,"apower":310.5,"voltage":230.1,"aenergy":{"total":1234.567,"by_minute":[1,2,3],"minute_ts":1}}"#
                )
            }
            let meter = try #require(try await find(plug(server.url, .shelly)).meters.first)
            let sample = try #require(try await meter.samples().first?.first)
            #expect(sample.energy == .wattHours(1_234.567) && sample.power == Watts(310.5))
        }
    }

    @Test func `a page that is named is the one that is read`() async throws {
        let server = LoopbackServer { request in
            request.target == "/status"
                ? .init(#"{"meters":[{"power":10,"is_valid":true,"total":1},{"power":5.5,"is_valid":true,"total":2}]}"#)
                : .init(status: 404)
        }
        let meter = try #require(try await find(plug(server.url + "/status", .shelly)).meters.first)
        let sample = try #require(try await meter.samples().first?.first)
        #expect(sample.power == Watts(15.5) && sample.energy == Joules(180))
    }

    @Test func `two outlets of one plug are two devices, and no password is in their names`() async throws {
        let server = LoopbackServer { request in
            if request.path == "/shelly" { return .init(#"{"mac":"aabb","model":"SPSW-202","gen":2}"#) }
            return .init(#"{"id":0,"apower":100,"aenergy":{"total":1}}"#)
        }
        var names: [String] = []
        for query in ["id=0", "id=1&password=secret"] {
            let url = "\(server.url)/rpc/Switch.GetStatus?\(query)"
            let channel = try #require(try await find(plug(url, .shelly)).meters.first?.channels.first)
            names += [channel.device, channel.name]
        }
        #expect(names[0] == "plug AABB" && names[2] == "plug AABB outlet 1")
        #expect(names[1] != names[3] && !names.joined().contains("secret"))
    }

    @Test func `of outlets and pages the names are what a plug calls them`() {
        func device(_ page: String) -> String { PlugOutlet(page: "http://h" + page).device(of: "plug") }
        #expect(device("/meter/0") == "plug" && device("/meter/2") == "plug outlet 2" && device("/status") == "plug all outlets")
        #expect(device("/rpc/PM1.GetStatus?id=3") == "plug outlet 3" && device("/cm?user=a&password=1&cmnd=Status%208") == "plug")
        #expect(device("") == "plug")
    }

    @Test func `an outlet is not added to the sum of its plug's outlets`() async throws {
        let server = LoopbackServer { request in
            switch request.path {
            case "/shelly": .init(#"{"type":"SHSW-25","mac":"AABB"}"#)
            case "/meter/1": .init(#"{"power":10,"is_valid":true,"total":1}"#)
            case "/status": .init(#"{"meters":[{"power":10,"is_valid":true,"total":1},{"power":5.5,"is_valid":true,"total":2}]}"#)
            default: .init(status: 404)
            }
        }
        let whole = try #require(try await find(plug(server.url + "/status", .shelly)).meters.first?.channels.first)
        let outlet = plug(server.url + "/meter/1", .shelly)
        let part = try #require(try await find(outlet, counted: [whole]).meters.first?.channels.first)
        #expect(whole.countsInTotals && !part.countsInTotals)
        #expect(part.whyNotAdded?.hasPrefix("not added: Shelly SHSW-25 all outlets") == true)
    }

    @Test func `a reading that the plug calls invalid is missing`() {
        #expect(ShellyDecoder().readings([Array(#"{"power":0,"is_valid":false,"total":0}"#.utf8)]).first?.power == nil)
        #expect(ShellyDecoder().readings([Array("<html>".utf8)]) == [.missing("the page is no JSON")])
        #expect(ShellyDecoder().readings([Array(#"{"output":true}"#.utf8)]).first?.energy == nil)
    }

    @Test func `Tasmota counts kilowatt-hours`() async throws {
        let server = LoopbackServer { request in
            switch request.target {
            case "/cm?cmnd=Status%205": .init(#"{"StatusNET":{"Hostname":"p","Mac":"2C:3A:E8:00:00:01"}}"#)
            case "/cm?cmnd=Status%208":
                .init(
                    #"{"StatusSNS":{"Time":"2026-01-01T00:00:00","ENERGY":{"Total":12.345,"Yesterday":0.1,"Today":0.32,"Power":271,"Voltage":234}}}"#
                )
            default: .init(status: 404)
            }
        }
        let meter = try #require(try await find(plug(server.url, .tasmota)).meters.first)
        #expect(meter.channels.first?.device == "plug 2C:3A:E8:00:00:01")
        let sample = try #require(try await meter.samples().first?.first)
        #expect(sample.energy == .kilowattHours(12.345) && sample.power == Watts(271))
    }

    @Test func `phases of one Tasmota device add up`() {
        let page = #"{"StatusSNS":{"ENERGY":{"Total":[1,2.5],"Power":[100,50]}}}"#
        let reading = TasmotaDecoder().readings([Array(page.utf8)]).first
        #expect(reading?.power == Watts(150) && reading?.energy == .kilowattHours(3.5))
    }

    @Test func `a plug that wants a password or measures nothing says so`() async throws {
        let locked = LoopbackServer { $0.path == "/shelly" ? .init(#"{"gen":2}"#) : .init(status: 401) }
        #expect(try await find(plug(locked.url, .shelly)).unavailable.first?.reason == "the answer is HTTP 401")
        let dumb = LoopbackServer { _ in .init(#"{"StatusSNS":{"Time":"x","Switch1":"OFF"}}"#) }
        #expect(try await find(plug(dumb.url, .tasmota)).unavailable.first?.reason == "the page has no ENERGY")
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Zeus's daemon` {
    private static let discover = """
        {"gpus":[{"id":0,"name":"NVIDIA A40","pci_address":"0000:01:00.0","cumulative_energy_available":true},
        {"id":1,"name":"AMD MI","pci_address":"0000:41:00.0","cumulative_energy_available":false}],
        "cpus":[{"id":0,"dram_available":true},{"id":1,"dram_available":false}],
        "enabled_api_groups":["gpu-read","cpu-read"],"auth_required":false}
        """

    private func daemon(_ discover: String = Self.discover) -> LoopbackServer {
        LoopbackServer { request in
            switch request.target {
            case "/discover": .init(discover)
            case "/gpu/get_cumulative_energy?gpu_ids=0": .init(#"{"0":{"energy_mj":123456}}"#)
            case "/gpu/get_power?gpu_ids=0,1": .init(#"{"timestamp_ms":1762000000000,"power_mw":{"0":75000,"1":120000}}"#)
            case "/cpu/get_cumulative_energy?cpu=true&dram=true":
                .init(#"{"0":{"cpu_energy_uj":5000000,"dram_energy_uj":1000000},"1":{"cpu_energy_uj":7000000,"dram_energy_uj":null}}"#)
            default: .init(#"{"error":"x"}"#, status: 400)
            }
        }
    }

    @Test func `GPUs and processors are read with what each of them has`() async throws {
        let server = daemon()
        let found = try await find(selector(.zeusd, server.url))
        try #require(found.meters.count == 2, "\(found.unavailable)")
        #expect(found.meters[0].channels.map(\.kind) == [.counter, .power])
        let gpus = try #require(try await found.meters[0].samples().first)
        #expect(gpus.map { $0.energy } == [Joules(123.456), nil] && gpus.map { $0.power } == [Watts(75), Watts(120)])
        #expect(found.meters[1].channels.map(\.device) == ["package-0", "package-0/dram", "package-1"])
        let cpus = try #require(try await found.meters[1].samples().first)
        #expect(cpus.map { $0.energy } == [Joules(5), Joules(1), Joules(7)])
    }

    @Test func `a GPU of this machine has the name that NVML gives it`() async throws {
        let server = daemon()
        var gpu = RunEnvironment.GPU(index: 0, uuid: "GPU-here")
        gpu.pciBusID = "00000000:41:00.0"
        let channels = try await find(selector(.zeusd, server.url), gpus: [gpu]).meters[0].channels
        #expect(channels.map(\.device) == ["0000:01:00.0", "GPU-here"])
    }

    @Test func `a daemon that wants a token gets Zeus's own`() async throws {
        let server = daemon(Self.discover.replacing(#""auth_required":false"#, with: #""auth_required":true"#))
        #expect(try await find(selector(.zeusd, server.url)).unavailable.first?.remedy?.contains("ZEUSD_TOKEN") == true)
        #expect(try await find(selector(.zeusd, server.url), variables: ["ZEUSD_TOKEN": "t0k"]).meters.count == 2)
        #expect(server.requests.last?.headers["authorization"] == "Bearer t0k")
    }

    @Test func `an older daemon lists bare numbers`() throws {
        let page = try #require(JSONValue(page: Array(#"{"gpu_ids":[0,1],"cpu_ids":[0],"dram_available":[true]}"#.utf8)))
        let inventory = try #require(ZeusdInventory(page))
        #expect(
            inventory.gpus.map(\.index) == [0, 1] && inventory.cpus == [.init(index: 0, hasDRAM: true)] && inventory.offers("gpu-read"))
    }

    @Test func `a number that is no index is no device`() throws {
        let page = try #require(JSONValue(page: Array(#"{"gpus":[{"id":1e300},{"id":1}],"cpus":[{"id":0.5}],"cpu_ids":[-1e300,3]}"#.utf8)))
        let inventory = try #require(ZeusdInventory(page))
        #expect(inventory.gpus.map(\.index) == [1] && inventory.cpus.map(\.index) == [3])
    }

    @Test func `a daemon that reads nothing is unavailable`() async throws {
        let server = daemon(#"{"gpus":[],"cpus":[],"enabled_api_groups":[]}"#)
        #expect(try await find(selector(.zeusd, server.url)).unavailable.first?.reason == "it offers no readings")
        let other = LoopbackServer { _ in .init("hello") }
        #expect(try await find(selector(.zeusd, other.url)).unavailable.count == 1)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The energy that a server reports of its GPUs` {
    @Test func `the page of trtllm-serve is one counter of the gpu scope`() async throws {
        let server = LoopbackServer {
            $0.path == "/energy_metrics" ? .init(#"{"total_energy_j": 123.4567, "query_time": 98.7}"#) : .init(status: 404)
        }
        let meter = try #require(try await find(selector(.energyMetrics, server.url)).meters.first)
        #expect(meter.channels.map(\.scope) == [.gpu] && meter.channels.map(\.countsInTotals) == [true])
        #expect(try await meter.samples().first?.first?.energy == Joules(123.4567))
    }

    @Test func `beside NVML it is shown and not added`() async throws {
        let server = LoopbackServer { _ in .init(#"{"total_energy_j": 1}"#) }
        let nvml = MeterChannel(
            meter: "nvml", scope: .gpu, device: "GPU-a", name: "x", kind: .counter, hasEnergy: true, hasPower: true, gain: 0.05)
        let channels = try await find(selector(.energyMetrics, server.url), counted: [nvml]).meters.flatMap(\.channels)
        #expect(channels.map(\.countsInTotals) == [false])
    }

    @Test func `a server that was not told to measure says how`() async throws {
        let server = LoopbackServer { _ in .init(#"{"error":"Energy monitoring is not available"}"#, status: 503) }
        let found = try await find(selector(.energyMetrics, server.url))
        #expect(found.meters.isEmpty && found.unavailable.first?.reason == "the answer is HTTP 503")
    }
}
