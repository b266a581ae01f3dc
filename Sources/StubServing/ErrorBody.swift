import JouleModel

/// A body that is written as a whole.
package struct Document: Hashable, Sendable {
    package var status = 200
    package var contentType = "application/json"
    package var fields: [NamedText] = []
    package var text: String
}

extension Document {
    static func json(_ text: String, status: Int = 200) -> Document { Document(status: status, text: text) }
    static func plain(_ text: String, status: Int = 200) -> Document {
        Document(status: status, contentType: "text/plain; charset=utf-8", text: text)
    }

    /// An error in one of the forms that servers give it.
    static func error(_ status: Int, _ message: String, style: Behaviour.ErrorStyle) -> Document {
        let text = quoted(message)
        return switch style {
        case .vllm: .json(#"{"error":{"message":\#(text),"type":"\#(kind(status))","param":null,"code":\#(status)}}"#, status: status)
        case .object: .json(#"{"error":{"message":\#(text),"type":"invalid_request_error","param":null,"code":null}}"#, status: status)
        case .string: .json(#"{"error":\#(text)}"#, status: status)
        case .flat:
            .json(#"{"object":"error","message":\#(text),"type":"\#(kind(status))","param":null,"code":\#(status)}"#, status: status)
        case .detail: .json(#"{"detail":[{"loc":["body","messages"],"msg":\#(text),"type":"value_error"}]}"#, status: status)
        case .text: .plain(message, status: status)
        case .html:
            Document(
                status: status, contentType: "text/html",
                text: "<html><head><title>\(status) \(ResponseHead.reason(status))</title></head><body><h1>\(message)</h1></body></html>\n")
        case .empty: .plain("", status: status)
        }
    }

    private static func kind(_ status: Int) -> String {
        switch status {
        case 400: "BadRequestError"
        case 401: "AuthenticationError"
        case 403: "PermissionDeniedError"
        case 404: "NotFoundError"
        case 429: "RateLimitError"
        case 503: "ServiceUnavailableError"
        default: "InternalServerError"
        }
    }
}

extension ServerDialect {
    /// The form in which such a server reports an error.
    var errorStyle: Behaviour.ErrorStyle {
        switch self {
        case .vllm: .vllm
        case .sglang, .trtllm: .flat
        case .tgi: .string
        case .openai, .llamacpp, .ollama: .object
        }
    }
}
