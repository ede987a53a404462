import Foundation
import Roadside
import RoadsideRules

/// What letters say in mails. Nothing of it comes from people but the code or the key, and no link is in it: there is
/// none to forge (T18).
struct MailText {
    let subject: String
    let text: String

    init(_ letter: Letter, at now: Date) {
        switch letter.content {
        case .code(let code, let purpose, let expiresAt):
            let minutes = max(1, Int((expiresAt.timeIntervalSince(now) / 60).rounded()))
            subject = Self.subject(purpose)
            text = """
                \(code)

                \(Self.use(purpose)) It is good for \(minutes) minutes and works once.

                If you did not ask for it, ignore this message, and tell the code to nobody: we never ask for it.
                """
        case .invitation(let token, let role, let expiresAt):
            let hours = max(1, Int((expiresAt.timeIntervalSince(now) / 3600).rounded()))
            subject = "You are invited to Fix On Call"
            text = """
                \(token)

                This key makes you an account \(Self.work(of: role)) under this address. Enter it in the app, with your name \
                and a password of your choice. It is good for \(hours) hours and works once.

                If you do not know why you are invited, ignore this message, and give the key to nobody.
                """
        case .notice(let notice):
            subject = Self.subject(notice)
            text = """
                \(Self.news(notice))

                If that was not you, set a new password in the app at once: it ends every session.
                """
        }
    }

    private static func subject(_ purpose: CodePurpose) -> String {
        switch purpose {
        case .verify: "Your code for Fix On Call"
        case .reset: "Your code for a new password"
        case .change: "Your code for a new address"
        }
    }

    private static func use(_ purpose: CodePurpose) -> String {
        switch purpose {
        case .verify: "This code proves that this address is yours."
        case .reset: "This code sets a new password."
        case .change: "This code makes this the address of your account."
        }
    }

    private static func work(of role: Role) -> String {
        switch role {
        case .admin: "of an administrator"
        case .dispatcher: "of a dispatcher"
        case .partner: "of a partner"
        case .customer, .provider: "of a member"
        }
    }

    private static func subject(_ notice: Letter.Notice) -> String {
        switch notice {
        case .passwordChanged: "Your password was changed"
        case .addressChanged: "Your address was changed"
        case .sessionEnded: "A session of yours was ended"
        case .accountErased: "Your account was erased"
        }
    }

    private static func news(_ notice: Letter.Notice) -> String {
        switch notice {
        case .passwordChanged: "The password of your account was changed."
        case .addressChanged: "Your account has another address now; this one no longer belongs to it."
        case .sessionEnded:
            "Somebody used an old key of one of your sessions. We have ended that session; please log in again."
        case .accountErased: "Your account and what belonged to it have been erased, as was asked for."
        }
    }
}
