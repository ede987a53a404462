import BSON
import Roadside
import RoadsideRules
import RoadsideWeb
import Testing

@testable import FixOnCall

@Suite("The words of this client family, both ways")
struct WordsTests {
    @Test("K1: here the driver is the customer and the mechanic the provider")
    func roles() {
        #expect(FixOnCallWords.role(userType: "driver") == .customer)
        #expect(FixOnCallWords.role(userType: "mechanic") == .provider)
        for role in Role.allCases { #expect(FixOnCallWords.role(userType: FixOnCallWords.userType(role)) == role) }
        for word in ["customer", "provider", "Driver", "", "root"] {
            #expect(FixOnCallWords.role(userType: word) == nil)
        }
    }

    @Test("1.G: every status has one of the five documented words")
    func statuses() {
        let expected: [JobStatus: String] = [
            .scheduled: "pending", .requested: "pending", .matching: "pending", .accepted: "accepted",
            .enRoute: "accepted",
            .arrived: "accepted", .inProgress: "in_progress", .towing: "in_progress", .atDestination: "in_progress",
            .completed: "completed", .cancelled: "cancelled", .expired: "cancelled", .failed: "cancelled",
        ]
        for status in JobStatus.allCases {
            #expect(FixOnCallWords.status(status) == expected[status])
            #expect(FixOnCallWords.stages(FixOnCallWords.status(status))?.contains(status) == true)
        }
        #expect(FixOnCallWords.stages("done") == nil)
    }

    @Test("K5: both spellings of cancelled are understood, one is written")
    func cancelled() {
        #expect(FixOnCallWords.target("canceled") == .cancelled)
        #expect(FixOnCallWords.target("cancelled") == .cancelled)
        #expect(!FixOnCallWords.commands.contains("canceled"))
    }

    @Test("K25: whole amounts have no decimals, others have the currency's")
    func amounts() {
        #expect(JSON.amount(Money(minorUnits: 150_000)).text == "1500")
        #expect(JSON.amount(Money(minorUnits: 151_250)).text == "1512.50")
        #expect(JSON.amount(Money(minorUnits: 0)).text == "0")
        #expect(JSON.plain(20).text == "20")
        #expect(JSON.plain(12.5).text == "12.5")
        #expect(JSON.kilometres(3).text == "3.0")
        #expect(JSON.kilometres(1.25).text == "1.3")
    }

    @Test("the examples of the documents are the fixtures")
    func examples() throws {
        let signIn = try Golden.load("sign-in-driver")
        #expect(Golden.differences(try #require(signIn["data"]?["user"]), UserView.example) == [])
        let service = try Golden.load("service-requested")
        #expect(Golden.differences(try #require(service["data"]?["service"]), ServiceView.example) == [])
        let row = try Golden.load("notifications")["data"]?["notifications"]?[0]
        #expect(Golden.differences(try #require(row), NotificationView.example, wording: false) == [])
    }
}
