public import Foundation
public import RoadsideRules

/// Something to tell a person at an address of his.
public struct Letter: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        /// A code, what it is good for and until when. Sent later than that it is worth nothing.
        case code(String, CodePurpose, expiresAt: Date)
        case notice(Notice)
        /// A token that makes an account of this role, and until when.
        case invitation(String, Role, expiresAt: Date)
    }

    /// What somebody has to hear of, should it not have been he who did it (trust.md §2.2). Raw values name them in files.
    public enum Notice: String, Sendable, CaseIterable {
        case passwordChanged = "password_changed"
        /// Goes to the address that counted before.
        case addressChanged = "address_changed"
        /// A session was ended because a replaced token of it came back.
        case sessionEnded = "session_ended"
        case accountErased = "account_erased"
    }

    public let address: ContactAddress
    public let content: Content

    public init(to address: ContactAddress, _ content: Content) {
        self.address = address
        self.content = content
    }

    /// Until when it is worth sending; nil for what does not grow old.
    public var expiresAt: Date? {
        switch content {
        case .code(_, _, let expiresAt), .invitation(_, _, let expiresAt): expiresAt
        case .notice: nil
        }
    }
}

extension Letter: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Codes and tokens are never printed.
    public var description: String { "***" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
