public import BSON
public import Foundation
public import RoadsideRules

/// How single values look to all who have not asked for another form.
extension JSON {
    /// `2024-01-15T10:30:00Z`: whole seconds (D31).
    public static func time(_ date: Date) -> JSON { .string(ISO8601.seconds(date)) }

    public static func time(_ date: Date?) -> JSON { date.map { .time($0) } ?? .null }

    /// `1500`, or `1512.50` when there are minor units to show (K25).
    public static func amount(_ money: Money) -> JSON {
        var unit: Int64 = 1
        for _ in 0..<money.currency.scale { unit *= 10 }
        let (whole, rest) = money.minorUnits.quotientAndRemainder(dividingBy: unit)
        return rest == 0 ? .int(whole) : .decimal(minorUnits: money.minorUnits, scale: money.currency.scale)
    }

    /// `20` rather than `20.0`, as documented.
    public static func plain(_ number: Double) -> JSON {
        Int64(exactly: number).map(JSON.int) ?? .double(number)
    }

    /// Kilometres with one decimal (decision 14).
    public static func kilometres(_ distance: Double) -> JSON {
        .decimal(minorUnits: Int64((distance * 10).rounded()), scale: 1)
    }

    /// Average stars with one decimal at most: `4.3`.
    public static func stars(_ average: Double) -> JSON { .plain((average * 10).rounded() / 10) }
}

extension Date {
    /// The moment of every example: the one of FixOnCall's source document, 2024-01-15T10:30:00Z.
    public static let documented = Date(timeIntervalSince1970: 1_705_314_600)
}
