import HTTPTypes
public import Hummingbird
public import Roadside

extension DeviceBinding {
    /// The header by which an app names the device it runs on.
    public static let header = "X-Device-Id"
    static let longest = 128

    /// The device's own name or, of clients that give none, their `User-Agent`.
    public init(_ request: Request) {
        let name = HTTPField.Name(Self.header).flatMap { request.headers[$0] }
        self.init((name ?? request.headers[.userAgent]).map { String($0.prefix(Self.longest)) })
    }
}
