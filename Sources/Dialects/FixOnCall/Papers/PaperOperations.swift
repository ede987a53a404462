import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

/// What the documents say of mechanics' documents, and who may call their routes.
extension PaperRoutes {
    private static let tag = "Documents of mechanics"
    static let tags = (tag, "What mechanics show to be approved, and what admins say to it.")
    private static let mechanics = Access.only([.provider])
    private static let admins = Access.only([.admin])

    static let submit = Operation.fixOnCall(
        tag, "Hand in a document", for: mechanics,
        description: """
            `upload_id` is a file uploaded as `document`, in no other use. One document of a kind waits at a time; a new one \
            replaces an older one when it is approved. A driving licence and an insurance have a last day.
            """,
        body: .json(
            .object(
                [
                    "kind": .string(oneOf: FixOnCallWords.documents), "number": .text(max: 40),
                    "expires_on": Schema.day.described("its last day"), "upload_id": .fileID,
                ], optional: ["expires_on"]),
            example: [
                "kind": "driving_licence", "number": "DL-0012678", "expires_on": "2027-03-31",
                "upload_id": "65a50b2c9f1d4e00123456a0",
            ]),
        status: 201, message: "Document handed in.", data: ["document": PaperView.example], refusals: [409]
    ).leading(
        to: ".withdraw", "\(FixOnCall.name).reviews_of_documents.approve",
        "\(FixOnCall.name).reviews_of_documents.reject", "\(FixOnCall.name).reviews_of_documents.link",
        by: "document")

    static let mine = Operation.fixOnCall(
        tag, "One's own documents, newest first", for: mechanics, query: ServiceRoutes.paging(perPage: 25),
        message: "Documents retrieved.",
        data: ["documents": [PaperView.example], "pagination": ServiceRoutes.pagination])

    static let withdraw = Operation.fixOnCall(
        tag, "Take a document back that waits", for: mechanics, description: "Its file is deleted.",
        message: "Document taken back.", data: [:], refusals: [404, 409])

    static let all = Operation.fixOnCall(
        tag, "Documents of all mechanics, newest first", for: admins,
        description: "The file behind a `url` is served by a link only.",
        query: [.query("status", .string(oneOf: FixOnCallWords.documentStates))]
            + ServiceRoutes.paging(perPage: PapersQuery.perPage),
        message: "Documents retrieved.",
        data: ["documents": [PaperView.waitingExample], "pagination": ServiceRoutes.pagination])

    static let link = Operation.fixOnCall(
        tag, "A link to the file of a document, for a minute", for: admins,
        description: """
            It is to be asked for with the access token of the session that made it, and of no other. Every look is recorded.
            """,
        message: "Link made.", data: PaperLinkView.example, refusals: [404])

    static let approve = Operation.fixOnCall(
        tag, "Approve a document", for: admins,
        description: "Its mechanic is told, and offered services from then on if it was what he lacked.",
        message: "Document approved.", data: ["document": PaperView.approvedExample], refusals: [404, 409])

    static let reject = Operation.fixOnCall(
        tag, "Reject a document", for: admins,
        description: """
            Its mechanic is told the reason. One that was approved can be rejected, too; a service that he has stays his.
            """,
        body: .json(.object(["reason": .text(max: 500)]), example: ["reason": "The scan is blurred."]),
        message: "Document rejected.", data: ["document": PaperView.rejectedExample], refusals: [404])
}
