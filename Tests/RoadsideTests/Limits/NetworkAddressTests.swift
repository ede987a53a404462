import Testing

@testable import Roadside

@Suite("Addresses as limits count them")
struct NetworkAddressTests {
    @Test("an IPv4 address is one subscriber of its /24, however it is written")
    func four() throws {
        let address = try #require(NetworkAddress("192.0.2.7"))
        #expect(NetworkAddress("::ffff:192.0.2.7") == address)
        #expect(address.subscriber == address)
        #expect(address.neighbourhood == NetworkAddress("192.0.2.0"))
        #expect(NetworkAddress("192.0.3.7")?.neighbourhood != address.neighbourhood)
        #expect(address.prefix(0) == NetworkAddress("0.0.0.0") && address.prefix(32) == address)
    }

    @Test("an IPv6 subscriber has a /64, and his /48 is his neighbourhood")
    func six() throws {
        let address = try #require(NetworkAddress("2001:db8:1:2:3:4:5:6"))
        #expect(address.subscriber == NetworkAddress("2001:db8:1:2::"))
        #expect(address.neighbourhood == NetworkAddress("2001:db8:1::"))
        #expect(address.prefix(128) == address && address.prefix(127) == NetworkAddress("2001:db8:1:2:3:4:5:6"))
        #expect(NetworkAddress("::") != NetworkAddress("0.0.0.0"))
    }

    @Test("the machine itself is known, and what is no address is none")
    func others() {
        #expect(
            ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"].allSatisfy { NetworkAddress($0)?.isLoopback == true })
        #expect(["128.0.0.1", "::2", "10.0.0.1"].allSatisfy { NetworkAddress($0)?.isLoopback == false })
        #expect(
            ["", "unknown", "1.2.3", "1.2.3.4:5", "1.2.3.256", "localhost"].allSatisfy { NetworkAddress($0) == nil })
    }
}
