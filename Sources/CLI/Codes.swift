import ArgumentParser
import BSON
import FixOnCallServer
import Gateways

/// `fixoncall codes ADDRESS`: the codes a development server has sent.
struct Codes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the codes sent to an e-mail address or phone number (development).")

    @OptionGroup var options: SettingsOptions

    @Argument(help: "E-mail address or phone number.") var address: String

    func run() async throws {
        let settings = try await options.load().settings
        guard let outbox = settings.outbox else {
            throw Terminal.failure("production delivers codes to people, not to a file")
        }
        let codes = try OutboxFile.codes(for: address, path: outbox)
        guard !codes.isEmpty else { throw Terminal.failure("no code has been sent to \(address)") }
        for code in codes {
            Terminal.say(
                "\(code.code)  \(code.kind)  to \(code.purpose)  sent \(ISO8601.seconds(code.sentAt)), good until \(ISO8601.seconds(code.expiresAt))"
            )
        }
    }
}
