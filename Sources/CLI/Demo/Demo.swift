import ArgumentParser
import FixOnCallServer
import Foundation

/// `fixoncall demo`: plays a rescue against the running server, over real HTTP and real sockets.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play the rescue of a stranded motorist against the running server.",
        discussion:
            "Separate clients play one motorist and three mechanics. The exit status is 0 only if all of it happened.")

    @OptionGroup var options: SettingsOptions

    @Option(help: "Where the server listens.") var host = "127.0.0.1"
    @Option(help: "Its port; the configured one unless given.") var port: Int?

    func run() async throws {
        let configured = try await options.load().settings.http.port
        let port = port ?? configured
        let transcript = Transcript()
        let stage = Stage(host: host, port: port, transcript: transcript)
        do {
            try await stage.checkServer()
        } catch {
            throw Terminal.failure(
                "no server answers at http://\(host):\(port); start one with `make run` in another terminal")
        }
        do {
            try await Rescue(stage: stage).play()
        } catch {
            Terminal.say("")
            throw Terminal.failure("the story broke off: \(error)")
        }
        transcript.end()
    }
}

/// Something that had to happen and did not.
struct DidNotHappen: Error, CustomStringConvertible {
    let description: String
}
