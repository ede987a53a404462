import BSON
import FixOnCallClient
import Foundation
import RoadsideTesting
import Testing

/// The answer's `data`, after everything D31 promises of a success has been looked at.
func data(
    _ answer: HTTPAnswer, _ status: Int = 200, sourceLocation: SourceLocation = #_sourceLocation
) throws -> JSON {
    try #require(answer.status == status, "\(answer.status) \(answer.text)", sourceLocation: sourceLocation)
    let json = try #require(answer.json, sourceLocation: sourceLocation)
    #expect(json["success"] == true, sourceLocation: sourceLocation)
    #expect(json["message"]?.string?.isEmpty == false, sourceLocation: sourceLocation)
    #expect(isTimestamp(json["timestamp"]), "\(answer.text)", sourceLocation: sourceLocation)
    #expect(answer.headers["Content-Type"] == "application/json", sourceLocation: sourceLocation)
    let data = try #require(json["data"], sourceLocation: sourceLocation)
    #expect(data.object != nil, "data is not an object", sourceLocation: sourceLocation)
    return data
}

/// A refusal of any dialect's route: in full of this one's, and of those whose paths end in a slash by its status, with the
/// code where they have one.
func expectRefusal(
    _ answer: HTTPAnswer, _ status: Int, _ code: String, at path: String, _ comment: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard path.hasSuffix("/") else {
        return expectProblem(answer, status, code, comment, sourceLocation: sourceLocation)
    }
    let about = Comment(rawValue: "\(comment): \(answer.status) \(answer.text)")
    #expect(answer.status == status, about, sourceLocation: sourceLocation)
    #expect(answer.json?["success"] == nil, about, sourceLocation: sourceLocation)
    if let own = answer.json?["code"]?.string { #expect(own == code, about, sourceLocation: sourceLocation) }
}

/// A refusal with everything D31 and RFC 9457 promise, under this status and code.
func expectProblem(
    _ answer: HTTPAnswer, _ status: Int, _ code: String? = nil, fields: Set<String>? = nil, _ comment: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let about = Comment(rawValue: "\(comment): \(answer.status) \(answer.text)")
    #expect(answer.status == status, about, sourceLocation: sourceLocation)
    guard let json = answer.json else {
        Issue.record("the answer is not JSON: \(about)", sourceLocation: sourceLocation)
        return
    }
    #expect(json["success"] == false, about, sourceLocation: sourceLocation)
    for name in ["error", "message", "code", "type", "title", "detail", "instance", "request_id"] {
        #expect(json[name]?.string?.isEmpty == false, "\(name) of \(about)", sourceLocation: sourceLocation)
    }
    #expect(isTimestamp(json["timestamp"]), about, sourceLocation: sourceLocation)
    #expect(json["status"]?.int == Int64(status), about, sourceLocation: sourceLocation)
    #expect(json["fields"]?.array != nil, about, sourceLocation: sourceLocation)
    #expect(json["request_id"]?.string == answer.headers["X-Request-Id"], about, sourceLocation: sourceLocation)
    #expect(answer.headers["Content-Type"] == "application/json", about, sourceLocation: sourceLocation)
    if status == 401 { #expect(answer.headers["WWW-Authenticate"] == "Bearer", about, sourceLocation: sourceLocation) }
    if let code { #expect(json["code"]?.string == code, about, sourceLocation: sourceLocation) }
    if let fields {
        let named = Set((json["fields"]?.array ?? []).compactMap { $0["name"]?.string })
        #expect(named == fields, about, sourceLocation: sourceLocation)
    }
}

/// `2024-01-15T10:30:00Z`, and nothing more precise.
func isTimestamp(_ json: JSON?) -> Bool {
    guard let text = json?.string else { return false }
    return text.utf8.count == 20 && text.hasSuffix("Z") && ISO8601.parse(text) != nil
}

/// Every member name of a value, however deep.
func names(in json: JSON) -> Set<String> {
    switch json {
    case .array(let items): items.reduce(into: []) { $0.formUnion(names(in: $1)) }
    case .object(let members): members.reduce(into: []) { $0.formUnion(names(in: $1.value).union([$1.name])) }
    default: []
    }
}
