public import FoundationEssentials

/// Moments as text, by RFC 3339 (the profile of ISO 8601 that the web uses), always in UTC when written.
public enum ISO8601 {
    /// `2025-12-23T12:34:56.789Z`
    public static func milliseconds(_ date: Date) -> String {
        String(decoding: written(milliseconds: date.millisecondsSince1970, fraction: true), as: UTF8.self)
    }

    /// `2025-12-23T12:34:56Z`, rounded towards the past.
    public static func seconds(_ date: Date) -> String {
        String(decoding: written(milliseconds: date.millisecondsSince1970, fraction: false), as: UTF8.self)
    }

    /// The moment written as RFC 3339 says: date, time and an offset (`Z` or `+03:00`), a fraction if need be.
    ///
    /// Digits beyond the millisecond are dropped. Nil for anything else, also for a day its month does not have, a
    /// leap second, and a time without an offset, which names no moment.
    public static func parse(_ text: String) -> Date? {
        var text = text
        return text.withUTF8 { bytes in
            var scanner = Scanner(bytes: bytes)
            return scanner.moment().map(Date.init(millisecondsSince1970:))
        }
    }

    private static func written(milliseconds: Int64, fraction: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        bytes.append(iso8601: milliseconds, fraction: fraction)
        return bytes
    }
}

extension [UInt8] {
    /// Appends a moment, given in milliseconds since 1970.
    mutating func append(iso8601 milliseconds: Int64, fraction: Bool = true) {
        let (days, rest) = milliseconds.flooredQuotient(by: 86_400_000)
        let day = CivilDay(daysSince1970: days)
        if (0...9999).contains(day.year) {
            append(digits: day.year, width: 4)
        } else {
            append(contentsOf: day.year.description.utf8)
        }
        append(digits: day.month, width: 2, after: "-")
        append(digits: day.day, width: 2, after: "-")
        append(digits: rest / 3_600_000, width: 2, after: "T")
        append(digits: rest / 60_000 % 60, width: 2, after: ":")
        append(digits: rest / 1000 % 60, width: 2, after: ":")
        if fraction { append(digits: rest % 1000, width: 3, after: ".") }
        append(UInt8(ascii: "Z"))
    }

    /// Appends a number that has at most `width` digits, filled up with zeros.
    private mutating func append(digits number: Int64, width: Int, after separator: Unicode.Scalar? = nil) {
        if let separator { append(UInt8(ascii: separator)) }
        let number = UInt16(truncatingIfNeeded: number)
        if width > 3 { append(0x30 + UInt8(truncatingIfNeeded: number / 1000 % 10)) }
        if width > 2 { append(0x30 + UInt8(truncatingIfNeeded: number / 100 % 10)) }
        append(0x30 + UInt8(truncatingIfNeeded: number / 10 % 10))
        append(0x30 + UInt8(truncatingIfNeeded: number % 10))
    }
}

extension ISO8601 {
    /// Reads a moment from left to right.
    private struct Scanner {
        let bytes: UnsafeBufferPointer<UInt8>
        var at = 0

        init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        mutating func moment() -> Int64? {
            guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
                take("T") || take("t") || take(" "), let hour = number(2), take(":"), let minute = number(2), take(":"),
                let second = number(2), let milliseconds = fraction(), let offset = offset(), at == bytes.count,
                hour < 24, minute < 60, second < 60,
                let days = CivilDay(year: year, month: month, day: day)?.daysSince1970
            else { return nil }
            return (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + milliseconds
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
            at += 1
            return true
        }

        mutating func digit() -> Int64? {
            guard at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 else { return nil }
            at += 1
            return Int64(bytes[at - 1] - 0x30)
        }

        mutating func number(_ width: Int) -> Int64? {
            var number: Int64 = 0
            for _ in 0..<width {
                guard let digit = digit() else { return nil }
                number = number * 10 + digit
            }
            return number
        }

        /// Milliseconds after the point; 0 without one, nil for a point without digits.
        mutating func fraction() -> Int64? {
            guard take(".") else { return 0 }
            guard var number = digit() else { return nil }
            var digits = 1
            while let next = digit() {
                digits += 1
                if digits <= 3 { number = number * 10 + next }
            }
            while digits < 3 {
                number *= 10
                digits += 1
            }
            return number
        }

        /// Minutes ahead of UTC.
        mutating func offset() -> Int64? {
            if take("Z") || take("z") { return 0 }
            let sign: Int64 = take("+") ? 1 : take("-") ? -1 : 0
            guard sign != 0, let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60
            else { return nil }
            return sign * (hours * 60 + minutes)
        }
    }
}
