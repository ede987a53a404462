import BSON
public import Blueprint

extension Toota {
    /// The groups of its operations, for documents.
    public static let tags: [(name: String, description: String)] = [
        (
            TripRoutes.tag,
            """
            Trips by users and drivers. Accounts, sign-in and identity papers are FixOnCall's, under `/api/auth` and \
            `/api/mechanics/me/documents`: a user is a `driver` there, a driver a `mechanic`.
            """
        ),
        (
            TripRoutes.socketTag,
            "Trips are asked for, answered and followed over WebSockets, with a token before the upgrade."
        ),
    ]

    /// What its operations refer to.
    public static var schemas: [(name: String, schema: Schema)] { views.schemas }

    static let refusalSchema = "TripRefusal"

    static let views = SchemaCatalog([
        .init(refusalSchema, TripRefusal.example, TripRefusal.fieldExample)
    ])

    /// The shape of whatever looks like this.
    static func shape(_ example: JSON) -> Schema { SchemaCatalog([]).schema(of: example) }
}
