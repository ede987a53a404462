import Blueprint
import RoadsideRules

// What the documents call by name of what the sides of a service say of and to each other, and of those around them.
extension FixOnCall {
    static let partyViews: [SchemaCatalog.Entry] = [
        .init(
            "DriverVehicle", VehicleView.example, VehicleView.plainExample,
            members: ["colour": .string.nullable, "vehicle_type": .string.nullable, "fuel_type": .string.nullable]),
        .init(
            "Review", ReviewView.example, ReviewView.publicExample,
            members: [
                "service_id": .string.nullable, "comment": .string.nullable,
                "by": side,
                "rating": .integer(in: 1...5),
            ]),
        .init(
            "Payment", PaymentView.example, PaymentView.cashExample, PaymentView.refundedExample,
            PaymentView.failedExample,
            members: [
                "method": .string(oneOf: PaymentMethod.allCases.map(\.rawValue)),
                "status": .string(oneOf: PaymentState.allCases.map(\.rawValue)),
                "mechanic_id": .string.nullable, "refunded": .number.nullable, "failure": .string.nullable,
            ]),
        .init(
            "Message", MessageView.example,
            members: ["by": side]),
        .init("Emergency", EmergencyView.example, EmergencyView.plainExample, members: emergency),
        .init(
            "ManagedEmergency", ManagedEmergencyView.example, ManagedEmergencyView.plainExample, members: emergency),
        .init(
            "EmergencyEntry", ManagedEmergencyView.entryExample,
            members: [
                "event": .string(oneOf: ManagedEmergencyView.events),
                "note": .string.nullable,
            ]),
        .init(
            "TrustedContact", TrustedContactView.example, TrustedContactView.mailExample,
            members: ["phone": .string.nullable, "email": .string.nullable]),
        .init(
            "Share", ShareView.example,
            members: ["scope": .string(oneOf: ShareBody.scopes)]),
        .init(
            "SharedService", SharedServiceView.example, SharedServiceView.plainExample,
            members: [
                "status": .string(oneOf: FixOnCallWords.statuses), "scope": .string(oneOf: ShareBody.scopes),
                "position": .reference("SharedPosition").nullable,
            ]),
        .init("SharedPosition", SharedServiceView.positionExample),
    ]

    private static let side = Schema.string(oneOf: MessageView.sides)

    private static let emergency: [String: Schema] = [
        "status": .string(oneOf: EmergencyView.states), "location": position.nullable,
        "service_id": .string.nullable, "message": .string.nullable,
        "user_type": .string(oneOf: FixOnCallWords.userTypes),
    ]
}
