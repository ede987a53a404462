public import BSON
import CMongoC

/// One worker thread with its client, lent to a closure; the verbs of its collections block that thread.
///
/// Not `Sendable`: it belongs to the closure. Used after the closure's end, every verb throws `closed`.
public final class MongoLease {
    let client: OpaquePointer
    let session: OpaquePointer?
    private let call: Call
    private let databaseName: String
    private let observer: (any MongoObserver)?
    private var hasEnded = false
    /// The first failure of a statement: it has ended the transaction on the server.
    private(set) var failure: MongoError?

    init(
        client: OpaquePointer, session: OpaquePointer? = nil, database: String, call: Call,
        observer: (any MongoObserver)?
    ) {
        self.observer = observer
        self.client = client
        self.session = session
        self.call = call
        databaseName = database
    }

    /// When the caller gets his answer, whether it is there or not.
    public var deadline: Deadline { call.deadline }
    public var database: String { databaseName }

    public func collection(_ name: String) -> LeasedCollection { LeasedCollection(name: name, lease: self) }

    /// Runs a command as it is, without the client's concerns.
    public func run(_ command: Document, on database: String? = nil) throws(MongoError) -> Document {
        try perform(Command(command: command, database: database))
    }

    func perform<O: Operation>(_ operation: O) throws(MongoError) -> O.Answer {
        if let failure { throw failure }
        if hasEnded { throw MongoError(.closed, "the lease was used after its end") }
        if call.isAnswered { throw MongoError(.deadlineExceeded, "the caller has gone") }
        do throws(MongoError) {
            return try observed(operation)
        } catch {
            if session != nil { failure = error }
            throw error
        }
    }

    private func observed<O: Operation>(_ operation: O) throws(MongoError) -> O.Answer {
        guard let observer else { return try operation.run(on: self) }
        let begun = ContinuousClock.now
        func tell(_ failure: MongoError.Code?) {
            observer.observed(MongoOperation(kind: O.kind, took: begun.duration(to: .now), failure: failure))
        }
        do throws(MongoError) {
            let answer = try operation.run(on: self)
            tell(nil)
            return answer
        } catch {
            tell(error.code)
            throw error
        }
    }

    func end() { hasEnded = true }
}

/// For operations.
extension MongoLease {
    /// The kind of statement for the converter of errors.
    func errand(writing: Bool) -> MongoError.Errand {
        session != nil ? .statement : (writing ? .write : .read)
    }

    /// To be called before anything is sent that counts at once.
    func willWrite() throws(MongoError) {
        guard session == nil else { return }
        guard call.willWrite() else { throw MongoError(.deadlineExceeded, "the caller has gone") }
    }

    /// Milliseconds that the server may take for a read.
    func readTime() throws(MongoError) -> BSONValue {
        let left = deadline.remaining.milliseconds
        guard left > 0 else { throw MongoError(.deadlineExceeded, "no time is left") }
        return .int64(left)
    }

    /// Lends the library's handle of a collection.
    func withCollection<T>(_ name: String, _ body: (OpaquePointer) throws(MongoError) -> T) throws(MongoError) -> T {
        guard let collection = mongoc_client_get_collection(client, databaseName, name) else {
            throw MongoError(.validation, "the collection has no name")
        }
        defer { mongoc_collection_destroy(collection) }
        return try body(collection)
    }

    /// Reads a cursor to its end.
    func documents(of cursor: OpaquePointer, writing: Bool = false) throws(MongoError) -> [Document] {
        var documents: [Document] = []
        var bytes: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        while cmongo_cursor_borrow_next(cursor, &bytes, &count) {
            documents.append(Document(copying: bytes, count))
            if documents.count & 0xFF == 0, call.isAnswered {
                throw MongoError(.deadlineExceeded, "the caller has gone")
            }
        }
        var error = bson_error_t()
        if cmongo_cursor_failed(cursor, &error, &bytes, &count) {
            throw MongoError(error, reply: Document(copying: bytes, count), during: errand(writing: writing))
        }
        return documents
    }

    /// Sends one command.
    func send(
        _ command: Document, _ kind: cmongo_command_kind, to database: String? = nil, writing: Bool
    ) throws(MongoError) -> Document {
        if writing { try willWrite() }
        var error = bson_error_t()
        var owned = cmongo_bytes()
        let bytes = command.bytes
        let isDone = cmongo_command(
            client, kind, database ?? databaseName, bytes, bytes.count, session, &owned, &error)
        let reply = Document(adopting: owned)
        let hasErrors = reply["writeErrors"] != nil || reply["writeConcernError"] != nil
        guard isDone, !hasErrors else { throw MongoError(error, reply: reply, during: errand(writing: writing)) }
        return reply
    }
}

extension Document {
    /// A copy of a document that the library still owns; empty when there is none.
    init(copying bytes: UnsafePointer<UInt8>?, _ count: UInt32) {
        self.init(adopting: Array(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : Int(count))))
        if count == 0 || bytes == nil { self = Document() }
    }

    /// The library's buffer as a document; the buffer is released.
    init(adopting owned: cmongo_bytes) {
        self.init(copying: owned.bytes, owned.count)
        cmongo_bytes_free(owned)
    }
}
