import HTTPTypes
import RoadsideWeb
import Testing

@Suite("T28: where a request comes from")
struct TrustedProxiesTests {
    private func client(_ peer: String, _ fields: [String], trusting proxies: [String]) throws -> String? {
        var headers: HTTPFields = [:]
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        for field in fields { headers.append(HTTPField(name: name, value: field)) }
        return try #require(TrustedProxies(proxies)).client(behind: peer, headers)
    }

    @Test("nobody is believed but the proxies that are named")
    func untrusted() throws {
        #expect(try client("203.0.113.1", ["198.51.100.1"], trusting: []) == nil)
        #expect(try client("203.0.113.1", ["198.51.100.1"], trusting: ["10.0.0.0/8"]) == nil)
        #expect(TrustedProxies().client(behind: "10.0.0.1", [:]) == nil)
    }

    @Test("the right-most address that is no proxy of ours is the client, however many fields there are")
    func chain() throws {
        let proxies = ["10.0.0.0/8", "fd00::/8", "192.0.2.7"]
        #expect(try client("10.1.2.3", ["198.51.100.1"], trusting: proxies) == "198.51.100.1")
        #expect(try client("10.1.2.3", ["1.1.1.1, 198.51.100.1"], trusting: proxies) == "198.51.100.1")
        #expect(
            try client("10.1.2.3", ["1.1.1.1", "198.51.100.1,192.0.2.7 , 10.9.9.9"], trusting: proxies)
                == "198.51.100.1")
        #expect(try client("fd00::1", ["2001:db8::5"], trusting: proxies) == "2001:db8::5")
        #expect(try client("::ffff:10.0.0.1", ["198.51.100.1"], trusting: proxies) == "198.51.100.1")
        #expect(try client("192.0.2.8", ["198.51.100.1"], trusting: proxies) == nil)
    }

    @Test("ports and brackets are left out, and what is no address is believed no further")
    func forms() throws {
        let proxies = ["127.0.0.1"]
        #expect(try client("127.0.0.1", ["198.51.100.1:4711"], trusting: proxies) == "198.51.100.1")
        #expect(try client("127.0.0.1", ["[2001:db8::5]:4711"], trusting: proxies) == "2001:db8::5")
        #expect(try client("127.0.0.1", ["[2001:db8::5]"], trusting: proxies) == "2001:db8::5")
        for nonsense in ["", "unknown", "evil\"", "1.2.3.4.5", "[", ","] {
            #expect(try client("127.0.0.1", [nonsense], trusting: proxies) == nil)
        }
        #expect(try client("127.0.0.1", ["1.1.1.1, nonsense"], trusting: proxies) == nil)
    }

    @Test("what is no network is none")
    func faults() {
        for text in ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "proxy.example.com", "", "::/129"] {
            #expect(TrustedProxies([text]) == nil, "\(text)")
        }
    }
}
