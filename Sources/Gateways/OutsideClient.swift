import AsyncHTTPClient
import NIOCore

/// The client for questions to outside parties.
enum OutsideClient {
    /// It follows no redirects: whoever answers says what he knows and not whom else we should ask (threat T24).
    ///
    /// One for the process, and never shut down: the process's end does that.
    static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(3)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()
}
