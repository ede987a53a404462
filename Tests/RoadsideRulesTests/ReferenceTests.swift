import BSON
import RoadsideRules
import Testing

@Suite("The three forms of an id (K6)")
struct ReferenceTests {
    private func bits(_ uuid: String) -> [Bool] {
        uuid.filter { $0 != "-" }.flatMap { digit in
            let value = digit.hexDigitValue ?? 0
            return [8, 4, 2, 1].map { value & $0 != 0 }
        }
    }

    private func text(_ bits: [Bool]) -> String {
        let digits = stride(from: 0, to: 128, by: 4).map { at in
            String(bits[at..<(at + 4)].reduce(0) { $0 * 2 + ($1 ? 1 : 0) }, radix: 16)
        }
        let joined = digits.joined()
        var parts: [Substring] = []
        var rest = Substring(joined)
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }

    private func randomID(_ random: inout SplitMix64) throws -> ObjectID {
        try #require(ObjectID(bytes: random.bytes(12)))
    }

    @Test("A random id comes back from its UUID, in either case of letters")
    func thereAndBack() throws {
        var random = SplitMix64(seed: 8)
        for _ in 0..<5_000 {
            let id = try randomID(&random)
            let uuid = PublicUUID.encode(id)
            #expect(PublicUUID.decode(uuid) == id)
            #expect(PublicUUID.decode(uuid.uppercased()) == id)
            let characters = Array(uuid)
            #expect(characters.count == 36)
            #expect(characters[14] == "8")
            #expect("89ab".contains(characters[19]))
        }
        for hex in ["000000000000000000000000", "ffffffffffffffffffffffff"] {
            let id = try #require(ObjectID(hex))
            #expect(PublicUUID.decode(PublicUUID.encode(id)) == id)
        }
    }

    @Test("One flipped bit is refused, each of the 128")
    func oneBit() throws {
        var random = SplitMix64(seed: 9)
        for _ in 0..<200 {
            let good = bits(PublicUUID.encode(try randomID(&random)))
            for index in 0..<128 {
                var bad = good
                bad[index].toggle()
                #expect(PublicUUID.decode(text(bad)) == nil, "bit \(index)")
            }
        }
    }

    @Test("Every pair of flipped bits is refused, and any two to seven at random")
    func moreBits() throws {
        var random = SplitMix64(seed: 10)
        let good = bits(PublicUUID.encode(try randomID(&random)))
        for first in 0..<127 {
            for second in (first + 1)..<128 {
                var bad = good
                bad[first].toggle()
                bad[second].toggle()
                #expect(PublicUUID.decode(text(bad)) == nil)
            }
        }
        for _ in 0..<20_000 {
            var bad = good
            let flips = Int.random(in: 2...7, using: &random)
            for index in (0..<128).shuffled(using: &random).prefix(flips) { bad[index].toggle() }
            #expect(PublicUUID.decode(text(bad)) == nil)
        }
    }

    @Test("A UUID of somebody else is none of ours")
    func foreign() {
        for uuid in [
            "", "00000000-0000-0000-0000-000000000000", "550e8400-e29b-41d4-a716-446655440000",
            "00000000-0000-8000-8000-000000000000", "ffffffff-ffff-8fff-bfff-ffffffffffff",
            "550e8400e29b81d4a716446655440000", "550e8400-e29b-81d4-a716-44665544000g",
        ] {
            #expect(PublicUUID.decode(uuid) == nil)
        }
    }

    @Test("UUIDs sort as their ids do")
    func order() throws {
        var random = SplitMix64(seed: 11)
        let ids = try (0..<500).map { _ in try randomID(&random) }.sorted()
        let uuids = ids.map(PublicUUID.encode)
        #expect(uuids == uuids.sorted())
    }

    @Test("A path takes each of the three forms and nothing else")
    func forms() throws {
        let id = try #require(ObjectID("65a1b2c3d4e5f60718293a4b"))
        #expect(Reference("65a1b2c3d4e5f60718293a4b") == .id(id))
        #expect(Reference("65A1B2C3D4E5F60718293A4B") == .id(id))
        #expect(Reference(PublicUUID.encode(id)) == .id(id))
        #expect(Reference("42") == .number(42))
        #expect(Reference("9223372036854775807") == .number(.max))
        // Twenty-four digits are an id, not a number.
        #expect(Reference("111111111111111111111111") == ObjectID("111111111111111111111111").map { .id($0) })
        for text in ["", "0", "-1", "+1", "1.0", " 1", "٤٢", "9223372036854775808", "abc", "65a1b2c3d4e5f60718293a4"] {
            #expect(Reference(text) == nil, "\(text)")
        }
    }

    @Test("The code of the check is the one its comment claims: the generator's factors, multiplied out")
    func generator() throws {
        func times(_ a: UInt32, _ b: UInt32) -> UInt32 {
            (0..<32).reduce(0) { b >> UInt32($1) & 1 == 1 ? $0 ^ (a << UInt32($1)) : $0 }
        }
        let factors: [UInt32] = [0b11, 0b10011, 0b1000_0011, 0b1010_1011, 0b1000_1111]
        #expect(factors.reduce(1, times) == 0x738_F2A7)

        // The difference of the checks of two ids that differ in their last bit is the generator without x²⁶.
        let zero = try #require(ObjectID("000000000000000000000000"))
        let one = try #require(ObjectID("000000000000000000000001"))
        func check(_ id: ObjectID) throws -> UInt64 {
            try #require(UInt64(PublicUUID.encode(id).suffix(12), radix: 16)) & 0x3FF_FFFF
        }
        #expect(try check(zero) ^ check(one) == 0x338_F2A7)
    }
}
