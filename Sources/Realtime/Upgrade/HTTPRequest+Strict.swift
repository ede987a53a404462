import HTTPTypes
import NIOHTTP1
import NIOHTTPTypesHTTP1

extension HTTPRequest {
    /// The request, when whoever stands before us must have understood its ends and its host as we do (threat T27).
    ///
    /// NIO's parser has refused what is no HTTP, two lengths, and a length beside a coding. What it lets pass and another
    /// server might read otherwise is refused here: several hosts or none, and any coding of the body but `chunked`.
    ///
    /// - Returns: nil for a request that is to be answered with 400.
    init?(strict head: HTTPRequestHead, isSecure: Bool) {
        var (hosts, codings) = (0, 0)
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 4 where name.lowercased() == "host": hosts += 1
            case 17 where name.lowercased() == "transfer-encoding":
                codings += 1
                guard value.lowercased() == "chunked" else { return nil }
            default: break
            }
        }
        let isOld = head.version == .http1_0
        guard hosts == 1 || isOld && hosts == 0, codings == 0 || codings == 1 && !isOld,
            let request = try? HTTPRequest(head, secure: isSecure, splitCookie: false)
        else { return nil }
        self = request
    }
}
