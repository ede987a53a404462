import FixOnCallClient
import RoadsideTesting

/// The refusal that an upgrade must meet.
func refusal(_ upgrade: () async throws -> Void) async throws -> SocketRefused {
    do {
        try await upgrade()
    } catch let refused as SocketRefused {
        return refused
    }
    throw UnexpectedAnswer(description: "the upgrade was accepted")
}
