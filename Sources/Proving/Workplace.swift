import Dispatch
import EmbeddedMongo
import Foundation

/// The folder of one run, in memory where there is such a place, and what happens to it when the run is interrupted.
public struct Workplace: Sendable {
    public let path: String

    /// The folder cannot be made.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Makes the folder and takes over SIGINT, SIGTERM and SIGHUP.
    ///
    /// - Parameter name: of the program, for the folder and for what it says.
    public init(_ name: String) throws {
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        var template = Array("\(base)/fixoncall-\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(description: "cannot write below \(base): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        Self.watchSignals(path, name)
    }

    /// The path of something in the folder.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func watchSignals(_ path: String, _ name: String) {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                // Held by its own handler: a source that nobody holds is cancelled.
                withExtendedLifetime(source) {}
                KillableServer.killAll()
                // Its own database, and those that a part of the run has made below it.
                let parts = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
                for root in [path] + parts.map({ "\(path)/\($0)" }) { _ = try? EmbeddedMongo(root: root).stop() }
                try? FileManager.default.removeItem(atPath: path)
                FileHandle.standardError.write(Data("\n\(name): interrupted; everything is stopped\n".utf8))
                _exit(128 + number)
            }
            source.resume()
        }
    }
}
