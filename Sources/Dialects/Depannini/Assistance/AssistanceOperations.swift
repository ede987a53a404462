import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

/// What the documents say of the routes under `/api/assistance/`.
extension AssistanceRoutes {
    static let tag = "Depannini: assistance"
    private static let sides = Access.only([.customer, .provider])
    private static let staffToo = Access.only([.customer, .provider, .dispatcher, .admin])

    static let request = Operation.depannini(
        tag, "Request assistance", for: .only([.customer]),
        description: """
            With a `dropoff` it is a tow, without one a repair. Assistants near by are told over their sockets. A client has \
            one open assistance: asking for another is 409.
            """,
        body: .json(
            .object(
                ["pickup": .spot, "dropoff": .spot, "description": .optionalText(max: 2000)],
                optional: ["dropoff", "description"]),
            example: ["pickup": .spotExample, "dropoff": AssistanceView.dropoffExample]),
        status: 201, answer: "Requested",
        ["assistance": AssistanceView.example, "nearby_assistants": [AssistanceView.nearbyExample]],
        refusals: [404, 409, 503])

    static let list = Operation.depannini(
        tag, "One's own assistances, newest first", for: staffToo,
        description: """
            What a client has asked for; for an assistant first what he may accept, then what he has accepted. Staff see \
            everything. A slice has at most a hundred.
            """,
        query: [
            .query("page", .integer(in: 1...10_000), "from 1"),
            .query("per_page", .integer(in: 1...100), "100 by default"),
        ],
        answer: "Assistances", [AssistanceView.example])

    static let one = Operation.depannini(
        tag, "One assistance", for: staffToo, answer: "The assistance", AssistanceView.example, refusals: [404])

    static let accept = Operation.depannini(
        tag, "Accept an assistance", for: .only([.provider]),
        description: "Of two who accept at once one gets it; the other is answered 409.",
        answer: "The assistance", AssistanceView.acceptedExample, refusals: [404, 409])

    static let update = Operation.depannini(
        tag, "Lead an assistance on", for: staffToo,
        description: """
            A client may only cancel. An assistant says `ongoing` when he arrives, `completed` when he is done, and `canceled` \
            when he will not go on: before he has arrived, others are asked then. What is completed or canceled stays so. \
            `otp` is asked for only where the assistance was requested through another of our APIs that has start codes, and \
            `payment_status`, which is `paid` once the assistant has the cash, only where it is to be paid for before it \
            begins: 409 `OTP_REQUIRED` and `PAYMENT_REQUIRED` say so.
            """,
        body: .json(
            .object(
                [
                    "status": .string(oneOf: DepanniniWords.commands), "otp": .optionalText(max: 20),
                    "payment_status": .string(oneOf: [DepanniniWords.paid]),
                ], optional: ["otp", "payment_status"]),
            example: ["status": "ongoing"]),
        status: 202, answer: "The assistance", AssistanceView.acceptedExample, refusals: [404, 409])

    static let rate = Operation.depannini(
        tag, "Rate an assistance", for: sides,
        description: "Once a side, when it is completed and within seven days. A client's stars are its `rating`.",
        body: .json(
            .object(
                ["rating": .integer(in: 1...5), "comment": .optionalText(max: ReviewRules.commentLimit)],
                optional: ["comment"]),
            example: ["rating": 5]),
        status: 201, answer: "The assistance", AssistanceView.acceptedExample, refusals: [404, 409])
}
