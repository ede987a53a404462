public import BSON
public import HTTPTypes
public import Hummingbird
import NIOCore

/// An answer made of one JSON value.
///
/// Every answer of the API is personal or changes by the second, so no cache may keep it, and no browser may guess
/// another type than the one declared.
public struct JSONResponse: Sendable {
    public var json: JSON
    public var status: HTTPResponse.Status
    public var headers: HTTPFields

    public init(_ json: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) {
        self.json = json
        self.status = status
        self.headers = headers
    }

    public var response: Response {
        var bytes: [UInt8] = []
        json.write(into: &bytes)
        var headers = headers
        headers[.contentType] = "application/json"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        headers[.xContentTypeOptions] = "nosniff"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
