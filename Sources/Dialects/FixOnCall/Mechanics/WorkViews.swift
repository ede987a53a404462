import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// How a mechanic's day stands, as he himself sees it.
enum WorkdayView {
    static func json(_ work: ProviderWork, _ load: Workload, of mechanic: ObjectID) -> JSON {
        [
            "on_duty": .bool(load.onDutySince != nil), "on_duty_since": .time(load.onDutySince),
            "duty_minutes_used": .int(Int64(load.minutesUsed)),
            "duty_minutes_left": load.minutesLeft.map { .int(Int64($0)) } ?? .null, "quiet": .bool(work.quiet),
            "shifts": ShiftView.list(work.shifts), "is_on_shift": .bool(load.isOnShift),
            "position_state": .string(FixOnCallWords.position(load.presence)),
            "company_id": work.companyID.map { .string($0.hex) } ?? .null,
            "vehicle": work.truck.map { FleetVehicleView.json($0, crew: mechanic) } ?? .null,
        ]
    }

    static let example: JSON = [
        "on_duty": true, "on_duty_since": "2024-01-15T08:55:00Z", "duty_minutes_used": 95, "duty_minutes_left": 625,
        "quiet": false, "shifts": [ShiftView.example], "is_on_shift": true, "position_state": "live",
        "company_id": "65a50b2c9f1d4e0012345695", "vehicle": FleetVehicleView.example,
    ]
}

/// Hours of the week in which a mechanic works.
enum ShiftView {
    static func list(_ plan: ShiftPlan) -> JSON {
        .array(
            plan.shifts.map { shift in
                [
                    "days": .array(shift.days.sorted().map { .int(Int64($0)) }),
                    "from": .string(Shift.text(shift.from)),
                    "to": .string(Shift.text(shift.to)),
                ]
            })
    }

    static let example: JSON = ["days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00"]
}

/// A mechanic's licence.
enum LicenceView {
    static func json(_ licence: Licence) -> JSON {
        [
            "classes": JSON(licence.classes.sorted()), "number": .string(licence.number),
            "expires_on": .string(licence.expiresOn),
        ]
    }

    static let example: JSON = ["classes": ["B", "C"], "number": "DL-0012678", "expires_on": "2027-03-31"]
}
