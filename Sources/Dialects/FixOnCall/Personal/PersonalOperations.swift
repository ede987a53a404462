import BSON
import Blueprint
import RoadsideWeb

/// What the documents say of the routes for one's own data.
extension PersonalRoutes {
    static let export = Operation.fixOnCall(
        AuthRoutes.tag, "Everything that is held about oneself", for: .signedIn,
        description: "One document, without anything secret, to be saved.",
        message: "This is all we hold about you.", data: ExportView.example)

    static let erase = Operation.fixOnCall(
        AuthRoutes.tag, "Erase one's own account", for: .signedIn,
        description: """
            Not while a service is open, for the owner of a company, or for the last admin: 409. Ends every session. Others \
            keep their services without name, address or words of who has left; everything else is deleted, and the \
            addresses are free again.
            """,
        body: .json(.object(["password": .password]), example: ["password": "Test123!"]),
        message: "Your account is erased.", data: [:], refusals: [409, 429, 503])
}
