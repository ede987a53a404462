import BSON
import RoadsideRules
import RoadsideWeb
import Testing

@testable import FixOnCall
@testable import Roadside

@Suite("Mechanics of a search, from stored bytes to sent ones")
struct NearbyViewTests {
    private static let center = GeoPoint(latitude: -1.2921, longitude: 36.8219)!

    /// The list as a tree of values, built from the model of the whole profile.
    private static func tree(_ document: Document) throws -> JSON {
        let profile = try ProviderProfile(document)
        let point = try #require(profile.location)
        return [
            "_id": JSON(profile.id), "id": JSON(profile.id), "number": .int(profile.number),
            "name": .string(profile.name), "specialization": JSON(profile.specializations),
            "experience_years": .int(Int64(profile.experienceYears)),
            "service_radius_km": .plain(profile.serviceRadiusKm), "rating": .plain(profile.rating),
            "rating_count": .int(Int64(profile.ratingCount)),
            "is_available": .bool(profile.availability == .available), "location": .point(point.rounded),
            "distance_km": .kilometres(point.distance(to: center) / 1000),
        ]
    }

    private static func profile(_ number: Int64, rating: Double, radius: Double, latitude: Double) -> Document {
        let profile = ProviderProfile(
            id: ObjectID(), number: number, name: "Mechanic \"\(number)\" Ünïted", phone: "+254712345678",
            email: "mechanic@example.com", specializations: number % 2 == 0 ? [] : ["engine", "tow \\ truck"],
            reference: .empty,
            experienceYears: Int(number), serviceRadiusKm: radius,
            location: GeoPoint(latitude: latitude, longitude: 36.82), rating: rating, ratingCount: 7, isVerified: true)
        return profile.document(createdAt: .documented)
    }

    @Test("D6: the streamed bytes are those of the tree, member by member")
    func sameBytes() throws {
        let documents = [
            Self.profile(1, rating: 4.5, radius: 20, latitude: -1.2921),
            Self.profile(2, rating: 5, radius: 12.5, latitude: -1.25),
            Self.profile(300, rating: 0, radius: 100, latitude: -1.33333),
        ]
        let found = documents.compactMap {
            NearbyProvider($0, around: Self.center, within: 50_000, showingContact: false)
        }
        #expect(found.count == 3)
        let tree = JSON.array(try documents.map(Self.tree))
        #expect(NearbyMechanicView.list(found).text == tree.text)
        #expect(NearbyMechanicView.list([]).text == "[]")
        let example = try #require(NearbyMechanicView.example.object).map(\.name)
        let sent = try #require(try JSON.parse(NearbyMechanicView.list(found).text)[0]?.object).map(\.name)
        #expect(sent == example)
    }

    @Test("fields in another order, of other numeric types or missing read as the model reads them")
    func oddDocuments() throws {
        let id = ObjectID()
        let odd: Document = [
            "location": ["coordinates": [.int32(37), .double(-1.3)], "type": "Point"], "name": nil,
            "rating": ["count": .int32(3), "avg": .int64(4)], "service_radius_km": .int32(30), "_id": .id(id),
            "number": .int32(9), "fix_at": nil,
        ]
        let found = try #require(NearbyProvider(odd, around: Self.center, within: 50_000, showingContact: false))
        #expect(NearbyMechanicView.list([found]).text == JSON.array([try Self.tree(odd)]).text)
    }

    @Test("T2, decision 14: contact data is masked unless the installation shows it; who is too far is none")
    func masked() throws {
        let document = Self.profile(1, rating: 4, radius: 3, latitude: -1.30)
        let masked = try #require(NearbyProvider(document, around: Self.center, within: 5000, showingContact: false))
        #expect(masked.phone.contains("•") && masked.email.contains("•"))
        let open = try #require(NearbyProvider(document, around: Self.center, within: 5000, showingContact: true))
        #expect(open.phone == "+254712345678" && open.email == "mechanic@example.com")
        #expect(NearbyProvider(document, around: Self.center, within: 500, showingContact: false) == nil)
        let further = Self.profile(1, rating: 4, radius: 3, latitude: -1.33)
        #expect(NearbyProvider(further, around: Self.center, within: 50_000, showingContact: false) == nil)
    }
}
