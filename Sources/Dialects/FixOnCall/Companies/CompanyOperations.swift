import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

/// What the documents say of the routes under `/api/companies`, and who may call them. What a mechanic may do there
/// besides is a matter of his role in the company.
extension CompanyRoutes {
    private static let tag = "Companies"
    private static let company: JSON = ["company": CompanyView.example]
    private static let truck: JSON = ["vehicle": FleetVehicleView.example]

    static let create = Operation.fixOnCall(
        tag, "Make a company of one's own", for: .only([.provider]), body: name, status: 201,
        message: "Company created.", data: company, refusals: [409]
    ).leading(to: ".join", ".decline", by: "company")

    static let mine = Operation.fixOnCall(
        tag, "One's company", for: .only([.provider]),
        description: "Owner and managers see whether the members are available; crew see that of themselves.",
        message: "Company retrieved.", data: company, refusals: [404])

    static let rename = Operation.fixOnCall(
        tag, "Rename one's company", for: .only([.provider]), body: name, message: "Company updated.", data: company,
        refusals: [404])

    static let dissolve = Operation.fixOnCall(
        tag, "Dissolve one's company", for: .only([.provider]),
        description: "For its owner, once the other members are gone. Its trucks go with it.",
        message: "Company dissolved.", data: [:], refusals: [404, 409])

    static let leave = Operation.fixOnCall(
        tag, "Leave one's company", for: .only([.provider]), description: "Not during a job, and not for its owner.",
        message: "Company left.", data: [:], refusals: [404, 409])

    static let invitations = Operation.fixOnCall(
        tag, "The companies that have invited one", for: .only([.provider]), message: "Invitations retrieved.",
        data: ["invitations": [InvitationView.example]])

    static let join = Operation.fixOnCall(
        tag, "Accept an invitation", for: .only([.provider]), description: "A mechanic belongs to one company at most.",
        message: "Company joined.", data: company, refusals: [404, 409])

    static let decline = Operation.fixOnCall(
        tag, "Refuse an invitation", for: .only([.provider]), message: "Invitation declined.", data: [:],
        refusals: [404])

    static let invite = Operation.fixOnCall(
        tag, "Invite a mechanic", for: .only([.provider]),
        description: "By owner and managers. He is a member once he has accepted.",
        body: .json(
            .object(["mechanic_id": .reference, "role": roleWord], optional: ["role"]),
            example: ["mechanic_id": "65a50b2c9f1d4e0012345679", "role": "crew"]),
        message: "Mechanic invited.", data: company, refusals: [404, 409])

    static let role = Operation.fixOnCall(
        tag, "Make a member manager or crew", for: .only([.provider]), description: "By the owner.",
        body: .json(.object(["role": roleWord]), example: ["role": "manager"]), message: "Member updated.",
        data: company,
        refusals: [404, 409])

    static let remove = Operation.fixOnCall(
        tag, "Remove a member, or take an invitation back", for: .only([.provider]),
        description: "By owner and managers; not while he has a job in hand.", message: "Member removed.",
        data: company, refusals: [404, 409])

    static let addVehicle = Operation.fixOnCall(
        tag, "Add a truck", for: .only([.provider]), description: "By owner and managers.", body: vehicleBody,
        status: 201, message: "Vehicle added.", data: truck, refusals: [404, 409]
    ).leading(to: ".vehicle", ".change_vehicle", ".remove_vehicle", by: "vehicle")

    static let vehicle = Operation.fixOnCall(
        tag, "One truck", for: .only([.provider]), message: "Vehicle retrieved.", data: truck, refusals: [404])

    static let changeVehicle = Operation.fixOnCall(
        tag, "Replace what is known of a truck", for: .only([.provider]),
        description: "By owner and managers; not while it is in a job.", body: vehicleBody,
        message: "Vehicle updated.", data: truck, refusals: [404, 409])

    static let removeVehicle = Operation.fixOnCall(
        tag, "Take a truck out of the fleet", for: .only([.provider]),
        description: "By owner and managers; not while it is in a job. Whoever is in it gets out.",
        message: "Vehicle removed.", data: [:], refusals: [404, 409])

    private static let name = Operation.Content.json(
        .object(["name": .text(max: 100)]), example: ["name": "Karibu Towing"])
    private static let roleWord = Schema.string(oneOf: ["manager", "crew"])
    private static let vehicleBody = Operation.Content.json(
        .object(
            [
                "license_plate": .plate, "type": Schema.text(max: 60).described("in your own words"),
                "tow_class": Schema.optionalText(max: 40).described(
                    "`light` or `heavy`, as in the prices; absent for one that tows nothing"),
                "capacity_kg": .integer(in: 1...100_000), "equipment": .array(of: .text(max: 60), count: 0...30),
            ], optional: ["tow_class", "capacity_kg", "equipment"]),
        example: [
            "license_plate": "KCA 123B", "type": "flatbed", "tow_class": "heavy", "capacity_kg": 8000,
            "equipment": ["winch"],
        ])
}
