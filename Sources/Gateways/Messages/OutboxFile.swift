import BSON
import Dispatch
public import Foundation
public import Logging
public import Roadside
import RoadsideRules

/// Development's mail and text messages: letters are appended to a file that only its owner may read, one JSON object a
/// line. `fixoncall codes ADDRESS` reads it. Codes never reach the log.
public struct OutboxFile: CodeDelivery {
    private let path: String
    private let clock: @Sendable () -> Date
    private let logger: Logger
    // Files block, so they are written on a thread of their own, one line after the other.
    private let queue = DispatchQueue(label: "fixoncall.outbox")

    public init(path: String, clock: @escaping @Sendable () -> Date = { Date() }, logger: Logger) {
        self.path = path
        self.clock = clock
        self.logger = logger
    }

    public func deliver(_ letter: Letter) async {
        var line: JSON = [
            "sent_at": .string(ISO8601.milliseconds(clock())), "kind": .string(letter.address.kind.rawValue),
            "address": .string(letter.address.text),
        ]
        switch letter.content {
        case .code(let code, let purpose, let expiresAt):
            line.add("code", .string(code))
            line.add("purpose", .string(purpose.rawValue))
            line.add("expires_at", .string(ISO8601.milliseconds(expiresAt)))
        case .invitation(let token, let role, let expiresAt):
            line.add("code", .string(token))
            line.add("purpose", "invitation")
            line.add("role", .string(role.rawValue))
            line.add("expires_at", .string(ISO8601.milliseconds(expiresAt)))
        case .notice(let notice): line.add("notice", .string(notice.rawValue))
        }
        var bytes = line.bytes()
        bytes.append(UInt8(ascii: "\n"))
        let text = bytes
        let failure: Int32? = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: append(text)) }
        }
        if let failure {
            logger.error("A letter could not be written", metadata: ["file": "\(path)", "errno": "\(failure)"])
        }
    }

    /// Codes sent to an address, the newest last. Lines that are not ours are passed over.
    ///
    /// - Parameter address: in any form that sign-in takes, such as `0712 345 678`.
    public static func codes(
        for address: String, path: String, region: String = "KE"
    ) throws -> [DeliveredCode] {
        let wanted = ContactRules.email(address) ?? ContactRules.phone(address, region: region) ?? address
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let content = try Data(contentsOf: URL(fileURLWithPath: path))
        return content.split(separator: UInt8(ascii: "\n")).compactMap(DeliveredCode.init(line:))
            .filter { $0.address == wanted }
    }

    /// - Returns: `errno` of a failure.
    private func append(_ line: [UInt8]) -> Int32? {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        // Somebody may have made the file before us.
        guard fchmod(descriptor, 0o600) == 0 else { return errno }
        return line.withUnsafeBytes { bytes in
            write(descriptor, bytes.baseAddress, bytes.count) == bytes.count ? nil : errno
        }
    }
}

extension DeliveredCode {
    fileprivate init?(line: Data) {
        guard let json = try? JSON.parse(line), let code = json["code"]?.string, let kind = json["kind"]?.string,
            let address = json["address"]?.string, let sentAt = json["sent_at"]?.string.flatMap(ISO8601.parse),
            let expiresAt = json["expires_at"]?.string.flatMap(ISO8601.parse)
        else { return nil }
        self.init(
            code: code, purpose: json["purpose"]?.string ?? CodePurpose.verify.rawValue, kind: kind, address: address,
            sentAt: sentAt, expiresAt: expiresAt)
    }
}
