import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// How single values look in this dialect.
extension JSON {
    /// `10`, or `10.5`: exact to the millilitre, without idle zeros.
    static func litres(_ millilitres: Int64) -> JSON {
        var (amount, scale) = (millilitres, 3)
        while scale > 0, amount % 10 == 0 { (amount, scale) = (amount / 10, scale - 1) }
        return scale == 0 ? .int(amount) : .decimal(minorUnits: amount, scale: scale)
    }

    static func point(_ point: GeoPoint) -> JSON {
        ["latitude": .double(point.latitude), "longitude": .double(point.longitude)]
    }

    static func place(_ point: GeoPoint, address: String) -> JSON {
        JSON.point(point).adding("address", .string(address))
    }

    static func vehicle(_ vehicle: VehicleFacts?) -> JSON {
        guard let vehicle else { return .null }
        return [
            "make": .string(vehicle.make), "model": .string(vehicle.model), "year": JSON(vehicle.year),
            "license_plate": .string(vehicle.licensePlate),
        ]
    }

    /// `pagination` of a list; the cursor serves those who scroll.
    static func pagination<Item>(_ page: Page<Item>) -> JSON {
        [
            "page": .int(Int64(page.page)), "per_page": .int(Int64(page.perPage)), "total": .int(Int64(page.total)),
            "pages": .int(Int64(page.pages)), "next_cursor": JSON(page.nextCursor),
        ]
    }
}

/// Values that several views show, as the documents show them.
extension JSON {
    static let vehicleExample: JSON = [
        "make": "Toyota", "model": "Premio", "year": 2020, "license_plate": "KBC123A",
    ]
    static let placeExample: JSON = ["latitude": -1.2921, "longitude": 36.8219, "address": "Nairobi, Kenya"]
    static let pointExample: JSON = ["latitude": -1.2921, "longitude": 36.8219]
    /// As everybody sees it who is no party (decision 14).
    static let roundedPointExample: JSON = ["latitude": -1.292, "longitude": 36.822]
}
