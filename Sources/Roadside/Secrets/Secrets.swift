/// The keys of one installation, 32 bytes each. Printing it prints nothing.
public struct Secrets: Sendable {
    public enum Fault: Error, Sendable, Hashable {
        case wrongLength(id: String)
        case badIdentifier(String)
        case repeatedIdentifier(String)
    }

    /// One key and the short name that travels with whatever it protected.
    public struct Key: Sendable {
        public static let byteCount = 32

        public let id: String
        public let bytes: [UInt8]

        /// - Throws: `Fault` unless the key has 32 bytes and its name is 1…16 letters, digits, `-` or `_`.
        public init(id: String, bytes: [UInt8]) throws(Fault) {
            guard bytes.count == Key.byteCount else { throw .wrongLength(id: id) }
            let isWord = id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
            guard (1...16).contains(id.utf8.count), isWord else { throw .badIdentifier(id) }
            self.id = id
            self.bytes = bytes
        }
    }

    /// New things are made with `current`; old ones are still read with any key of the ring.
    public struct KeyRing: Sendable {
        public let current: Key
        public let retired: [Key]

        public init(current: Key, retired: [Key] = []) throws(Fault) {
            var seen: Set<String> = []
            for key in [current] + retired where !seen.insert(key.id).inserted { throw .repeatedIdentifier(key.id) }
            self.current = current
            self.retired = retired
        }

        public var all: [Key] { [current] + retired }

        public subscript(id: some StringProtocol) -> Key? { all.first { $0.id == id } }
    }

    /// Signs access tokens.
    public let tokens: KeyRing
    /// Mixed into passwords and codes before they are hashed.
    public let peppers: KeyRing
    /// Seals what must be readable again.
    public let sealing: KeyRing

    public init(tokens: KeyRing, peppers: KeyRing, sealing: KeyRing) {
        self.tokens = tokens
        self.peppers = peppers
        self.sealing = sealing
    }
}

extension Secrets: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "***" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secrets.Key: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "\(id):***" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
