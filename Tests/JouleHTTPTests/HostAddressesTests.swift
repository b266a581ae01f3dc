import JouleHTTP
import Testing

struct HostAddressesTests {
    @Test(arguments: ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]", "0.0.0.0", "::ffff:127.0.0.1"])
    func `loopback is this machine`(host: String) {
        #expect(HostAddresses.isLocal(host) == true)
    }

    // Addresses of the blocks for documentation (RFC 5737 and 3849) belong to nobody.
    @Test(arguments: ["192.0.2.1", "2001:db8::1"]) func `an address of nobody is not this machine`(host: String) {
        #expect(HostAddresses.isLocal(host) == false)
    }

    @Test func `a name without an address is neither`() {
        #expect(HostAddresses.isLocal("no-such-host.invalid") == nil)
    }
}
