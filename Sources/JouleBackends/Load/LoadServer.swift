/// The server under load: where it is, and what identifies us to it.
package struct LoadServer: Sendable {
    package var endpoint: Endpoint
    /// Sent as a bearer token to this server alone.
    package var key: String?
    /// Header fields of the user's own, which replace the client's of the same name.
    package var fields: [String: String]
    package var acceptsAnyCertificate: Bool
    /// Said in `User-Agent`.
    package var clientVersion: String

    package init(
        _ endpoint: Endpoint, key: String? = nil, fields: [String: String] = [:], acceptsAnyCertificate: Bool = false, clientVersion: String
    ) {
        self.endpoint = endpoint
        self.key = key
        self.fields = fields
        self.acceptsAnyCertificate = acceptsAnyCertificate
        self.clientVersion = clientVersion
    }

    var origin: Origin { Origin(isSecure: endpoint.scheme == .https, host: endpoint.host, port: endpoint.port) }
}
