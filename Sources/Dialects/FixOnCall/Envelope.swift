import BSON
import Foundation
import HTTPTypes
import Hummingbird
import Roadside
import RoadsideWeb

/// What every successful answer is wrapped in (D31): `{"success":true,"message":…,"data":{…},"timestamp":…}`.
enum Envelope {
    /// - Parameter data: an object, always; a list is one of its members.
    static func success(
        _ message: String, _ data: JSON = [:], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        JSONResponse(json(message, data, at: Date()), status: status, headers: headers).response
    }

    /// One page of a list, under its name, with `pagination` beside it.
    static func page<Item>(_ message: String, _ name: String, _ page: Page<Item>, _ view: (Item) -> JSON) -> Response {
        success(message, [name: .array(page.items.map(view)), "pagination": .pagination(page)])
    }

    /// 201 with the address of what was made.
    static func created(
        _ message: String, _ data: JSON, at location: String, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.location] = location
        return success(message, data, status: .created, headers: headers)
    }

    static func json(_ message: String, _ data: JSON, at time: Date) -> JSON {
        ["success": true, "message": .string(message), "data": data, "timestamp": .time(time)]
    }
}
