import BSON
import Foundation
import Logging

/// The fields of one access line, made safe to print.
enum AccessLine {
    static func metadata(
        at: Date, address: String, method: String, target: String, status: Int, elapsed: Duration, requestID: String,
        hiding secrets: SecretPaths = SecretPaths()
    ) -> Logger.Metadata {
        [
            "timestamp": .string(ISO8601.milliseconds(at)),
            "ip": .string(address),
            "method": .string(printable(method, limit: 16)),
            "path": .string(printable(path(of: target, hiding: secrets), limit: 256)),
            "status": .stringConvertible(status),
            "ms": .string(milliseconds(elapsed)),
            "request_id": .string(requestID),
        ]
    }

    /// Everything before `?` or `#`: secrets may sit in a query, ids may sit in a path. Where a path ends in a secret, that
    /// is left out.
    static func path(of target: String, hiding secrets: SecretPaths = SecretPaths()) -> String {
        secrets.hidden(String(target.prefix { $0 != "?" && $0 != "#" }))
    }

    /// One tenth of a millisecond is as fine as a log reader needs.
    static func milliseconds(_ elapsed: Duration) -> String {
        let (seconds, attoseconds) = elapsed.components
        let tenths = seconds * 10_000 + attoseconds / 100_000_000_000_000
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Replaces what could forge a second line and cuts what could flood the log.
    static func printable(_ text: String, limit: Int) -> String {
        // Nearly every path and method.
        if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        var kept = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            kept.unicodeScalars.append(isPrintable(scalar) ? scalar : "\u{FFFD}")
        }
        return kept
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse: false
        default: true
        }
    }
}
