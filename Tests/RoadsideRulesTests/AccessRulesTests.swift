import RoadsideRules
import Testing

@Suite("T1: who may reach what")
struct AccessRulesTests {
    @Test("staff reach every job and booking and nobody's vehicle, paper or link; the two sides reach their own")
    func claims() {
        for kind in [ProtectedKind.job, .booking, .payment] {
            #expect(AccessRules.claim(of: .customer, on: kind) == .ownedBy(.customer))
            #expect(AccessRules.claim(of: .provider, on: kind) == .ownedBy(.provider))
            for role in Role.allCases where role.isStaff {
                #expect(AccessRules.claim(of: role, on: kind) == .all)
            }
        }
        for kind in [ProtectedKind.vehicle, .paper, .shareLink, .emergency] {
            for role in Role.allCases { #expect(AccessRules.claim(of: role, on: kind) != .all, "\(kind) \(role)") }
        }
    }

    @Test("a partner reaches nothing of a job, and everybody his own emergency")
    func edges() {
        #expect(AccessRules.claim(of: .partner, on: .job) == .none)
        #expect(AccessRules.claim(of: .partner, on: .booking) == .none)
        for role in Role.allCases { #expect(AccessRules.claim(of: role, on: .emergency) == .ownedBy(.person)) }
    }

    @Test("nobody is the side of a job that his role is not")
    func sides() {
        for kind in ProtectedKind.allCases {
            #expect(AccessRules.claim(of: .customer, on: kind) != .ownedBy(.provider))
            #expect(AccessRules.claim(of: .provider, on: kind) != .ownedBy(.customer))
        }
    }
}
