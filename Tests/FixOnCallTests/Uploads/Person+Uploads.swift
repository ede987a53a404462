import BSON
import FixOnCallClient
import RoadsideRules
import RoadsideTesting
import Testing

/// A form as a client writes it.
struct Form {
    var boundary = "----FixOnCallBoundary7MA4YWxk"
    private(set) var bytes: [UInt8] = []

    init(_ texts: [(String, String)] = []) {
        for (name, text) in texts { add(name, Array(text.utf8)) }
    }

    /// - Parameter file: the name of the part's file; nil for a text.
    mutating func add(_ name: String, _ content: [UInt8], file: String? = nil, headers: String = "") {
        let named = file.map { "; filename=\"\($0)\"" } ?? ""
        bytes += Array(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\(named)\r\n\(headers)\r\n".utf8)
        bytes += content + Array("\r\n".utf8)
    }

    var whole: [UInt8] { bytes + Array("--\(boundary)--\r\n".utf8) }
}

extension Person {
    /// Uploads a file in a form of the usual kind.
    func upload(
        _ file: [UInt8], as purpose: String?, of service: String? = nil, named name: String = "photo.jpg",
        headers: [(String, String)] = []
    ) async throws -> HTTPAnswer {
        var form = Form(
            [("purpose", purpose), ("service_id", service)].compactMap { name, text in text.map { (name, $0) } })
        form.add("file", file, file: name, headers: "Content-Type: image/jpeg\r\n")
        return try await send(form.whole, boundary: form.boundary, headers: headers)
    }

    /// Sends these bytes as a form.
    func send(
        _ body: [UInt8], boundary: String, headers: [(String, String)] = []
    ) async throws -> HTTPAnswer {
        let type = ("Content-Type", "multipart/form-data; boundary=\"\(boundary)\"")
        return try await http.request(
            "POST", "/api/uploads", headers: [("Authorization", "Bearer \(token)"), type] + headers, body: body)
    }

    /// The bytes of a stored file, or a refusal.
    func file(_ path: String, _ headers: [(String, String)] = []) async throws -> HTTPAnswer {
        try await http.get(path, token: token, headers: headers)
    }

    /// Uploads a file that is taken.
    ///
    /// - Returns: its id and its address.
    func stored(
        _ file: [UInt8], as purpose: String, of service: String? = nil
    ) async throws -> (id: String, url: String) {
        let upload = try data(try await upload(file, as: purpose, of: service), 201)["upload"]
        return (try #require(upload?["id"]?.string), try #require(upload?["url"]?.string))
    }

    /// Calls for help there.
    func request(at spot: GeoPoint) async throws -> JSON {
        try await request(latitude: spot.latitude, longitude: spot.longitude)
    }
}
