import BSON
import Blueprint
import Roadside
import RoadsideRules
import RoadsideWeb

/// What the documents say of emergencies and of whom one trusts.
extension EmergencyRoutes {
    static let tag = "Emergencies"
    fileprivate static let words = Schema.optionalText(max: EmergencyRules.wordsLimit)

    static let raise = Operation.fixOnCall(
        tag, "Call for help in danger", for: .signedIn,
        description: """
            All admins and dispatchers are told at once, and those of one's trusted contacts who have an account under \
            that address. Pressing again joins the live emergency (`joined`), and after a minute tells everybody again. It \
            ends when somebody resolves it.
            """,
        body: .json(
            .object(
                [
                    "service_id": Schema.reference.described("one of one's own"),
                    "location": .object(["latitude": .latitude, "longitude": .longitude]), "message": words,
                ], optional: ["service_id", "location", "message"]),
            example: ["location": .pointExample, "message": "Two men are following me"]),
        status: 201, message: "Help has been called.", data: ["emergency": EmergencyView.example, "joined": false],
        refusals: [404]
    ).leading(
        to: ".emergency", "\(FixOnCall.name).admin_emergencies.acknowledge",
        "\(FixOnCall.name).admin_emergencies.resolve", by: "emergency")

    static let emergency = Operation.fixOnCall(
        tag, "One's own emergency", for: .signedIn, message: "Emergency retrieved.",
        data: ["emergency": EmergencyView.example], refusals: [404])
}

extension EmergencyDeskRoutes {
    private static let staff = Access.only([.admin, .dispatcher])
    private static let one: JSON = ["emergency": ManagedEmergencyView.example]

    static let list = Operation.fixOnCall(
        EmergencyRoutes.tag, "Everybody's emergencies, newest first", for: staff,
        query: [.query("status", .string(oneOf: EmergencyView.states))] + ServiceRoutes.paging(),
        message: "Emergencies retrieved.",
        data: ["emergencies": [ManagedEmergencyView.example], "pagination": ServiceRoutes.pagination])

    static let acknowledge = Operation.fixOnCall(
        EmergencyRoutes.tag, "Look after an emergency", for: staff,
        description: "Of several who do, one does. Whoever is in danger is told.",
        body: .json(
            .object(["note": EmergencyRoutes.words], optional: ["note"]), example: ["note": "Police are on the way"]),
        message: "Emergency acknowledged.", data: one, refusals: [404, 409])

    static let resolve = Operation.fixOnCall(
        EmergencyRoutes.tag, "End an emergency", for: staff,
        description: "Whoever was in danger is told, and so are his trusted contacts who were told of it.",
        body: .json(.object(["note": .text(max: EmergencyRules.wordsLimit)]), example: ["note": "She is at home"]),
        message: "Emergency resolved.", data: one, refusals: [404, 409])
}

extension TrustedContactRoutes {
    static let list = Operation.fixOnCall(
        EmergencyRoutes.tag, "Whom one trusts", for: .signedIn, message: "Contacts retrieved.",
        data: ["contacts": [TrustedContactView.example], "count": 1])

    static let add = Operation.fixOnCall(
        EmergencyRoutes.tag, "Add somebody whom one trusts", for: .signedIn,
        description: """
            By `phone` or `email`; at most \(EmergencyRules.mostContacts). He is told of one's emergencies if he has an \
            account and has proven that the address is his; the answer does not say.
            """,
        body: .json(
            .object(
                ["name": .text(max: 100), "phone": AuthRoutes.phone, "email": AuthRoutes.email],
                optional: ["phone", "email"]
            ).needingOne(of: "phone", "email"),
            example: ["name": "Jane", "phone": "+254712345670"]),
        status: 201, message: "Contact added.", data: ["contact": TrustedContactView.example], refusals: [409]
    ).leading(to: ".remove", by: "contact")

    static let remove = Operation.fixOnCall(
        EmergencyRoutes.tag, "Remove somebody whom one trusts", for: .signedIn, message: "Contact removed.", data: [:],
        refusals: [404])
}
