import BSON
import FoundationEssentials
import Testing

@Suite("Object ids")
struct ObjectIDTests {
    @Test("hex and bytes both give the id back")
    func comesBack() throws {
        let id = try #require(ObjectID("67696D100102030405060708"))
        #expect(id.hex == "67696d100102030405060708")
        #expect("\(id)" == id.hex)
        #expect(id.bytes == [0x67, 0x69, 0x6D, 0x10, 1, 2, 3, 4, 5, 6, 7, 8])
        #expect(ObjectID(bytes: id.bytes) == id)
        #expect(ObjectID(id.hex) == id)
        #expect(id.seconds == 0x6769_6D10)
    }

    @Test(
        "other texts are refused",
        arguments: [
            "", "67696d10010203040506070", "67696d1001020304050607080", "67696d10010203040506070g",
            " 7696d100102030405060708", "67696d10010203040506070é", "0x696d100102030405060708",
        ])
    func refused(text: String) { #expect(ObjectID(text) == nil) }

    @Test("other numbers of bytes are refused", arguments: [0, 11, 13])
    func refused(count: Int) { #expect(ObjectID(bytes: [UInt8](repeating: 0, count: count)) == nil) }

    @Test("order is the order of the bytes")
    func order() throws {
        let texts = [
            "000000000000000000000000", "000000000000000000000001", "0000000000000000000000ff",
            "00000000000000ff00000000",
            "7fffffffffffffffffffffff", "800000000000000000000000", "ffffffffffffffffffffffff",
        ]
        let ids = texts.compactMap { ObjectID($0) }
        #expect(ids.count == texts.count)
        #expect(ids.shuffled().sorted() == ids)
    }

    @Test("ids made at the same time by many tasks all differ, and share the random part of the process")
    func uniqueness() async {
        let ids = await withTaskGroup(of: [ObjectID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5000).map { _ in ObjectID() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(ids).count == 40_000)
        #expect(Set(ids.map { Array($0.bytes[4..<9]) }).count == 1)
    }

    @Test("a fresh id carries the current second, and ids made one after the other grow within it")
    func time() {
        let before = UInt32(Date().timeIntervalSince1970)
        let id = ObjectID()
        #expect(id.seconds >= before && id.seconds <= before + 60)
    }
}
