import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("T27: requests that two servers might read differently", .server, .serialized)
struct SmugglingTests {
    /// What would answer, should it ever be read as a request.
    private static let smuggled = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    private static let answer = "The server is alive."

    private static func post(_ fields: String, _ body: String = "") -> String {
        "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\(fields)\r\n\(body)"
    }

    /// Ambiguous or broken requests; behind each stands one that must not be reached.
    static let corpus: [String] = {
        let get = "GET /api/health HTTP/1.1\r\nHost: x\r\n"
        var all = [
            // A length and a coding, in either order and spelling.
            post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n"),
            post("Transfer-encoding: chunked\r\ncontent-length: 0\r\n", "0\r\n\r\n"),
            // Codings that one side might not see.
            post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), post("Transfer-Encoding: identity\r\n"),
            post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), post(" Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
            post("Transfer-Encoding: chunked\u{0B}\r\n", "0\r\n\r\n"), post("Transfer-Encoding: \u{0}chunked\r\n"),
            "POST /api/auth/login HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            // Lengths that are none, or more than one.
            post("Content-Length: 0\r\nContent-Length: 5\r\n"), post("Content-Length: 5\r\nContent-Length: 0\r\n"),
            post("Content-Length: 0\r\nContent-Length: 0\r\n"), post("Content-Length: 0, 0\r\n"),
            post("Content-Length: +0\r\n"), post("Content-Length: -0\r\n"), post("Content-Length: 0x0\r\n"),
            post("Content-Length: 0 0\r\n"), post("Content-Length: 99999999999999999999\r\n"),
            post("Content-Length: 0;a=b\r\n"), post("Content-Length: \r\n"), post("Content-Length : 0\r\n"),
            // Chunks that are none.
            post("Transfer-Encoding: chunked\r\n", "x\r\n\r\n"), post("Transfer-Encoding: chunked\r\n", "-1\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n", "0x2\r\n{}\r\n0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n", "2\r\n{}x\r\n0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n", "2\n{}\n0\n\n"),
            post("Transfer-Encoding: chunked\r\n", "2\r\n{}0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\nContent-Length: 50\r\n\r\n"),
            // Hosts.
            get + "Host: y\r\n\r\n", get + "host: x\r\n\r\n", "GET /api/health HTTP/1.1\r\n\r\n",
            // Headers that are none.
            get + "X: a\r\n folded\r\n\r\n", get + "X: a\r\n\tfolded\r\n\r\n", get + "X : a\r\n\r\n",
            get + ": a\r\n\r\n",
            get + "X\r\n\r\n", get + "X Y: a\r\n\r\n", get + "X\u{0}: a\r\n\r\n", get + "X: a\u{0}b\r\n\r\n",
            get + "X: a\rb\r\n\r\n", get + "X: a\r\r\n\r\n", get + "X\u{E9}: a\r\n\r\n",
            // Lines that are none.
            "GET /api/health HTTP/1.1 x\r\nHost: x\r\n\r\n", "GET /api/health\r\nHost: x\r\n\r\n",
            "GET /api health HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /api/health http/1.1\r\nHost: x\r\n\r\n", "GET /api/health HTTP/2.0\r\nHost: x\r\n\r\n",
            "GET /api/health HTTP/1.1\u{0}\r\nHost: x\r\n\r\n", "G\u{0}T /api/health HTTP/1.1\r\nHost: x\r\n\r\n",
            "get /api/health HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ]
        all += ["GET /api/health HTTP/1.1\nHost: x\n\n", get.replacing("\r\n", with: "\n") + "\n"]
        return all
    }()

    @Test("T27: none is served, what stands behind it is not read, and the next connection is unharmed")
    func refused() async throws {
        let server = try server()
        #expect(Self.corpus.count >= 50)
        for request in Self.corpus {
            let socket = try await RawSocket.connect(host: "127.0.0.1", port: server.port)
            try await socket.write(request + Self.smuggled)
            let text = String(decoding: try await socket.readToEnd(), as: UTF8.self)
            // In one line, whatever is in it.
            let about = Comment(rawValue: "\(request.debugDescription) was answered \(text.debugDescription)")
            #expect(!text.contains(Self.answer), about)
            #expect(text.ranges(of: "HTTP/1.1 ").count <= 1, about)
            #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4") || text.hasPrefix("HTTP/1.1 5"), about)
            try await socket.close()
        }
        #expect(try await server.http().get("/health/live").status == 200)
    }

    @Test("T27: what is odd and clear is served, once, and so is what stands behind it")
    func served() async throws {
        let server = try server()
        let clear = [
            Self.post("Content-Length: 2\r\n", "{}"), Self.post("Content-Length: 002\r\n", "{}"),
            Self.post("Content-Length:\t2 \r\n", "{}"),
            Self.post("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
            Self.post("Transfer-Encoding: CHUNKED\r\n", "2;a=b;c=\"d\"\r\n{}\r\n0\r\n\r\n"),
            Self.post("Content-Length: 2\r\nX-Length: 50\r\nContent_Length: 0\r\n", "{}"),
        ]
        for request in clear {
            let socket = try await RawSocket.connect(host: "127.0.0.1", port: server.port)
            try await socket.write(request + Self.smuggled)
            let text = String(decoding: try await socket.readToEnd(), as: UTF8.self)
            let about = Comment(rawValue: "\(request.debugDescription) was answered \(text.debugDescription)")
            #expect(text.hasPrefix("HTTP/1.1 422 "), about)
            #expect(text.ranges(of: "HTTP/1.1 ").count == 2 && text.ranges(of: Self.answer).count == 1, about)
            try await socket.close()
        }
    }
}
