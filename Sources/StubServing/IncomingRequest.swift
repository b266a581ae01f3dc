import NIOCore

/// A request as it came over the wire.
struct IncomingRequest {
    let method: String
    /// Without the query.
    let path: String
    let query: String
    let fields: [NamedText]
    let body: ByteBuffer
    /// When its last bytes were read, in nanoseconds on the monotonic clock.
    let received: Int64
    let closes: Bool
    let isHTTP10: Bool

    func field(_ name: String) -> String? { fields.first { $0.name.lowercased() == name }?.text }
}
