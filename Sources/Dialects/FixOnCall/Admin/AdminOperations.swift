import BSON
import Blueprint
import Roadside
import RoadsideRules
import RoadsideWeb

/// What the documents say of the routes under `/api/admin`, and who may call them. Dispatchers may look at services; to
/// touch an account one has to be an admin.
extension AdminRoutes {
    private static let tag = "Admin"
    private static let admins = Access.only([.admin])
    private static let staff = Access.only([.admin, .dispatcher])
    private static let user: JSON = ["user": ManagedUserView.example]

    static let dashboard = Operation.fixOnCall(
        tag, "How the platform stands", for: staff,
        description: """
            For admins and dispatchers. Figures are a few seconds old at most; `online_mechanics` are connected to a \
            server; `revenue_trend` has the last twelve months of Nairobi's calendar, oldest first, of completed services. \
            `kpis` judge the last `days` of that calendar, today included: whole seconds from the beginning of a search to \
            the acceptance that ended it (nearest rank), what part of the services that ended was completed, and the \
            revenue of each day.
            """,
        query: [
            .query("days", .integer(in: Int64(Administration.days.lowerBound)...Int64(Administration.days.upperBound)))
        ],
        message: "Dashboard retrieved.", data: DashboardView.example)

    static let users = Operation.fixOnCall(
        tag, "All users, newest first", for: admins,
        description: """
            `search` takes beginnings of words of name, e-mail address or phone number; all must fit. \
            `online` says who is connected, or was a moment ago.
            """,
        query: [
            .query("user_type", .string(oneOf: FixOnCallWords.userTypes)), .query("is_active", .flag),
            .query("contact_verified", .flag, "whether an address is proven"),
            .query("search", .queryText()),
        ] + ServiceRoutes.paging(perPage: UsersQuery.perPage),
        message: "Users retrieved.",
        data: ["users": [ManagedUserView.example], "pagination": ServiceRoutes.pagination])

    static let toggleActive = Operation.fixOnCall(
        tag, "Switch a user on or off", for: admins,
        description: """
            To the other side, or to the one that the body names. Who is switched off is signed out everywhere within two \
            seconds. Nobody switches off himself, and the last admin stays.
            """,
        body: .json(.object(["is_active": .boolean], optional: ["is_active"]), example: ["is_active": false]),
        message: "User switched on.", data: user.adding("is_active", true), refusals: [404, 409])

    static let services = Operation.fixOnCall(
        tag, "All services, newest first", for: staff,
        description: "For admins and dispatchers, contact data included.",
        query: [
            .query("status", .string(oneOf: FixOnCallWords.statuses)), .query("service_type", .queryText(max: 60)),
        ]
            + ServiceRoutes.paging(perPage: servicesPerPage),
        message: "Services retrieved.",
        data: ["services": [ServiceView.example], "pagination": ServiceRoutes.pagination])

    static let approve = Operation.fixOnCall(
        tag, "Approve a mechanic", for: admins, description: "He is told, and offered services from then on.",
        message: "Mechanic approved.", data: user, refusals: [404])

    static let reject = Operation.fixOnCall(
        tag, "Reject a mechanic", for: admins,
        description: "He is told the reason, and offered nothing more; a service he has stays his.",
        body: .json(.object(["reason": .text(max: 500)]), example: ["reason": "The licence has expired."]),
        message: "Mechanic rejected.", data: user, refusals: [404])
}
