import BSON
import FixOnCallClient
import FixOnCallServer
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Depannini: newcomers and sign-in")
struct AuthTests {
    @Test("B2 B3: an assistant registers as the document has it, and is shown what he told")
    func registerAssistant() async throws {
        try await TestServer.with { server in
            let body = try Golden("register.request").json
            let answer = try await server.http().post("/api/auth/register/", body)
            #expect(answer.status == 201)
            let user = try #require(answer.json?["user"])
            try Golden("user").expectShape(of: user)
            #expect(user["driving_license_expiry"] == "2057-03-31")
            #expect(user["service_type"] == "towing" && user["driving_license_cat"] == "c")
            #expect(user["vehicle_registration_num"]?.int == 123_456)
            #expect(user["current_lat"]?.double == -1.2921)
            #expect(answer.json?["success"] == nil)
            // K17: towing with a licence for lorries tows those, too.
            let profile = try await server.database.client.collection("mechanics").findOne([:])
            #expect(Set(profile?.get("capabilities", as: [String].self) ?? []) == ["tow_light", "tow_heavy"])
        }
    }

    @Test("B2: a client needs no papers and no e-mail address; a repairman has the skills of repair")
    func registerOthers() async throws {
        try await TestServer.with { server in
            let client = try await server.client()
            let profile = try await client.ask("GET", "/api/profile/user/")
            #expect(profile.json?["email"]?.isNull == true && profile.json?["user_type"] == "client")
            #expect(profile.json?["is_active_assistant"] == false && profile.json?["service_type"]?.isNull == true)
            let other = try await server.client()
            #expect(other.id != client.id)
            let repairer = try await server.assistant(service: "repair")
            #expect(try await repairer.ask("GET", "/api/profile/user/").json?["service_type"] == "repair")
        }
    }

    @Test("B3: what an assistant must tell is demanded of him, all at once")
    func missingPapers() async throws {
        try await TestServer.with { server in
            let bare: JSON = [
                "phone_number": "+254711000002", "name": "Samir", "password": "A good one 7",
                "password_confirm": "A good one 7", "user_type": "assistant",
            ]
            expectComplaint(
                try await server.http().post("/api/auth/register/", bare), 400, "VALIDATION_ERROR",
                fields: [
                    "service_type", "vehicle_type", "current_lat", "current_lng", "driving_license_cat",
                    "driving_license_num", "driving_license_expiry", "vehicle_registration_num",
                ])
            let wrong = bare.adding("user_type", "admin").adding("password_confirm", "Another one 7")
            expectComplaint(
                try await server.http().post("/api/auth/register/", wrong), 400, "VALIDATION_ERROR",
                fields: ["user_type", "password_confirm"])
        }
    }

    @Test(
        "B3 K19: the licence must be good tomorrow, in any of the spellings",
        arguments: [
            ("31:03:57", true), ("31/03/2057", true), ("2057-03-31", true), ("01:01:20", false), ("31:02:57", false),
            ("soon", false),
        ])
    func licence(day: (text: String, isGood: Bool)) async throws {
        try await TestServer.with { server in
            let body = try server.assistantBody().adding("driving_license_expiry", .string(day.text))
            let answer = try await server.http().post("/api/auth/register/", body)
            if day.isGood {
                #expect(answer.json?["user"]?["driving_license_expiry"] == "2057-03-31")
            } else {
                expectComplaint(answer, 400, "VALIDATION_ERROR", fields: ["driving_license_expiry"])
            }
        }
    }

    @Test("B2 K19: a registration number with letters is a text; a number that is taken is 409")
    func registrationNumber() async throws {
        try await TestServer.with { server in
            let body = try server.assistantBody().adding("vehicle_registration_num", "KBC 123A")
            let answer = try await server.http().post("/api/auth/register/", body)
            #expect(answer.json?["user"]?["vehicle_registration_num"] == "KBC 123A")
            expectComplaint(
                try await server.http().post(
                    "/api/auth/register/", body.adding("email", "another@example.com")), 409, "PHONE_TAKEN")
        }
    }

    @Test("K2 K3: a slash decides on the dialect; a body of the other one is understood, and answered as the path is")
    func collision() async throws {
        try await TestServer.with { server in
            let theirs: JSON = [
                "email": "stray@example.com", "password": "A good one 7", "name": "Stray Driver",
                "phone": .string(TestServer.freshPhone()), "user_type": "driver",
            ]
            let here = try await server.http().post("/api/auth/register/", theirs)
            #expect(here.status == 201 && here.json?["user"]?["user_type"] == "client")
            let ours = try server.assistantBody()
            let there = try await server.http().post("/api/auth/register", ours)
            #expect(there.status == 201 && there.json?["data"]?["user"]?["user_type"] == "mechanic")
            #expect(there.json?["success"] == true)
            for path in ["/api/auth/login/phone", "/api/assistants", "/api/profile/user", "/api/assistance/view"] {
                #expect(try await server.http().get(path).status == 404, "\(path)")
            }
        }
    }

