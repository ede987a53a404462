import Foundation

/// One mail as it goes over the wire: RFC 5322 headers, a text in quoted-printable, every line ended by CR and LF.
struct MailMessage {
    /// A header field that would be more than one line: somebody tries to add fields, or recipients (T26).
    struct BrokenHeader: Error {}

    let bytes: [UInt8]

    /// - Parameters:
    ///   - id: alike when the same message is sent again, so that who gets it twice shows it once.
    /// - Throws: ``BrokenHeader``
    init(
        from sender: String, name: String, to recipient: String, subject: String, text: String, id: String, at now: Date
    ) throws(BrokenHeader) {
        let fields = [
            ("Date", Self.date(now)), ("From", "\(Self.phrase(name)) <\(sender)>"), ("To", "<\(recipient)>"),
            ("Message-ID", "<\(id)>"), ("Subject", Self.phrase(subject)), ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "quoted-printable"),
            // Nobody's absence note shall answer it (RFC 3834).
            ("Auto-Submitted", "auto-generated"),
        ]
        var message = ""
        for (name, value) in fields {
            guard Self.isOneLine(value) else { throw BrokenHeader() }
            message += "\(name): \(value)\r\n"
        }
        bytes = Array((message + "\r\n" + Self.quotedPrintable(text)).utf8)
    }

    /// Whether a text may stand in a header or a command: no break of a line, and no other control character.
    static func isOneLine(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    /// Plain where it can be, and otherwise one encoded word (RFC 2047).
    private static func phrase(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 < 0x80 && !"()<>[]:;@\\,\"".utf8.contains($0) }
        return isPlain || !isOneLine(text) ? text : "=?utf-8?B?\(Data(text.utf8).base64EncodedString())?="
    }

    /// RFC 2045 §6.7: lines of at most 76 characters; what could be mistaken for more than text is written as numbers. So
    /// is a dot at the beginning of a line, which alone on it would end the message.
    static func quotedPrintable(_ text: String) -> String {
        // By bytes: to a string, CR and LF together are one character that is neither.
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            var (lines, current) = ([String](), "")
            let bytes = Array(line)
            for (index, byte) in bytes.enumerated() {
                let isLast = index == bytes.count - 1
                let isPlain =
                    (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || byte == 0x20 && !isLast
                let isLeadingDot = byte == UInt8(ascii: ".") && current.isEmpty
                let piece = isPlain && !isLeadingDot ? String(UnicodeScalar(byte)) : "=" + hex(byte)
                if current.utf8.count + piece.utf8.count > 75 {
                    lines.append(current + "=")
                    current = ""
                }
                current += piece
            }
            return (lines + [current]).joined(separator: "\r\n")
        }.joined(separator: "\r\n") + "\r\n"
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }

    /// `Mon, 15 Jan 2024 10:30:00 +0000`
    private static func date(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.weekday, .day, .month, .year, .hour, .minute, .second], from: date)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int?) -> String { String("0\(number ?? 0)".suffix(2)) }
        return "\(days[(parts.weekday ?? 1) - 1]), \(two(parts.day)) \(months[(parts.month ?? 1) - 1]) "
            + "\(parts.year ?? 1970) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) +0000"
    }
}
