import BSON
import Testing

@Suite("Damaged documents")
struct DocumentDamageTests {
    @Test("a document cut at any byte is refused")
    func truncation() throws {
        let whole = Samples.everyByte
        _ = try Document(validating: whole)
        for count in 0..<whole.count {
            #expect(throws: BSONError.self) { try Document(validating: Array(whole[..<count])) }
            // With the length prefix put right the damage is inside, and only reading finds it.
            if count > 4 {
                let cut = Samples.prefix(count) + whole[4..<count]
                walk(Document(adopting: cut))
                let isRefused = (try? Document(validating: cut)) == nil
                #expect(isRefused || cut.last == 0)
            }
        }
    }

    @Test("no value of any byte crashes the validator, the reader or the JSON writer")
    func mutation() throws {
        let whole = Samples.everyByte
        var accepted = 0
        for index in whole.indices {
            for change: UInt8 in [0, 1, 2, 3, 4, 5, 0x0F, 0x7F, 0x80, 0xFF, whole[index] &+ 1, whole[index] &- 1] {
                var bytes = whole
                bytes[index] = change
                let document = Document(adopting: bytes)
                walk(document)
                if let valid = try? Document(validating: bytes) {
                    accepted += 1
                    #expect(valid == document)
                }
            }
        }
        #expect(accepted > 0)
    }

    @Test("broken rules are named")
    func reasons() {
        func reason(_ bytes: [UInt8]) -> BSONError.Reason? {
            do throws(BSONError) {
                _ = try Document(validating: bytes)
                return nil
            } catch { return error.reason }
        }
        #expect(reason([]) == .truncated)
        #expect(reason([5, 0, 0, 0, 1]) == .badLength)
        #expect(reason([5, 0, 0, 0, 0, 0]) == .badLength)
        #expect(reason([6, 0, 0, 0, 0]) == .badLength)
        #expect(reason([0xFF, 0xFF, 0xFF, 0xFF, 0]) == .badLength)
        #expect(reason(Samples.framed([0x20, 0x61, 0])) == .unknownType(0x20))
        #expect(reason(Samples.framed([0x08, 0x61, 0, 2])) == .badBoolean)
        #expect(reason(Samples.framed([0x08, 0x61, 0])) == .truncated)
        #expect(reason(Samples.framed([0x0A, 0x61])) == .missingTerminator)
        #expect(reason(Samples.framed([0x0A, 0xC3, 0])) == .invalidUTF8)
        #expect(reason(Samples.framed([0x02, 0x61, 0, 2, 0, 0, 0, 0xFF, 0])) == .invalidUTF8)
        #expect(reason(Samples.framed([0x02, 0x61, 0, 2, 0, 0, 0, 0x61, 1])) == .missingTerminator)
        #expect(reason(Samples.framed([0x02, 0x61, 0, 0, 0, 0, 0])) == .badLength)
        #expect(reason(Samples.framed([0x02, 0x61, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0])) == .badLength)
        #expect(reason(Samples.framed([0x05, 0x61, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0])) == .badLength)
        #expect(reason(Samples.framed([0x05, 0x61, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0])) == .truncated)
        #expect(reason(Samples.framed([0x03, 0x61, 0, 4, 0, 0, 0, 0])) == .badLength)
        #expect(reason(Samples.framed([0x03, 0x61, 0, 5, 0, 0, 0, 1])) == .missingTerminator)
        #expect(reason(Samples.framed([0x0B, 0x61, 0, 0x62])) == .missingTerminator)
        #expect(reason(Samples.framed([0x0F, 0x61, 0, 14, 0, 0, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0])) == nil)
        #expect(reason(Samples.framed([0x0F, 0x61, 0, 14, 0, 0, 0, 2, 0, 0, 0, 0, 5, 0, 0, 0, 0])) != nil)
    }

    @Test("nesting is allowed to a depth of 100 and refused beyond")
    func depth() {
        func nested(_ levels: Int) -> [UInt8] {
            var document = Document()
            for _ in 1..<levels { document = ["d": .document(document)] }
            return document.bytes
        }
        #expect(throws: Never.self) { try Document(validating: nested(100)) }
        #expect(throws: BSONError.self) { try Document(validating: nested(101)) }
    }

    /// Reads everything there is to read, for its side effect of not crashing.
    private func walk(_ document: Document) {
        for (_, value) in document { if case .document(let inner) = value { walk(inner) } }
        _ = JSON(document).bytes()
        var appended = document
        appended.append("x", 1)
        #expect(document.count >= 0 && document["no such key"] == nil)
    }
}
