import Foundation

extension String {
    /// The one spelling of a text that can be written in several (NFC, T22): Swift takes them for equal, the database and
    /// every other program do not.
    var composed: String {
        utf8.allSatisfy { $0 < 0x80 } ? self : precomposedStringWithCanonicalMapping
    }
}
