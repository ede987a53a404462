import Foundation
import Roadside

/// Takes safeguards away by the variable `MUTATE`, so that the race check can prove that it would notice; heard in the
/// environment `test` only.
enum RemovedSafeguards {
    /// Words of ``RoadsideSettings/Safeguard``, separated by commas.
    static func read(
        in environment: ServerEnvironment, from variables: [String: String] = ProcessInfo.processInfo.environment
    ) -> Set<RoadsideSettings.Safeguard> {
        guard environment == .test, let words = variables["MUTATE"] else { return [] }
        return Set(words.split(separator: ",").compactMap { .init(rawValue: String($0)) })
    }
}
