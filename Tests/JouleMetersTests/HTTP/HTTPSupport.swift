import JouleAnalysis
import JouleModel
import JouleTestSupport
import JouleUnits

@testable import JouleMeters

/// A selector with its options.
func selector(_ family: MeterSelector.Family, _ url: String, _ change: (inout MeterSelector) -> Void = { _ in }) -> MeterSelector {
    var selector = MeterSelector(family)
    selector.url = url
    change(&selector)
    return selector
}

/// What looking for it finds, on a thread that may block.
func find(
    _ selector: MeterSelector, devices: [DeviceSelector]? = nil, gpus: [RunEnvironment.GPU] = [], counted: [MeterChannel] = [],
    variables: [String: String] = [:]
) async throws -> MeterDiscovery {
    try await onThread {
        try HTTPMeterSearch(selector, devices: devices, gpus: gpus, counted: counted, variables: variables).find()
    }
}

extension Meter {
    /// Opens the meter on a thread of its own, reads it so often, closes it.
    func samples(_ times: Int = 1, between: @escaping @Sendable (Int) -> Void = { _ in }) async throws -> [[RawSample]] {
        try await onThread {
            let reader = try self.open()
            defer { reader.close() }
            return (0..<times).map { number in
                between(number)
                let slots = UnsafeMutableBufferPointer<RawSample>.allocate(capacity: self.channels.count)
                defer { slots.deallocate() }
                slots.initialize(repeating: RawSample())
                reader.read(.full, into: slots)
                return Array(slots)
            }
        }
    }
}
