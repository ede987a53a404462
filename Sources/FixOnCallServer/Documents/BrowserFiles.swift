import Crypto
import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Third-party files for browsers, which set-up fetches into a folder (decision 16): read once, off the event loops, and
/// kept in memory.
///
/// What a client names is looked up among what was read, and never becomes part of a path.
final class BrowserFiles: Sendable {
    struct File: Sendable {
        let bytes: ByteBuffer
        let mediaType: String
        /// Of the content: an entity tag, and what makes an address new when the content is.
        let digest: String

        init(_ bytes: ByteBuffer, mediaType: String) {
            self.bytes = bytes
            self.mediaType = mediaType
            digest = SHA256.hash(data: Data(bytes.readableBytesView)).prefix(8).map { byte in
                String(UInt16(byte) | 0x100, radix: 16).dropFirst()
            }.joined()
        }
    }

    private let folder: String
    private let mediaTypes: [String: String]
    private let files = Mutex<[String: File]?>(nil)

    /// - Parameter mediaTypes: of each file that must be there, by name.
    init(folder: String, mediaTypes: [String: String]) {
        self.folder = folder
        self.mediaTypes = mediaTypes
    }

    /// All of them by name; nil while one is missing, so that a running server finds them as soon as they are fetched.
    func all() async -> [String: File]? {
        if let known = files.withLock({ $0 }) { return known }
        let read = try? await NIOThreadPool.singleton.runIfActive { [folder, mediaTypes] in
            try Self.read(mediaTypes, in: folder)
        }
        if let read { files.withLock { $0 = read } }
        return read
    }

    private static func read(_ mediaTypes: [String: String], in folder: String) throws -> [String: File] {
        let urls = mediaTypes.keys.map { URL(fileURLWithPath: folder).appendingPathComponent($0) }
        // Looked for before any is read: megabytes are not read in vain again and again.
        guard urls.allSatisfy({ FileManager.default.isReadableFile(atPath: $0.path) }) else {
            throw CocoaError(.fileReadNoSuchFile)
        }
        var files: [String: File] = [:]
        for url in urls {
            files[url.lastPathComponent] = File(
                ByteBuffer(bytes: try Data(contentsOf: url)),
                mediaType: mediaTypes[url.lastPathComponent] ?? "application/octet-stream")
        }
        return files
    }
}
