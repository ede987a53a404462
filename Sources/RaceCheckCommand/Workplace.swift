import Dispatch
import EmbeddedMongo
import Foundation
import RaceCheck

/// The folder of one run, in memory where there is such a place, and what happens to it when the run is interrupted.
struct Workplace {
    let path: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Makes the folder and takes over SIGINT, SIGTERM and SIGHUP.
    init() throws {
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        var template = Array("\(base)/fixoncall-race-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(description: "cannot write below \(base): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        Self.watchSignals(path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func watchSignals(_ path: String) {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                // Held by its own handler: a source that nobody holds is cancelled.
                withExtendedLifetime(source) {}
                RaceRun.abandon()
                _ = try? EmbeddedMongo(root: path).stop()
                try? FileManager.default.removeItem(atPath: path)
                FileHandle.standardError.write(Data("\nrace-check: interrupted; everything is stopped\n".utf8))
                _exit(128 + number)
            }
            source.resume()
        }
    }
}
