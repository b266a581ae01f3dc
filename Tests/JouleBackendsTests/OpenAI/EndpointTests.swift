import JouleBackends
import JouleModel
import Testing

struct EndpointTests {
    @Test(
        arguments: [
            ("http://h:8000", "http://h:8000/v1/chat/completions"), ("http://h:8000/", "http://h:8000/v1/chat/completions"),
            ("http://h:8001/v1", "http://h:8001/v1/chat/completions"), ("http://h:8000/v1/", "http://h:8000/v1/chat/completions"),
            ("http://h/api/v1", "http://h/api/v1/chat/completions"), ("https://h", "https://h/v1/chat/completions"),
            ("https://h:443/x/", "https://h/x/v1/chat/completions"), ("HTTP://Host.Example:80", "http://host.example/v1/chat/completions"),
            ("http://[::1]:8000", "http://[::1]:8000/v1/chat/completions"),
            ("http://[FE80::1%25eth0]", "http://[fe80::1]/v1/chat/completions"),
            (" http://127.0.0.1:11434//v1// ", "http://127.0.0.1:11434/v1/chat/completions"),
            ("http://h:/v1", "http://h/v1/chat/completions"),
            ("http://h:8000/v11", "http://h:8000/v11/v1/chat/completions"),
            ("http://h:18000/v1/v1", "http://h:18000/v1/v1/chat/completions"),
        ]) func `requests go to the base with v1 exactly once`(_ base: String, _ url: String) throws
    {
        let endpoint = try Endpoint(base)
        #expect(endpoint.url(path: ServerSpec.API.chat.path) == url)
        #expect(try Endpoint(endpoint.description) == endpoint || base.contains("%") || base.contains("/v1/v1"))
    }

    @Test func `an endpoint has its parts`() throws {
        let endpoint = try Endpoint("https://[2001:DB8::7]:8443/gate/v1")
        #expect(endpoint.scheme == .https)
        #expect(endpoint.host == "2001:db8::7")
        #expect(endpoint.port == 8_443)
        #expect(endpoint.authority == "[2001:db8::7]:8443")
        #expect(endpoint.target(.completions) == "/gate/v1/completions")
        #expect(endpoint.target(.chat, path: "own/path") == "/gate/own/path")
        #expect(try Endpoint("http://h").port == 80)
        #expect(try Endpoint("https://h").port == 443)
        #expect(Endpoint(standardFor: .ollama).description == "http://localhost:11434")
    }

    @Test(
        arguments: [
            ("localhost:8000", "endpoint.scheme"), ("", "endpoint.scheme"), ("ftp://h", "endpoint.scheme"), ("http://", "endpoint.host"),
            ("http:///v1", "endpoint.host"), ("http://:8000", "endpoint.host"), ("http://a b", "endpoint.host"),
            ("http://hö", "endpoint.host"),
            ("http://::1:8000", "endpoint.host"), ("http://[::1", "endpoint.host"), ("http://[x]", "endpoint.host"),
            ("http://[]", "endpoint.host"),
            ("http://h:0", "endpoint.port"), ("http://h:65536", "endpoint.port"), ("http://h:+80", "endpoint.port"),
            ("http://h:8x", "endpoint.port"),
            ("http://[::1]8000", "endpoint.port"), ("http://h?x=1", "endpoint.path"), ("http://h/#a", "endpoint.path"),
            ("http://h/a b", "endpoint.path"),
            ("http://h/v1/chat/completions", "endpoint.path"), ("http://h\\x", "endpoint.path"),
        ]) func `a URL that cannot be one is refused with a remedy`(_ text: String, _ code: String) throws
    {
        let failure = try #require(throws: Failure.self) { try Endpoint(text) }
        #expect(failure.code == code)
        #expect(failure.remedy != nil)
    }

    @Test(arguments: ["http://user:secret@h:8000", "http://secret@h", "user:secret@h", "ftp://user:secret@h"])
    func `a password is refused and never shown`(_ text: String) throws {
        let failure = try #require(throws: Failure.self) { try Endpoint(text) }
        #expect(!failure.description.contains("secret"))
    }
}
