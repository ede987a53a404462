import HTTPTypes
public import Hummingbird
public import Roadside

extension Visitor {
    /// Where a request comes from.
    public init(_ request: Request, _ context: WebContext) {
        let name = HTTPField.Name(DeviceBinding.header).flatMap { request.headers[$0] }
        self.init(
            address: NetworkAddress(context.remoteAddress),
            device: name.map { String($0.prefix(DeviceBinding.longest)) },
            program: request.headers[.userAgent].map { String($0.prefix(DeviceBinding.longest)) })
    }
}
