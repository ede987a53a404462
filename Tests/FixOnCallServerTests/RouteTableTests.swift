import Blueprint
import HTTPTypes
import Testing

@Suite("Every mounted route, of every dialect")
struct RouteTableTests {
    /// For each kind of parameter, values that are easy and values that are not.
    private static let values = [
        "int": ["0", "42", "9223372036854775807"],
        "uuid": ["6F9619FF-8B86-4011-B42D-00CF4FC964FF", "65a50b2c-9f1d-8e00-8123-456780000000"],
        "string": ["65a50b2c9f1d4e0012345680", "a/b", "100% é+?#&=;", "..."],
    ]

    /// The parameters of a template, once with each row of values.
    private func parameters(_ template: String) -> [[String: String]] {
        let segments = template.split(separator: "/").filter { $0.hasPrefix("<") }
        return (0..<4).map { row in
            var parameters: [String: String] = [:]
            for segment in segments {
                let halves = segment.dropFirst().dropLast().split(separator: ":")
                let choice = Self.values[halves.count == 2 ? String(halves[0]) : "string"] ?? []
                parameters[String(halves[halves.count - 1])] = choice[row % choice.count]
            }
            return parameters
        }
    }

    @Test("there and back: the URL of a route leads to that route, with the parameters that went in")
    func thereAndBack() async throws {
        let router = try await Book().router
        #expect(router.routes.count >= 35)
        #expect(router.routes.filter(\.isSocket).count >= 3)
        for route in router.routes {
            for parameters in parameters(route.template) {
                let url = try router.url(for: route.endpoint, parameters)
                for name in route.methods {
                    let method = try #require(HTTPRequest.Method(name))
                    let match = try #require(router.match(method, url), "\(name) \(url)")
                    #expect(match.endpoint == route.endpoint, "\(name) \(url)")
                    for (name, value) in parameters { #expect(match.parameters[name] == value, "\(url)") }
                }
            }
        }
    }

    @Test("names are unique, and begin with those of their blueprints")
    func names() async throws {
        let names = try await Book().router.routes.map(\.endpoint)
        #expect(Set(names).count == names.count)
        for name in ["fixoncall.auth.login", "fixoncall.services.service", "live_bookings.available_bookings"] {
            #expect(names.contains(name), "\(name)")
        }
    }
}
