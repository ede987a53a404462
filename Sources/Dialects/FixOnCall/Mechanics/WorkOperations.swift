import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

/// What the documents say of a mechanic's routes about his work, and who may call them.
extension WorkRoutes {
    private static let tag = "Mechanics"

    static let duty = Operation.fixOnCall(
        tag, "Go on or off duty, or ask to be left alone", for: .only([.provider]),
        description:
            "`quiet` keeps one in searches, behind the others. Duty of the last 24 hours is counted; a break is rest.",
        body: .json(
            .object(["on_duty": .boolean, "quiet": .boolean], optional: ["on_duty", "quiet"]),
            example: ["on_duty": true, "quiet": false]),
        message: "Duty updated.", data: MechanicRoutes.me, refusals: [409])

    static let shifts = Operation.fixOnCall(
        tag, "One's working hours", for: .only([.provider]), message: "Shifts retrieved.",
        data: ["shifts": [ShiftView.example]])

    static let setShifts = Operation.fixOnCall(
        tag, "Replace one's working hours", for: .only([.provider]),
        description:
            "By the clocks where one is; none stands for any time. An end that is not after the beginning is the next day's.",
        body: .json(
            .object([
                "shifts": .array(
                    of: .object([
                        "days": .array(of: .integer(in: 1...7), count: 1...7), "from": .timeOfDay, "to": .timeOfDay,
                    ]), count: 0...21)
            ]), example: ["shifts": [ShiftView.example]]),
        message: "Shifts updated.", data: MechanicRoutes.me)

    static let licence = Operation.fixOnCall(
        tag, "Replace one's licence", for: .only([.provider]),
        description: "Tows ask for classes of it. Others see its number masked. Not during a job.",
        body: .json(
            .object([
                "classes": .array(of: licenceClass, count: 1...12), "number": .text(max: 32),
                "expires_on": Schema.day.described("its last day"),
            ]), example: LicenceView.example),
        message: "Licence updated.", data: MechanicRoutes.me, refusals: [409])

    static let equipment = Operation.fixOnCall(
        tag, "Replace the list of what one carries", for: .only([.provider]),
        description: "Of the equipment that tows ask for; the truck's own counts besides.",
        body: .json(
            .object(["equipment": .array(of: .text(max: 60), count: 0...30)]), example: ["equipment": ["dolly"]]),
        message: "Equipment updated.", data: MechanicRoutes.me, refusals: [409])

    static let vehicle = Operation.fixOnCall(
        tag, "Get into a truck of one's company, or out of it", for: .only([.provider]),
        description: "`null` gets out. A truck has one mechanic at a time. Not during a job.",
        body: .json(
            .object(["vehicle_id": Schema.reference.nullable]), example: ["vehicle_id": "65a50b2c9f1d4e0012345696"]),
        message: "Vehicle updated.", data: MechanicRoutes.me, refusals: [404, 409])

    private static let licenceClass = Schema.string(pattern: "^[A-Za-z0-9]+$", length: 1...4)
}
