import BSON
import CMongoC

/// The one place where the client library's errors become ours.
extension MongoError {
    /// What was being done, which decides what a lost answer means.
    enum Errand {
        case read
        /// A write that counts at once.
        case write
        /// Any statement of a transaction: it counts only with the commit.
        case statement
        case commit
    }

    /// - Parameters:
    ///   - error: as the library filled it.
    ///   - reply: the server's answer or the library's summary of several, with labels; empty when there was none.
    init(_ error: bson_error_t, reply: Document, during errand: Errand) {
        let failure = Failure(error, reply)
        let code = failure.code(during: errand)
        var index: String?
        if code == .duplicateKey { index = failure.index }
        self.init(
            code, failure.safeMessage, serverCode: failure.serverCode, labels: failure.labels, index: index)
    }
}

/// A failed call, read from the library's error and the server's reply.
private struct Failure {
    let domain: UInt32
    let number: Int
    let text: String
    let serverCode: Int?
    let codeName: String?
    let labels: Set<String>
    /// The write was done, but not confirmed by as many members as asked.
    let isUnconfirmed: Bool

    init(_ error: bson_error_t, _ reply: Document) {
        domain = error.domain
        number = Int(error.code)
        let writeError = reply.get("writeErrors", as: [Document].self)?.first
        let unconfirmed =
            reply.get("writeConcernErrors", as: [Document].self)?.first ?? reply.get("writeConcernError")
        let source = writeError ?? unconfirmed ?? reply
        isUnconfirmed = writeError == nil && (unconfirmed != nil || error.domain == MONGOC_ERROR_WRITE_CONCERN.rawValue)
        let code = source.get("code", as: Int.self) ?? reply.get("code", as: Int.self)
        serverCode = code ?? (error.domain == MONGOC_ERROR_SERVER.rawValue ? Int(error.code) : nil)
        codeName = source.get("codeName")
        text = source.get("errmsg") ?? withUnsafePointer(to: error) { String(cString: cmongo_error_message($0)) }
        labels = Set(reply.get("errorLabels", as: [String].self) ?? [])
    }

    func code(during errand: MongoError.Errand) -> MongoError.Code {
        let code = serverCode.map(Self.code(server:)) ?? clientCode
        switch errand {
        case .read, .statement: return code
        case .commit:
            let isOpen = labels.contains("UnknownTransactionCommitResult") || isUnconfirmed || code == .network
            return isOpen ? .outcomeUnknown : code
        case .write:
            // The library has tried twice by now, and the first try may have reached the server.
            let isOpen = isUnconfirmed || labels.contains("RetryableWriteError") || code == .network && mayHaveSent
            return isOpen && domain != MONGOC_ERROR_SERVER_SELECTION.rawValue ? .outcomeUnknown : code
        }
    }

    /// False when no connection could be made at all.
    private var mayHaveSent: Bool {
        let unsent = [
            MONGOC_ERROR_STREAM_NAME_RESOLUTION, MONGOC_ERROR_STREAM_CONNECT, MONGOC_ERROR_STREAM_NOT_ESTABLISHED,
        ]
        return !unsent.contains { Int($0.rawValue) == number }
    }

    /// Error codes of the server (`src/mongo/base/error_codes.yml`) which mean something to a caller.
    private static func code(server: Int) -> MongoError.Code {
        switch server {
        case 11000, 11001, 12582: .duplicateKey
        case 50, 262: .deadlineExceeded
        case 6, 7, 89, 9001: .network
        case 91, 189, 10058, 10107, 11600, 11602, 13435, 13436: .notPrimary
        case 112: .writeConflict
        case 11, 13, 18, 8000: .unauthorized
        case 121: .validation
        default: .command
        }
    }

    /// Failures of the client library itself.
    private var clientCode: MongoError.Code {
        switch domain {
        case MONGOC_ERROR_STREAM.rawValue, MONGOC_ERROR_SERVER_SELECTION.rawValue: .network
        case MONGOC_ERROR_SASL.rawValue, MONGOC_ERROR_SCRAM.rawValue: .unauthorized
        case MONGOC_ERROR_CLIENT.rawValue:
            number == Int(MONGOC_ERROR_CLIENT_AUTHENTICATE.rawValue) ? .unauthorized : .command
        case MONGOC_ERROR_BSON.rawValue, MONGOC_ERROR_COMMAND.rawValue: .validation
        case MONGOC_ERROR_PROTOCOL.rawValue: .decoding
        default: .command
        }
    }

    /// The index named in `E11000 duplicate key error collection: db.c index: NAME dup key: …`.
    var index: String? {
        guard let start = text.firstRange(of: " index: ") else { return nil }
        let rest = text[start.upperBound...]
        let end = rest.firstRange(of: " dup key")?.lowerBound ?? rest.endIndex
        return String(rest[..<end])
    }

    /// Addresses of hosts are kept when the library speaks of them; what a server says is stripped of values.
    var safeMessage: String {
        let speaksOfHosts =
            domain == MONGOC_ERROR_STREAM.rawValue || domain == MONGOC_ERROR_SERVER_SELECTION.rawValue
        let message = speaksOfHosts && serverCode == nil ? text : Redaction.withoutValues(text)
        guard let codeName else { return message }
        return "\(codeName): \(message)"
    }
}

/// Takes values of documents out of the server's messages.
enum Redaction {
    /// The message up to its first quotation, document or list, with free-standing numbers replaced.
    ///
    /// The server quotes whole documents (`Can't extract geo keys: {…}`) and does not escape what it quotes, so
    /// nothing after the first opening sign is trusted.
    static func withoutValues(_ message: String) -> String {
        var result = ""
        var previous: Character = " "
        var isInNumber = false
        for character in message {
            let opensQuote = character == "'" && !previous.isLetter
            if opensQuote || character == "\"" || character == "{" || character == "[" { return result + "…" }
            let isDigit = character.isNumber
            if isInNumber, isDigit || character == "." { continue }
            isInNumber = isDigit && !previous.isLetter && !previous.isNumber && previous != "_" && previous != "$"
            result.append(isInNumber ? "#" : character)
            previous = character
        }
        return result
    }
}