    @Test("B4 B5 B33: by e-mail address and by phone number the same pair of tokens; alike for all who are wrong")
    func logins() async throws {
        try await TestServer.with { server in
            let assistant = try await server.assistant()
            let (http, password) = (server.http(), JSON.string(assistant.password))
            let byPhone: JSON = ["phone_number": .string(assistant.phone), "password": password]
            let byEmail: JSON = ["email": .string(try #require(assistant.email)), "password": password]
            for (path, body) in [("phone", byPhone), ("email", byEmail)] {
                let answer = try await http.post("/api/auth/login/\(path)/", body)
                #expect(answer.status == 200 && answer.json?["user"]?["id"]?.int == assistant.id, "\(path)")
                let token = try #require(answer.json?["access"]?.string)
                #expect(answer.json?["refresh"]?.string?.isEmpty == false)
                #expect(try await http.get("/api/profile/assistant/", token: token).status == 200)
                let wrong = try await http.post("/api/auth/login/\(path)/", body.adding("password", "not this"))
                expectComplaint(wrong, 401, "INVALID_CREDENTIALS")
                let nobody: JSON = [
                    "phone_number": "+254799999999", "email": "nobody@example.com", "password": password,
                ]
                let unknown = try await http.post("/api/auth/login/\(path)/", nobody)
                #expect(unknown.status == 401 && unknown.json?["detail"] == wrong.json?["detail"])
                expectComplaint(try await http.post("/api/auth/login/\(path)/", [:]), 400, "VALIDATION_ERROR")
            }
        }
    }

    @Test("B6: signing in with Google", .enabled(if: FakeGoogle.isAvailable))
    func google() async throws {
        let google = try await FakeGoogle()
        let address = google.keysAddress
        try await TestServer.with({
            $0.google.clients = [FakeGoogle.client]
            $0.google.keys = address
        }) { server in
            let token = try google.token(FakeGoogle.claims("1001", "amine@gmail.com"))
            let answer = try await server.http().post("/api/auth/login/google/", ["token": .string(token)])
            #expect(answer.status == 200 && answer.json?["user"]?["email"] == "amine@gmail.com")
            #expect(answer.json?["user"]?["user_type"] == "client" && answer.json?["access"]?.string != nil)
            expectComplaint(
                try await server.http().post("/api/auth/login/google/", ["token": "x.y.z"]), 401,
                "INVALID_CREDENTIALS")
        }
    }

    @Test("B7 B8 B11: codes prove addresses, once; asking for another says nothing about who there is")
    func verification() async throws {
        try await TestServer.with { server in
            let assistant = try await server.assistant()
            let (http, email) = (server.http(), try #require(assistant.email))
            let proof: JSON = ["email": .string(email), "code": .string(try server.code(to: email))]
            #expect(try await http.post("/api/auth/verify-email/", proof).status == 200)
            expectComplaint(try await http.post("/api/auth/verify-email/", proof), 400, "CODE_INVALID")
            let again = try await http.post(
                "/api/auth/resend-verification/", ["phone_number": .string(assistant.phone)])
            let nobody = try await http.post("/api/auth/resend-verification/", ["email": "nobody@example.com"])
            let own = try await assistant.ask("POST", "/api/auth/resend-verification/")
            #expect(again.status == 200 && nobody.status == 200 && own.status == 200)
            #expect(again.json == nobody.json && again.json == own.json)
            expectComplaint(try await http.post("/api/auth/resend-verification/", [:]), 401, "INVALID_TOKEN")
            let phone: JSON = [
                "phone_number": .string(assistant.phone), "code": .string(try server.code(to: assistant.phone)),
            ]
            #expect(try await http.post("/api/auth/verify-phone/", phone).status == 200)
        }
    }

    @Test("B9 B10: a forgotten password is replaced by its code; the answer never tells who there is")
    func passwordReset() async throws {
        try await TestServer.with { server in
            let assistant = try await server.assistant()
            let (http, email) = (server.http(), JSON.string(try #require(assistant.email)))
            let asked = try await http.post("/api/auth/password-reset/", ["email": email])
            let nobody = try await http.post("/api/auth/password-reset/", ["email": "nobody@example.com"])
            #expect(asked.status == 200 && asked.json == nobody.json)
            let code = JSON.string(try server.code(to: email.string ?? "", "reset"))
            let confirm: JSON = [
                "email": email, "code": code, "new_password": "A better one 7",
                "new_password_confirm": "A better one 7",
            ]
            expectComplaint(
                try await http.post(
                    "/api/auth/password-reset/confirm/", confirm.adding("new_password_confirm", "Another 77")), 400,
                "VALIDATION_ERROR", fields: ["new_password_confirm"])
            let short = confirm.adding("new_password", "short").adding("new_password_confirm", "short")
            expectComplaint(
                try await http.post("/api/auth/password-reset/confirm/", short), 400, "VALIDATION_ERROR",
                fields: ["new_password"])
            #expect(try await http.post("/api/auth/password-reset/confirm/", confirm).status == 200)
            let login: JSON = ["email": email, "password": "A better one 7"]
            #expect(try await http.post("/api/auth/login/email/", login).status == 200)
            expectComplaint(try await assistant.ask("GET", "/api/profile/user/"), 401, "INVALID_TOKEN")
        }
    }

    @Test("B12: a refresh token leads to a new pair, and is no access token")
    func refresh() async throws {
        try await TestServer.with { server in
            let client = try await server.client()
            let http = server.http()
            let answer = try await http.post("/api/auth/token/refresh/", ["refresh": .string(client.refresh)])
            #expect(answer.status == 200)
            let token = try #require(answer.json?["access"]?.string)
            #expect(try await http.get("/api/profile/user/", token: token).status == 200)
            #expect(answer.json?["refresh"]?.string != client.refresh)
            expectComplaint(
                try await http.post("/api/auth/token/refresh/", ["refresh": "nonsense"]), 401, "INVALID_TOKEN")
            #expect(try await http.get("/api/profile/user/", token: client.refresh).status == 401)
        }
    }
}
