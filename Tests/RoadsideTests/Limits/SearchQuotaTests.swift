import BSON
import Foundation
import RoadsideRules
import Testing

@testable import Roadside

@Suite("How often somebody may look where providers are")
struct SearchQuotaTests {
    private let start = Date(timeIntervalSince1970: 1_760_000_000)

    private func caller(_ role: Role) -> Caller {
        Caller(userID: ObjectID(), role: role, sessionID: ObjectID(), sessionVersion: 1, expiresAt: .distantFuture)
    }

    private func left(_ quota: SearchQuota, _ caller: Caller, _ visitor: Visitor = Visitor(), at moment: Date) -> Int {
        (0..<100).first { _ in
            do throws(RoadsideError) {
                try quota.take(caller, from: visitor, at: moment)
                return false
            } catch {
                return error.code == .rateLimited
            }
        } ?? 100
    }

    @Test("T2: an account has its searches, and gets them back evenly; staff are not counted")
    func accounts() {
        var settings = LimitSettings()
        settings.searchesPerAccount = Quota(6, per: 3600)
        let quota = SearchQuota(settings)
        let (one, other) = (caller(.customer), caller(.customer))
        #expect(left(quota, one, at: start) == 6 && left(quota, one, at: start) == 0)
        #expect(left(quota, other, at: start) == 6, "everybody has his own")
        #expect(left(quota, one, at: start.addingTimeInterval(1200)) == 2)
        #expect(left(quota, caller(.admin), at: start) == 100)
    }

    @Test("T2: many accounts behind one address share what it has")
    func addresses() {
        var settings = LimitSettings()
        (settings.searchesPerAccount, settings.searchesPerClient) = (nil, Quota(10, per: 3600))
        let quota = SearchQuota(settings)
        let visitor = Visitor(address: NetworkAddress("192.0.2.7"), device: nil, program: nil)
        #expect(left(quota, caller(.customer), visitor, at: start) == 10)
        #expect(left(quota, caller(.customer), visitor, at: start) == 0)
        #expect(left(quota, caller(.customer), at: start) == 100)
    }
}
