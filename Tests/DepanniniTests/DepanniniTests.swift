import Depannini
import Testing

@Suite("Depannini keeps its promises on the wire")
struct DepanniniTests {
    @Test("its name is the channel of its jobs")
    func name() {
        #expect(Depannini.name == "depannini")
    }
}
