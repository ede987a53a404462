import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// D27: a person, with the fields of his kind. What is secret is not in an ``Account`` to begin with.
struct UserView {
    let json: JSON

    init(_ account: Account) {
        var json = JSON.object(PublicID(account.id, number: account.number).members)
        json.add("email", .string(account.email))
        json.add("name", .string(account.name))
        json.add("phone", .string(account.phone))
        json.add("user_type", .string(FixOnCallWords.userType(account.role)))
        // Of a mechanic it means that he has been vetted, of anybody else that an address is proven (K41).
        json.add("is_verified", .bool(account.provider?.isVerified ?? account.isVerified))
        json.add("is_active", .bool(account.isActive))
        json.add("photo_url", UploadView.link(account.photoID))
        json.add("created_at", .time(account.createdAt))
        json.add("updated_at", .time(account.updatedAt))
        if account.role == .customer { json.add("vehicle_info", .vehicle(account.vehicle)) }
        if let provider = account.provider {
            for member in WorkView(provider).members { json.add(member.name, member.value) }
        }
        self.json = json
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345678", "id": "65a50b2c9f1d4e0012345678", "number": 1, "email": "driver@example.com",
        "name": "John Driver", "phone": "+254712345678", "user_type": "driver", "is_verified": false, "is_active": true,
        "photo_url": nil, "created_at": "2024-01-15T10:30:00Z", "updated_at": "2024-01-15T10:30:00Z",
        "vehicle_info": ["make": "Toyota", "model": "Premio", "year": 2020, "license_plate": "KBC123A"],
    ]

    static let mechanicExample: JSON = [
        "_id": "65a50b2c9f1d4e0012345679", "id": "65a50b2c9f1d4e0012345679", "number": 2,
        "email": "mechanic@example.com", "name": "James Mechanic", "phone": "+254712345679", "user_type": "mechanic",
        "is_verified": true, "is_active": true, "photo_url": "/static/uploads/65a50b2c9f1d4e00123456a0",
        "created_at": "2024-01-15T10:30:00Z",
        "updated_at": "2024-01-15T10:30:00Z", "specialization": ["engine", "electrical"], "fuel_types": [],
        "experience_years": 5,
        "service_radius_km": 20, "rating": 4.5, "rating_count": 12, "is_available": true, "availability": "available",
        "location": ["latitude": -1.2921, "longitude": 36.8219],
    ]
}

/// The mechanic's part of D27, as he himself sees it.
struct WorkView {
    let members: [JSON.Member]

    init(_ provider: ProviderProfile) {
        members = [
            JSON.Member("specialization", JSON(provider.specializations)),
            JSON.Member("fuel_types", JSON(provider.fuelTypes)),
            JSON.Member("experience_years", .int(Int64(provider.experienceYears))),
            JSON.Member("service_radius_km", .plain(provider.serviceRadiusKm)),
            JSON.Member("rating", .stars(provider.rating)),
            JSON.Member("rating_count", .int(Int64(provider.ratingCount))),
            JSON.Member("is_available", .bool(provider.availability == .available)),
            JSON.Member("availability", .string(FixOnCallWords.availability(provider.availability))),
            JSON.Member("location", provider.location.map(JSON.point) ?? .null),
        ]
    }
}

/// `user`, and the tokens under each of their documented names (K35).
struct SignInView {
    let json: JSON

    init(_ signIn: SignIn, at now: Date) {
        let tokens = signIn.tokens
        json = [
            "user": UserView(signIn.account).json, "token": .string(tokens.accessToken),
            "access_token": .string(tokens.accessToken), "refresh_token": .string(tokens.refreshToken),
            "token_type": "Bearer", "expires_in": Self.seconds(from: now, to: tokens.accessExpiresAt),
            "notices": JSON(signIn.notices),
        ]
    }

    private static func seconds(from now: Date, to end: Date) -> JSON {
        .int(Int64(max(0, end.timeIntervalSince(now)).rounded()))
    }

    static let example: JSON = [
        "user": UserView.example, "token": "eyJhbGciOi…", "access_token": "eyJhbGciOi…",
        "refresh_token": "c3VjY2Vzc29y…",
        "token_type": "Bearer", "expires_in": 900, "notices": [],
    ]
}
