import AsyncHTTPClient
import BSON
import Foundation
import JWTKit
import Logging
import NIOCore
import NIOHTTP1
import Roadside

/// The keys that Google signs with at present, kept for as long as it says. An unknown key is asked for once a minute at
/// most, so that forged tokens cannot make us ask; while nobody answers the keys there are go on to serve.
actor GoogleKeys {
    private struct Unreadable: Error {}

    /// Bounds of what Google says, seconds.
    private static let lifetimes = 300.0...86_400.0
    private static let pause: TimeInterval = 60
    /// While there are no keys at all.
    private static let firstPause: TimeInterval = 5
    private static let patience: TimeAmount = .seconds(5)
    private static let longestAnswer = 1 << 18

    private let address: String
    private let clock: @Sendable () -> Date
    private let logger: Logger
    private var keys: [String: JWTKeyCollection] = [:]
    private var freshUntil = Date.distantPast
    private var lastAttempt = Date.distantPast
    private var isFetching = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private let allowed: Set<OutsideHost>

    init(
        address: String, allowed: Set<OutsideHost>, clock: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.address = address
        self.allowed = allowed
        self.clock = clock
        self.logger = logger
    }

    /// The key of that name alone; nil when there is none.
    ///
    /// - Throws: `OVERLOADED` while no keys can be had.
    func key(_ kid: String) async throws(RoadsideError) -> JWTKeyCollection? {
        if let key = keys[kid], clock() < freshUntil { return key }
        await refresh()
        guard !keys.isEmpty else {
            throw RoadsideError(
                .overloaded, "Signing in this way is not possible at this moment.", details: [("retry_after", 5)])
        }
        return keys[kid]
    }

    /// One request asks; those that come meanwhile wait for its answer.
    private func refresh() async {
        if isFetching { return await withCheckedContinuation { waiting.append($0) } }
        let now = clock()
        guard now.timeIntervalSince(lastAttempt) >= (keys.isEmpty ? Self.firstPause : Self.pause) else { return }
        isFetching = true
        lastAttempt = now
        do {
            let (found, lifetime) = try await fetch()
            keys = found
            freshUntil = now.addingTimeInterval(lifetime)
        } catch {
            logger.warning("Google's keys cannot be had", metadata: ["error": "\(error)"])
        }
        isFetching = false
        for waiter in waiting { waiter.resume() }
        waiting = []
    }

    private func fetch() async throws -> (keys: [String: JWTKeyCollection], lifetime: TimeInterval) {
        // No redirects: nobody else's keys are wanted, wherever the answer may point (T24).
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(3)
        guard let host = URLComponents(string: address)?.host?.trimmingCharacters(in: ["[", "]"]) else {
            throw Unreadable()
        }
        configuration.dnsOverride = [host: try await OutsideHost.address(of: host, allowed: allowed)]
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(HTTPClientRequest(url: address), timeout: Self.patience)
            let body = try await response.body.collect(upTo: Self.longestAnswer)
            guard response.status == .ok else { throw Unreadable() }
            let keys = try await Self.read(Array(body.readableBytesView))
            try await client.shutdown()
            return (keys, Self.lifetime(response.headers))
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// Keys that sign with RSA; others are passed over.
    private static func read(_ bytes: [UInt8]) async throws -> [String: JWTKeyCollection] {
        guard let entries = try JSON.parse(bytes)["keys"]?.array else { throw Unreadable() }
        var keys: [String: JWTKeyCollection] = [:]
        for entry in entries where entry["kty"]?.string == "RSA" && entry["use"]?.string != "enc" {
            guard let kid = entry["kid"]?.string, let n = entry["n"]?.string, let e = entry["e"]?.string,
                let key = try? Insecure.RSA.PublicKey(modulus: n, exponent: e)
            else { continue }
            keys[kid] = await JWTKeyCollection().add(
                rsa: key, digestAlgorithm: .sha256, kid: JWKIdentifier(string: kid))
        }
        guard !keys.isEmpty else { throw Unreadable() }
        return keys
    }

    private static func lifetime(_ headers: HTTPHeaders) -> TimeInterval {
        let told =
            headers[canonicalForm: "cache-control"].lazy.compactMap { directive -> TimeInterval? in
                let text = directive.lowercased()
                return text.hasPrefix("max-age=") ? TimeInterval(text.dropFirst("max-age=".count)) : nil
            }.first ?? lifetimes.lowerBound
        return min(max(told, lifetimes.lowerBound), lifetimes.upperBound)
    }
}
