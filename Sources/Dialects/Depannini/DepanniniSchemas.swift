import BSON
public import Blueprint
import RoadsideRules

extension Depannini {
    /// The groups of its operations, for documents.
    public static let tags: [(name: String, description: String)] = [
        (AuthRoutes.tag, "Clients and assistants sign in. Every path ends in a slash."),
        (ProfileRoutes.tag, "Who one is, where one is, and on duty or not."),
        (AssistanceRoutes.tag, "From the call for help to its end."),
        (AssistanceSockets.tag, "What happens to an assistance, as it happens."),
    ]

    /// What its operations refer to.
    public static var schemas: [(name: String, schema: Schema)] { views.schemas }

    static let complaintSchema = "Complaint"

    static let views = SchemaCatalog(
        [
            .init("ClientOrAssistant", PersonView.example, PersonView.assistantExample, members: person),
            .init("AssistantProfile", AssistantProfileView.example, members: person),
            .init("Assistant", AssistantCardView.example, AssistantCardView.farExample, members: person),
            .init("Assistance", AssistanceView.example, AssistanceView.acceptedExample, members: assistance),
            .init("AssistanceSide", AssistanceView.clientExample, AssistanceView.assistantExample),
            .init("NearbyAssistant", AssistanceView.nearbyExample),
            .init("Spot", JSON.spotExample, AssistanceView.dropoffExample),
            .init(
                complaintSchema, Complaint.example, Complaint.plainExample,
                members: [
                    "errors": Schema(["type": "object"]).described("By field, an array of messages.")
                ]),
        ])

    private static let person: [String: Schema] = [
        "email": .string.nullable, "profile_photo": .string.nullable, "address": .string.nullable,
        "current_lat": .number.nullable, "current_lng": .number.nullable,
        "user_type": .string(oneOf: Role.allCases.map(DepanniniWords.userType)),
        "service_type": .string(oneOf: DepanniniWords.serviceTypes).nullable, "vehicle_type": .string.nullable,
        "driving_license_cat": .string(oneOf: DepanniniWords.licences).nullable,
        "driving_license_num": .string.nullable, "driving_license_expiry": .string(format: "date").nullable,
        "vehicle_registration_num": Schema(["type": ["integer", "string", "null"]]), "rating": .number,
        "distance": .number.nullable,
    ]

    private static let assistance: [String: Schema] = [
        "status": .string(oneOf: DepanniniWords.statuses), "assistant": .reference("AssistanceSide").nullable,
        "dropoffLocation": .reference("Spot").nullable, "distance_km": .number, "total_price": .number,
        "rating": .integer(in: 1...5).nullable, "service_type": .string(oneOf: DepanniniWords.serviceTypes),
    ]
}
