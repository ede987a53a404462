public import Blueprint
public import Roadside
public import RoadsideWeb

/// The dialect of roadside assistance by clients and assistants: integer ids, bare objects, and paths that end in a slash.
public enum Depannini {
    /// The name of its blueprint; routes are `depannini.…`. It is the channel of its jobs, too.
    public static let name = "depannini"
    public static let prefix = "/api"

    /// What an operator decides about it.
    public struct Options: Sendable {
        /// How often each account may ask; the same counters as FixOnCall's, so that an account has one budget.
        public var limits: RequestLimits

        public init(limits: RequestLimits = RequestLimits()) { self.limits = limits }
    }

    /// The blueprint, to be mounted as it is.
    public static func blueprint(_ roadside: Roadside, options: Options = Options()) -> Blueprint<WebContext> {
        var api = Blueprint<WebContext>(name, prefix: prefix)
        api.before(BearerAuth(roadside.accounts).hook)
        api.before(options.limits.before())
        api.after(options.limits.after)
        Complaint.answerErrors(in: &api)
        api.around(idempotency(roadside))
        api.register(AuthRoutes(roadside).blueprint)
        api.register(ProfileRoutes(roadside).blueprint)
        api.register(AssistantRoutes(roadside).blueprint)
        api.register(AssistanceRoutes(roadside).blueprint)
        return api
    }
}
