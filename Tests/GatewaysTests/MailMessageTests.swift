import Foundation
import Roadside
import RoadsideRules
import Testing

@testable import Gateways

@Suite("Mails as they go over the wire")
struct MailMessageTests {
    private func message(
        name: String = "Fix On Call", to recipient: String = "a@example.com", subject: String = "Your code",
        text: String = "123456\n"
    ) throws -> String {
        let message = try MailMessage(
            from: "post@fixoncall.example", name: name, to: recipient, subject: subject, text: text,
            id: "1@fixoncall.example", at: Date(timeIntervalSince1970: 1_705_314_600))
        return String(decoding: message.bytes, as: UTF8.self)
    }

    @Test("the fields that a mail must have, each on its line, then the text")
    func fields() throws {
        let lines = try message().components(separatedBy: "\r\n")
        #expect(
            lines == [
                "Date: Mon, 15 Jan 2024 10:30:00 +0000", "From: Fix On Call <post@fixoncall.example>",
                "To: <a@example.com>", "Message-ID: <1@fixoncall.example>", "Subject: Your code", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
                "Auto-Submitted: auto-generated", "", "123456", "", "",
            ])
    }

    @Test(
        "T26: no field takes a line break or another control character",
        arguments: ["\r\n", "\n", "\r", "\r\nBcc: x@example.com", "\u{0}", "\u{7F}", "\u{8}"])
    func injection(evil: String) throws {
        #expect(throws: MailMessage.BrokenHeader.self) { _ = try message(subject: "Hello" + evil) }
        #expect(throws: MailMessage.BrokenHeader.self) { _ = try message(to: "a@example.com" + evil) }
        #expect(throws: MailMessage.BrokenHeader.self) { _ = try message(name: "Fix" + evil) }
        #expect(throws: MailMessage.BrokenHeader.self) { _ = try message(subject: "Ä" + evil) }
    }

    @Test("T18: an invitation has its key, its hours and no link", arguments: [Role.admin, .dispatcher, .partner])
    func invitation(role: Role) {
        let now = Date(timeIntervalSince1970: 1_705_314_600)
        let letter = Letter(
            to: ContactAddress(email: "a@example.com"),
            .invitation("k3y", role, expiresAt: now.addingTimeInterval(259_200)))
        let mail = MailText(letter, at: now)
        #expect(mail.text.hasPrefix("k3y\n") && mail.text.contains("72 hours"))
        #expect(!mail.text.contains("://") && !mail.subject.contains("k3y"))
        #expect(letter.expiresAt == now.addingTimeInterval(259_200))
        #expect("\(letter)" == "***")
    }

    @Test("words beyond ASCII are encoded, and a text is no more than its lines")
    func encoding() throws {
        #expect(try message(subject: "Jambo, Müller").contains("Subject: =?utf-8?B?SmFtYm8sIE3DvGxsZXI=?=\r\n"))
        #expect(MailMessage.quotedPrintable("a=b ü\n.\nend ") == "a=3Db =C3=BC\r\n=2E\r\nend=20\r\n")
        #expect(MailMessage.quotedPrintable("evil\r\n.\r\nMAIL") == "evil=0D\r\n=2E=0D\r\nMAIL\r\n")
        let long = MailMessage.quotedPrintable(String(repeating: "é", count: 500))
        #expect(long.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        let joined = long.replacingOccurrences(of: "=\r\n", with: "")
        #expect(joined == String(repeating: "=C3=A9", count: 500) + "\r\n")
    }

    @Test(
        "an address of a server is one of two kinds, without a password in it",
        arguments: [
            "smtp.example.com", "http://mail.example.com", "smtp://", "smtp://user:secret@mail.example.com",
            "smtp://mail.example.com/path", "smtp://mail.example.com?x", "smtps://mail.example.com:99999999", "",
        ])
    func addresses(address: String) {
        #expect(throws: MailServer.Fault.self) {
            _ = try MailServer(address: address, sender: "post@fixoncall.example")
        }
    }

    @Test("ports and protection follow from the kind; plain is for this machine, and nothing may break a line")
    func servers() throws {
        let submission = try MailServer(address: "smtp://mail.example.com", sender: "post@fixoncall.example")
        #expect(submission.port == 587 && submission.protection == .startTLS)
        let secure = try MailServer(address: "smtps://mail.example.com", sender: "post@fixoncall.example")
        #expect(secure.port == 465 && secure.protection == .implicit)
        #expect(try MailServer(address: "smtp://127.0.0.1:1", sender: "a@b.example", isPlain: true).protection == .none)
        for (address, sender, password, isPlain) in [
            ("smtp://mail.example.com", "post@fixoncall.example", "secret", true),
            ("smtps://127.0.0.1", "post@fixoncall.example", "secret", true),
            ("smtp://mail.example.com", "nobody", "secret", false),
            ("smtp://mail.example.com", "a@b.example\r\nX: y", "secret", false),
            ("smtp://mail.example.com", "post@fixoncall.example", "sec\r\nret", false),
        ] {
            #expect(throws: MailServer.Fault.self) {
                _ = try MailServer(address: address, login: ("post", password), sender: sender, isPlain: isPlain)
            }
        }
    }
}
