import JouleModel

extension BackendSpec {
    /// The GPUs that this backend will use, as selectors for the meters: nil for all visible ones, empty for none.
    package var meteredDevices: [DeviceSelector]? {
        if device == "cpu" || device == "mps" { return [] }
        if let deviceIDs { return deviceIDs }
        if let index = cudaIndex { return [.index(index)] }
        return nil
    }

    /// The backend as the worker must see it once its visible GPUs are exactly the chosen ones: `cuda:1` is then its first device.
    package func renumbered(visibleGPUs: [String]?) -> BackendSpec {
        guard visibleGPUs != nil, cudaIndex != nil else { return self }
        var spec = self
        spec.device = "cuda"
        return spec
    }

    private var cudaIndex: Int? {
        guard device.hasPrefix("cuda:") else { return nil }
        return Int(device.dropFirst("cuda:".count))
    }
}
