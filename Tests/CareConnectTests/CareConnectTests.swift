import CareConnect
import Testing

@Suite("CareConnect keeps its promises on the wire")
struct CareConnectTests {
    @Test("its name is the channel of its jobs")
    func name() {
        #expect(CareConnect.name == "careconnect")
    }
}
