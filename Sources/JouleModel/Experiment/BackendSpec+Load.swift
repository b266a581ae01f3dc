extension BackendSpec {
    /// Whether a run loads the model itself: it starts a worker, or launches a server. A server that runs already has it loaded.
    package var isLoadedByRun: Bool { !kind.isServer || server.launch != nil }

    /// What loading the model depends on: where the keys of two runs are equal, the second can use the model that the first has loaded.
    ///
    /// Everything counts but what only shapes requests, so that a property of which nobody thought costs a needless load and not a wrong
    /// figure. Of a server it is what it is launched with and where it answers.
    package var loadKey: BackendSpec {
        var key = self
        key.server = ServerSpec()
        guard kind.isServer else { return key }
        key.server.endpoint = server.endpoint
        key.server.launch = server.launch
        key.server.launch?.readyTimeout = LaunchSpec(command: []).readyTimeout
        return key
    }
}
