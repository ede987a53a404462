import CCurl
import Foundation

/// Hands mails to a server, one after the other, by libcurl: over one connection while it lasts. It blocks, and belongs to
/// one thread.
final class SMTPTransfer {
    enum Outcome: Equatable {
        case accepted
        /// The server will not have this message: trying again is of no use.
        case refused(reply: Int)
        /// Not now, or nobody knows: the line broke, or the server is busy.
        case failed(reason: String, reply: Int)
    }

    private static let library: CURLcode = ccurl_start()
    private let server: MailServer
    private let handle: UnsafeMutableRawPointer?

    init(_ server: MailServer) {
        self.server = server
        handle = Self.library == CURLE_OK ? curl_easy_init() : nil
    }

    deinit {
        if let handle { curl_easy_cleanup(handle) }
    }

    /// - Parameter recipient: one address; what is more than one is refused before the server hears of it (T26).
    func send(_ message: MailMessage, to recipient: String) -> Outcome {
        guard let handle else { return .failed(reason: "libcurl does not start", reply: 0) }
        guard !recipient.isEmpty, MailMessage.isOneLine(recipient), !recipient.contains(where: { "<> ".contains($0) })
        else { return .refused(reply: 0) }
        // Forgets the options of the message before; connections stay.
        curl_easy_reset(handle)
        let recipients = curl_slist_append(nil, "<\(recipient)>")
        defer { curl_slist_free_all(recipients) }
        var bytes = message.bytes
        return bytes.withUnsafeMutableBytes { bytes -> Outcome in
            guard let file = fmemopen(bytes.baseAddress, bytes.count, "r") else {
                return .failed(reason: "no memory", reply: 0)
            }
            defer { fclose(file) }
            guard prepare(handle, recipients: recipients, file: file, count: bytes.count) else {
                return .failed(reason: "libcurl lacks an option", reply: 0)
            }
            return outcome(of: curl_easy_perform(handle), handle)
        }
    }

    private func prepare(
        _ handle: UnsafeMutableRawPointer, recipients: UnsafeMutablePointer<curl_slist>?,
        file: UnsafeMutablePointer<FILE>,
        count: Int
    ) -> Bool {
        let milliseconds = Int(server.patience / .milliseconds(1))
        var codes = [
            ccurl_set_text(handle, CURLOPT_URL, server.url),
            // No other protocol, whatever somebody writes into the address.
            ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
            ccurl_set_number(
                handle, CURLOPT_USE_SSL, server.protection == .none ? ccurl_tls_none : ccurl_tls_required),
            ccurl_set_number(handle, CURLOPT_SSLVERSION, ccurl_tls_1_2_or_later),
            ccurl_set_number(handle, CURLOPT_SSL_VERIFYPEER, 1),
            ccurl_set_number(handle, CURLOPT_SSL_VERIFYHOST, 2),
            ccurl_set_text(handle, CURLOPT_MAIL_FROM, "<\(server.sender)>"),
            ccurl_set_list(handle, CURLOPT_MAIL_RCPT, recipients),
            ccurl_set_number(handle, CURLOPT_UPLOAD, 1),
            ccurl_set_file(handle, CURLOPT_READDATA, file),
            ccurl_set_number(handle, CURLOPT_INFILESIZE, count),
            // Signals are the process's business, not of a thread of it.
            ccurl_set_number(handle, CURLOPT_NOSIGNAL, 1),
            ccurl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, min(milliseconds, 10_000)),
            ccurl_set_number(handle, CURLOPT_TIMEOUT_MS, milliseconds),
        ]
        if let login = server.login {
            codes.append(ccurl_set_text(handle, CURLOPT_USERNAME, login.user))
            codes.append(ccurl_set_text(handle, CURLOPT_PASSWORD, login.password))
        }
        if let certificates = server.certificates {
            codes.append(ccurl_set_text(handle, CURLOPT_CAINFO, certificates))
        }
        return codes.allSatisfy { $0 == CURLE_OK }
    }

    private func outcome(of code: CURLcode, _ handle: UnsafeMutableRawPointer) -> Outcome {
        guard code != CURLE_OK else { return .accepted }
        var reply = 0
        _ = ccurl_get_number(handle, CURLINFO_RESPONSE_CODE, &reply)
        // A login that was refused is the operator's to mend, after which the message is as good as before.
        if (500..<600).contains(reply), code != CURLE_LOGIN_DENIED { return .refused(reply: reply) }
        // libcurl's own words: what the server said may hold an address.
        return .failed(reason: String(cString: curl_easy_strerror(code)), reply: reply)
    }
}
