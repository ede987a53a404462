import Crypto
import Foundation
import Roadside

/// Where the keys of an installation come from: its settings, or in development a file written once.
enum SecretKeys {
    /// A secrets file that is not what it should be; the text names it.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Derives the keys from the configured texts; in development, missing ones are made at random and kept in
    /// `<state>/secrets` (readable by the owner only), so that tokens survive a restart (decision 29).
    static func make(_ settings: Settings) throws -> Secrets {
        let kept = try settings.environment == .production ? [:] : keptTexts(in: settings.state.directory)
        func ring(_ given: String?, _ purpose: String) throws -> Secrets.KeyRing {
            guard let text = given ?? kept[purpose] else { throw Fault(description: "no secret for \(purpose)") }
            return try Secrets.KeyRing(current: Secrets.Key(id: "1", bytes: derive(text, for: purpose)))
        }
        return try Secrets(
            tokens: ring(settings.secrets.jwt, "tokens"), peppers: ring(settings.secrets.pepper, "peppers"),
            sealing: ring(settings.secrets.encryption, "sealing"))
    }

    /// HKDF gives every purpose a key of its own even where an operator reuses one text.
    private static func derive(_ text: String, for purpose: String) -> [UInt8] {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(text.utf8)), info: Data("fixoncall.\(purpose)".utf8),
            outputByteCount: Secrets.Key.byteCount)
        return key.withUnsafeBytes { Array($0) }
    }

    private static func keptTexts(in directory: String) throws -> [String: String] {
        let path = "\(directory)/secrets"
        if let data = FileManager.default.contents(atPath: path) {
            guard let texts = try? JSONDecoder().decode([String: String].self, from: data) else {
                throw Fault(
                    description: "\(path) is damaged; remove it to have new secrets made (everybody signs in anew)")
            }
            return texts
        }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var texts: [String: String] = [:]
        for purpose in ["tokens", "peppers", "sealing"] {
            texts[purpose] = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
        }
        let data = try JSONEncoder().encode(texts)
        // Never readable by others, not even for the moment between writing and changing the mode; and of two processes that
        // start together the first to link its file wins.
        let draft = "\(path).\(getpid())"
        guard FileManager.default.createFile(atPath: draft, contents: data, attributes: [.posixPermissions: 0o600])
        else {
            throw Fault(description: "cannot write below \(directory)")
        }
        defer { unlink(draft) }
        return link(draft, path) == 0 ? texts : try keptTexts(in: directory)
    }
}
