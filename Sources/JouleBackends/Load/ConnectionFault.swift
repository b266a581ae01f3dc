import NIOCore
import NIOPosix
import NIOSSL

/// Why an exchange got no orderly end.
struct ConnectionFault: Error, Sendable {
    enum Kind: Sendable, Equatable {
        /// No connection came about.
        case connect
        case connectTimeout
        case tls
        /// The peer closed or reset the connection, or it could not be written to.
        case broken
        /// What came is no HTTP.
        case protocolViolation
    }

    let kind: Kind
    let text: String

    init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// What a failed attempt to connect says, in one line.
    init(connecting error: any Error) {
        if let error = error as? ChannelError, case .connectTimeout = error {
            self.init(.connectTimeout, "no connection in the time that is allowed")
        } else if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
            self.init(.tls, Self.text(error))
        } else {
            self.init(.connect, Self.text(error))
        }
    }

    /// The system's own words where there are any.
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as IOError: return systemText(error.errnoCode)
        case let error as NIOConnectionError:
            let failures = error.connectionErrors.map { "\($0.target): \(text($0.error))" }
            if !failures.isEmpty { return failures.joined(separator: "; ") }
            return "the name \(error.host) cannot be resolved"
        case let error as NIOSSLError:
            if case .uncleanShutdown = error { return "the peer closed without a TLS goodbye" }
            return sslText(error)
        case let error as ChannelError:
            switch error {
            case .eof, .ioOnClosedChannel, .alreadyClosed: return "the peer closed the connection"
            default: return "\(error)"
            }
        default: return "\(error)"
        }
    }

    private static func sslText(_ error: NIOSSLError) -> String {
        let text = "\(error)"
        // BoringSSL names the reason in capitals after a number of colons: …:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at …
        guard let marker = text.firstRange(of: "OPENSSL_internal:") else { return text }
        let reason = text[marker.upperBound...].prefix { $0 == "_" || $0.isUppercase || $0.isNumber }
        return reason.replacing("_", with: " ").lowercased()
    }

    private static func systemText(_ code: CInt) -> String { String(cString: strerror(code)) }
}
