public import Foundation

/// Port: makes and reads the short-lived tokens of requests. Adapters know the format, accounts know revocation.
public protocol AccessTokens: Sendable {
    /// - Returns: a token that `verify` turns back into the same caller until `caller.expiresAt`.
    func sign(_ caller: Caller, issuedAt: Date) async throws(RoadsideError) -> String

    /// - Throws: `INVALID_TOKEN` for anything but a token of ours that is still good at `now`.
    func verify(_ token: String, now: Date) async throws(RoadsideError) -> Caller
}
