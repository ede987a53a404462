public import Foundation

/// Port: carries a code to the person it is meant for. What is lost on the way is asked for again, so it throws nothing.
public protocol CodeDelivery: Sendable {
    /// - Parameters:
    ///   - kind: `email` or `phone`.
    ///   - address: normalised address of that kind.
    func deliver(code: String, kind: String, to address: String, expiresAt: Date) async
}
