import Foundation
import Synchronization

/// The `Date` of answers (RFC 9110 §5.6.7), written anew once a second.
final class DateField: Sendable {
    private let current = Mutex((second: -1, text: ""))

    var text: String {
        let second = time(nil)
        return current.withLock { current in
            if current.second != second { current = (second, Self.text(of: second)) }
            return current.text
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`; the C library speaks English as long as nobody sets a locale, which we do not.
    static func text(of second: Int) -> String {
        var (second, parts) = (second, tm())
        gmtime_r(&second, &parts)
        return String(unsafeUninitializedCapacity: 32) { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress, $0.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            }
        }
    }
}
