import AsyncHTTPClient
import BSON
import NIOCore
import NIOHTTP1
public import Roadside
public import RoadsideRules

/// Travel times from an OSRM server, by its HTTP interface, service `table`, version 1
/// (project-osrm.org/docs/v5.24.0/api). Tested against a fake that is as strict as the real one, not against the real one.
public struct OSRMRoutes: RoutingEngine {
    /// What an answer was that is none.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let address: String
    private let timeout: Duration

    /// - Parameters:
    ///   - address: `http://router.example:5000`, without a path.
    ///   - timeout: for everything that one question takes.
    public init(address: String, timeout: Duration) {
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.timeout = timeout
    }

    public func seconds(from starts: [GeoPoint], to end: GeoPoint) async throws -> [Double?] {
        let deadline = NIODeadline.now() + .nanoseconds(Int64(timeout / .nanoseconds(1)))
        var seconds: [Double?] = []
        while seconds.count < starts.count {
            let part = starts.dropFirst(seconds.count).prefix(Self.mostStarts)
            seconds += try await table(from: Array(part), to: end, before: deadline)
        }
        return seconds
    }

    private func table(from starts: [GeoPoint], to end: GeoPoint, before deadline: NIODeadline) async throws
        -> [Double?]
    {
        let places = ([end] + starts).map(Self.coordinates).joined(separator: ";")
        let sources = starts.indices.map { "\($0 + 1)" }.joined(separator: ";")
        let request = HTTPClientRequest(
            url: "\(address)/table/v1/driving/\(places)?sources=\(sources)&destinations=0&annotations=duration")
        let response = try await OutsideClient.http.execute(request, deadline: deadline)
        let body = try await response.body.collect(upTo: Self.longestAnswer)
        let json = try? JSON.parse(Array(body.readableBytesView))
        guard response.status == .ok, json?["code"]?.string == "Ok" else {
            throw Failure(
                description: "OSRM answered \(response.status.code) \(json?["code"]?.string ?? "without code")")
        }
        guard let rows = json?["durations"]?.array, rows.count == starts.count else {
            throw Failure(description: "OSRM answered without a duration for each start")
        }
        // null where no road leads.
        return rows.map { $0[0]?.double }
    }

    /// Longitude first. Six decimals are a tenth of a metre, and never an exponent.
    private static func coordinates(_ point: GeoPoint) -> String {
        "\(decimal(point.longitude)),\(decimal(point.latitude))"
    }

    private static func decimal(_ degrees: Double) -> String {
        let millionths = Int64((degrees * 1e6).rounded())
        let (whole, rest) = millionths.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(rest + 1_000_000).dropFirst()
        return "\(millionths < 0 ? "-" : "")\(whole).\(digits)"
    }

    /// OSRM's `--max-table-size` is 100 places unless its operator says otherwise; one is the end.
    private static let mostStarts = 99
    private static let longestAnswer = 1 << 20
}
