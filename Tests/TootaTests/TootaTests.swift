import Testing
import Toota

@Suite("Toota keeps its promises on the wire")
struct TootaTests {
    @Test("its name is the channel of its jobs")
    func name() {
        #expect(Toota.name == "toota")
    }
}
